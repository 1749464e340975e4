// Multipart uploads: an object that comes in parts, each of which may come again.
//
// Until completed an upload lies in a bucket of its own that no request can name (kUploadsBucket): an object
// ID that holds what CreateMultipartUpload told, and ID/00001, ID/00002, ... for the parts. Completing copies
// the parts into one object. Source: S3 API reference, "Multipart upload". Thread-safe.
#pragma once

#include "api/s3/service.h"
#include "aws/checksum.h"

namespace eyrie::api::s3 {

inline constexpr std::string_view kUploadsBucket = ".uploads";

OperationResult create_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult complete_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult abort_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_parts(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_multipart_uploads(Backend& backend, const Request& request, const Bytes& body);

// Where the part that an UploadPart request brings goes: its key in kUploadsBucket, the checksum that the upload wants of
// its parts, if any, whether those make the object's, and how it is encrypted, which is the upload's way.
struct Part {
  std::string key;
  std::optional<aws::ChecksumAlgorithm> algorithm;
  bool composite = false;
  Encryption encryption = {};
};
std::expected<Part, aws::WireError> find_part(Backend& backend, const Request& request);
// A part that is (a range of) an object stored already.
OperationResult upload_part_copy(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
