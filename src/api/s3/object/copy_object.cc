#include "api/s3/object/copy_object.h"

#include "api/s3/bucket/acl.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/object/checksums.h"
#include "api/s3/object/copy_source.h"
#include "api/s3/permissions.h"
#include "api/s3/put_headers.h"
#include "api/s3/xml.h"
#include "base/time/clock.h"
#include "base/log.h"

namespace eyrie::api::s3 {
namespace {

// COPY or REPLACE; whether it is the latter.
std::expected<bool, aws::WireError> replaces(const Request& request, const char* header, const char* what) {
  const std::string_view directive = request.headers().get(header);
  if (!request.headers().has(header) || directive == "COPY") return false;
  if (directive == "REPLACE") return true;
  return std::unexpected(
      aws::s3::invalid_argument("Unknown " + std::string(what) + " directive.", header, directive));
}

// A copy onto itself must change something that S3 keeps beside the bytes.
bool changes_nothing(const Request& request, const CopySource& source, bool new_metadata) {
  return source.bucket == request.bucket && source.key == request.key && !new_metadata &&
         !request.headers().has("x-amz-storage-class") && !request.headers().has("x-amz-server-side-encryption") &&
         !request.headers().has(std::string(kCustomerKeyHeaders) + "algorithm");
}

// The algorithm of the source's checksum; where it has none (or that of its parts alone) the new object's is S3's default.
aws::ChecksumAlgorithm algorithm_of(const store::ObjectInfo& source) {
  for (const auto& [name, value] : source.checksums) {
    if (const auto algorithm = aws::checksum_by_name(name)) return *algorithm;
  }
  return aws::ChecksumAlgorithm::kCrc64Nvme;
}

// What the new object is to be: told in the headers, or as the source is.
std::expected<store::PutCommit, aws::WireError> describe_copy(const Request& request, const CopySource& source,
                                                              const store::ObjectInfo& object) {
  const auto new_metadata = replaces(request, "x-amz-metadata-directive", "metadata");
  if (!new_metadata) return std::unexpected(new_metadata.error());
  const auto new_tags = replaces(request, "x-amz-tagging-directive", "tagging");
  if (!new_tags) return std::unexpected(new_tags.error());
  if (changes_nothing(request, source, *new_metadata)) {
    return std::unexpected(
        aws::s3::invalid_request("This copy request is illegal because it is trying to copy an object to itself "
                                 "without changing the object's metadata, storage class, website redirect location "
                                 "or encryption attributes."));
  }
  auto commit = parse_put_headers(request);
  if (!commit) return commit;
  if (!*new_metadata) {
    commit->content_type = object.content_type;
    commit->metadata = object.metadata;
    commit->headers = object.headers;
  }
  if (!*new_tags) {
    if (auto denied = object.tags.empty() ? std::nullopt : permit_tags_of_source(request, source, object.tags)) return std::unexpected(*denied);
    commit->tags = object.tags;
  }
  commit->event_name = "ObjectCreated:Copy";
  return commit;
}

}  // namespace

OperationResult copy_object(Backend& backend, const Request& request, const Bytes&) {
  const auto source = parse_copy_source(request.headers().get("x-amz-copy-source"));
  if (!source) return std::unexpected(source.error());
  const auto object = open_copy_source(backend, *source, request);
  if (!object) return std::unexpected(object.error());
  const store::ObjectInfo& info = (*object)->info();
  auto commit = describe_copy(request, *source, info);
  if (!commit) return std::unexpected(commit.error());
  if (auto wrong = check_object_acl(backend, request)) return std::unexpected(*wrong);
  if (info.size > kMaxCopyBytes) {
    return std::unexpected(aws::s3::invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(kMaxCopyBytes)));
  }
  const auto algorithm = checksum_algorithm(request.headers(), algorithm_of(info));
  if (!algorithm) return std::unexpected(algorithm.error());
  const auto sum = aws::Checksum::create(*algorithm);
  const std::string name(aws::checksum_name(*algorithm));
  const auto encryption = encryption_of_upload(backend, request);
  if (!encryption) return std::unexpected(encryption.error());
  const auto copied = [&]() -> Result<store::ObjectInfo> {
    EYRIE_TRY(const auto writer, backend.objects.begin_put(request.bucket, request.key, encryption->key(), encryption->envelope()));
    EYRIE_CHECK_OK(copy_bytes(**object, {.offset = 0, .length = info.size}, *writer, {sum.get()}));
    commit->checksums = {{name, sum->base64()}};
    return writer->commit(*commit);
  }();
  if (!copied) return std::unexpected(commit_error(request, commit->conditions, copied.error()));
  Xml xml("CopyObjectResult");
  xml.text("LastModified", format_iso8601(copied->modified_ms)).text("ETag", "\"" + copied->etag + "\"");
  xml.text("ChecksumType", "FULL_OBJECT").text("Checksum" + name, copied->checksums.at(name));
  net::Response response = xml_response(*request.context, xml.finish());
  set_encryption_headers(response.headers, *encryption);
  set_context_header(response.headers, *encryption);
  set_expiration_header(backend, response.headers, *copied);
  return response;
}

}  // namespace eyrie::api::s3
