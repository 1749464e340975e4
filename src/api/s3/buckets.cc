#include "api/s3/buckets.h"

#include <pugixml.hpp>

#include "api/s3/multipart/multipart.h"
#include "api/s3/xml.h"
#include "base/clock.h"

namespace eyrie::api::s3 {
namespace {

// The region asked for in a CreateBucketConfiguration; kRegion where none is.
std::expected<std::string, aws::WireError> asked_region(const Bytes& body) {
  if (body.empty()) return std::string(kRegion);
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), pugi::parse_minimal)) {
    return std::unexpected(aws::s3::malformed_xml());
  }
  const pugi::xml_node root = document.child("CreateBucketConfiguration");
  if (!root) return std::unexpected(aws::s3::malformed_xml());
  const std::string region = root.child_value("LocationConstraint");
  return region.empty() ? std::string(kRegion) : region;
}

}  // namespace

OperationResult list_buckets(Backend& backend, const Request& request, const Bytes&) {
  const auto buckets = backend.objects.buckets();
  if (!buckets) return std::unexpected(store_error(request, buckets.error()));
  Xml xml("ListAllMyBucketsResult");
  xml.open("Buckets");
  for (const store::Bucket& bucket : *buckets) {
    if (bucket.name == kUploadsBucket) continue;
    xml.open("Bucket")
        .text("Name", bucket.name)
        .text("CreationDate", format_iso8601(bucket.created_ms))
        .close("Bucket");
  }
  xml.close("Buckets").open("Owner").text("ID", kAccount).text("DisplayName", "eyrie").close("Owner");
  return xml_response(*request.context, xml.finish());
}

OperationResult create_bucket(Backend& backend, const Request& request, const Bytes& body) {
  if (!valid_bucket_name(request.bucket))
    return std::unexpected(aws::s3::invalid_bucket_name(request.bucket));
  const auto region = asked_region(body);
  if (!region) return std::unexpected(region.error());
  if (*region != kRegion) {
    return std::unexpected(aws::WireError{400,
                                          "InvalidLocationConstraint",
                                          "The specified location-constraint is not valid",
                                          {{"LocationConstraint", *region}}});
  }
  const Status made = backend.objects.create_bucket(request.bucket);
  // In us-east-1 creating one's own bucket again succeeds and changes nothing.
  if (!made && made.error().code != Code::kAlreadyExists)
    return std::unexpected(store_error(request, made.error()));
  net::Response response = empty_response(*request.context, 200);
  response.headers.set("Location", "/" + request.bucket);
  return response;
}

OperationResult head_bucket(Backend& backend, const Request& request, const Bytes&) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  net::Response response = empty_response(*request.context, 200);
  response.headers.set("x-amz-bucket-region", std::string(kRegion));
  return response;
}

OperationResult delete_bucket(Backend& backend, const Request& request, const Bytes&) {
  const Status deleted = backend.objects.delete_bucket(request.bucket);
  if (!deleted && deleted.error().code == Code::kFailedPrecondition) {
    return std::unexpected(aws::s3::bucket_not_empty(request.bucket));
  }
  if (!deleted) return std::unexpected(store_error(request, deleted.error()));
  return empty_response(*request.context, 204);
}

OperationResult get_bucket_location(Backend& backend, const Request& request, const Bytes&) {
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  // us-east-1 is told by an empty element, for history's sake.
  return xml_response(*request.context, Xml("LocationConstraint").finish());
}

}  // namespace eyrie::api::s3
