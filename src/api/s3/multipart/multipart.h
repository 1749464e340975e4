// Multipart uploads: an object that comes in parts, each of which may come again.
//
// Until completed an upload lies in a bucket of its own that no request can name (kUploadsBucket): an object
// ID that holds what CreateMultipartUpload told, and ID/00001, ID/00002, ... for the parts. Completing copies
// the parts into one object. Source: S3 API reference, "Multipart upload". Thread-safe.
#pragma once

#include "api/s3/service.h"
#include "aws/checksum.h"

namespace eyrie::api::s3 {

inline const std::string kUploadsBucket = ".uploads";

OperationResult create_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult complete_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult abort_multipart_upload(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_parts(Backend& backend, const Request& request, const Bytes& body);
OperationResult list_multipart_uploads(Backend& backend, const Request& request, const Bytes& body);

// Where the part that an UploadPart request brings goes: its key in kUploadsBucket, the checksum that the upload wants of
// its parts, if any, whether those make the object's, and how it is encrypted, which is the upload's way.
struct Part {
  std::string upload;
  std::string key;
  std::optional<aws::ChecksumAlgorithm> algorithm;
  bool composite = false;
  Encryption encryption = {};
};
aws::WireError no_such_upload(const std::string& id);
std::expected<Part, aws::WireError> find_part(Backend& backend, const Request& request);
// What CreateMultipartUpload told of the object and parts do not tell again - encryption, class, ACL, tags - as values of policies' keys. None where the key
// has no such upload.
iam::ConditionValues values_told_at_begin(store::ObjectStore& objects, const std::string& bucket, const std::string& key, const std::string& id);
// Removes the uploads of a bucket that is gone.
Status remove_uploads_of(store::ObjectStore& objects, const std::string& bucket);
// A part that is (a range of) an object stored already.
OperationResult upload_part_copy(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
