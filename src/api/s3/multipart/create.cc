#include "api/s3/bucket/acl.h"
#include "api/s3/lifecycle/lifecycle.h"
#include "api/s3/multipart/multipart.h"
#include "api/s3/multipart/upload.h"
#include "api/s3/object/checksums.h"
#include "api/s3/put_headers.h"
#include "api/s3/xml.h"
#include "store/objects/customer_key.h"

namespace eyrie::api::s3 {
namespace {

// x-amz-checksum-algorithm and x-amz-checksum-type: which algorithm, and whether of the bytes or of the parts' checksums.
// Of the parts' where an algorithm is told alone, but for CRC64NVME, which is never so.
std::optional<aws::WireError> read_checksum(const net::Headers& headers, Upload& upload) {
  const bool told = headers.has("x-amz-checksum-algorithm");
  const auto algorithm = checksum_algorithm(headers, aws::ChecksumAlgorithm::kCrc64Nvme);
  if (!algorithm) return algorithm.error();
  if (told) upload.algorithm = *algorithm;
  const bool only_whole = *algorithm == aws::ChecksumAlgorithm::kCrc64Nvme;
  // Only CRCs of parts can be made one of the whole.
  const bool only_composite =
      !only_whole && *algorithm != aws::ChecksumAlgorithm::kCrc32 && *algorithm != aws::ChecksumAlgorithm::kCrc32c;
  const std::string_view type = headers.get("x-amz-checksum-type");
  if (!type.empty() && type != "COMPOSITE" && type != "FULL_OBJECT") {
    return aws::s3::invalid_request("Value for x-amz-checksum-type header is invalid.");
  }
  if (!type.empty() && !told) {
    return aws::s3::invalid_request(
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  if ((type == "COMPOSITE" && only_whole) || (type == "FULL_OBJECT" && only_composite)) {
    return aws::s3::invalid_request("The " + std::string(type) + " checksum type cannot be used with the " +
                                    lower_name(*algorithm) + " checksum algorithm.");
  }
  upload.composite = type.empty() ? told && !only_whole : type == "COMPOSITE";
  return std::nullopt;
}

}  // namespace

OperationResult create_multipart_upload(Backend& backend, const Request& request, const Bytes&) {
  auto told = parse_put_headers(request);
  if (!told) return std::unexpected(told.error());
  const auto bucket = backend.objects.bucket(request.bucket);
  if (!bucket) return std::unexpected(store_error(request, bucket.error()));
  if (auto wrong = check_object_acl(backend, request)) return std::unexpected(*wrong);
  Upload upload{.bucket = request.bucket, .key = request.key, .bucket_ms = bucket->created_ms};
  // The account itself is told as the owner is.
  if (const auto& caller = request.context->caller; caller && (caller->principal().kind == iam::Principal::Kind::kUser || caller->principal().kind == iam::Principal::Kind::kRole))
    upload.initiator = {.id = caller->principal().arn, .name = caller->principal().name};
  for (const std::string_view name : kAskedOnce) {
    if (const std::string* told_once = request.headers().find(name)) upload.asked[std::string(name)] = *told_once;
  }
  if (auto wrong = read_checksum(request.headers(), upload)) return std::unexpected(*wrong);
  const auto encryption = encryption_of_upload(backend, request);
  if (!encryption) return std::unexpected(encryption.error());
  if (encryption->customer) upload.customer_key = store::remember_customer_key(encryption->customer->key);
  if (encryption->kms) upload.kms = encryption->kms->envelope;
  const auto id = store_upload(backend.objects, upload, std::move(*told));
  if (!id) return std::unexpected(store_error(request, id.error()));
  if (encryption->customer) backend.upload_keys.remember(*id, *encryption->customer);
  Xml xml("InitiateMultipartUploadResult");
  xml.text("Bucket", request.bucket).text("Key", request.key).text("UploadId", *id);
  net::Response response = xml_response(*request.context, xml.finish());
  set_encryption_headers(response.headers, *encryption);
  set_context_header(response.headers, *encryption);
  set_abort_headers(backend, response.headers, request.bucket, request.key, backend.clock.now_ms());
  if (upload.algorithm) {
    response.headers.set("x-amz-checksum-algorithm", std::string(aws::checksum_name(*upload.algorithm)));
    response.headers.set("x-amz-checksum-type", upload.composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  return response;
}

OperationResult abort_multipart_upload(Backend& backend, const Request& request, const Bytes&) {
  // A condition of directory buckets, as for DeleteObject.
  constexpr const char* kCondition = "x-amz-if-match-initiated-time";
  if (request.headers().has(kCondition)) return std::unexpected(aws::s3::not_implemented(kCondition));
  const auto upload = find_upload(backend, request);
  if (!upload) return std::unexpected(upload.error());
  backend.upload_keys.forget(upload->id);
  const Status removed = remove_upload(backend.objects, upload->id);
  if (!removed) return std::unexpected(store_error(request, removed.error()));
  return empty_response(*request.context, 204);
}

}  // namespace eyrie::api::s3
