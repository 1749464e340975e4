// Multipart uploads as they are kept until completed; see multipart.h. Internal to multipart/.
#pragma once

#include "api/s3/service.h"
#include "aws/checksum.h"

namespace eyrie::api::s3 {

inline constexpr std::size_t kMaxParts = 10'000;

struct Upload {
  std::string id;
  store::ObjectInfo told;  // by CreateMultipartUpload
  std::string bucket, key;
  std::optional<aws::ChecksumAlgorithm> algorithm;  // of its parts' checksums, where one was told
  std::string storage_class = "STANDARD";           // that the object gets
  std::string customer_key;                         // remembered (store/customer_key.h); empty: none
  std::optional<store::KmsEnvelope> kms;            // of the object and of all parts
  bool composite = false;  // the object's checksum is one of the parts' checksums, not of the bytes

  // Of the checksum that the object gets.
  aws::ChecksumAlgorithm checksum_algorithm() const {
    return algorithm.value_or(aws::ChecksumAlgorithm::kCrc64Nvme);
  }
};

aws::WireError no_such_upload(const std::string& id);

// Writes the description of a new upload; its id.
Result<std::string> store_upload(store::ObjectStore& objects, const Upload& upload, store::PutCommit told);
Result<Upload> read_upload(store::ObjectStore& objects, const std::string& id);
// The upload that the request names, which must be of its bucket and key.
std::expected<Upload, aws::WireError> find_upload(Backend& backend, const Request& request);

// 1 to 10,000.
std::optional<std::size_t> part_number(std::string_view text);
std::string key_of_part(const std::string& id, std::size_t number);
std::size_t number_of_part(const std::string& key);
// In the order of their numbers.
Result<std::vector<store::ObjectInfo>> parts_of(store::ObjectStore& objects, const std::string& id);
// The upload and its parts.
Status remove_upload(store::ObjectStore& objects, const std::string& id);

}  // namespace eyrie::api::s3
