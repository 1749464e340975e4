#include "api/s3/bucket/bucket_tagging.h"

#include "api/s3/tagging.h"

namespace eyrie::api::s3 {

OperationResult get_bucket_tagging(Backend& backend, const Request& request, const Bytes&) {
  auto text = backend.objects.bucket_setting(request.bucket, kBucketTagsSetting);
  if (!text) return std::unexpected(store_error(request, text.error()));
  if (*text) return xml_response(*request.context, std::move(**text));
  return std::unexpected(
      aws::WireError{404, "NoSuchTagSet", "The TagSet does not exist", {{"BucketName", request.bucket}}});
}

OperationResult put_bucket_tagging(Backend& backend, const Request& request, const Bytes& body) {
  const auto tags = parse_tag_xml(body, kMaxBucketTags);
  if (!tags) return std::unexpected(tags.error());
  const Status set = backend.objects.set_bucket_setting(request.bucket, kBucketTagsSetting, write_tag_xml(*tags));
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 204);
}

OperationResult delete_bucket_tagging(Backend& backend, const Request& request, const Bytes&) {
  const Status set = backend.objects.set_bucket_setting(request.bucket, kBucketTagsSetting, std::nullopt);
  if (!set) return std::unexpected(store_error(request, set.error()));
  return empty_response(*request.context, 204);
}

}  // namespace eyrie::api::s3
