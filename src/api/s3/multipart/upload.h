// Multipart uploads as they are kept until completed; see multipart.h. Internal to multipart/.
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include "api/s3/multipart/multipart.h"
#include "api/s3/service.h"
#include "aws/checksum.h"

namespace eyrie::api::s3 {

inline constexpr std::size_t kMaxParts = 10'000;

// Who began it, as lists tell it. Empty: the account, as of uploads that were begun before this was kept.
struct Initiator {
  std::string id, name;
};

// Told with CreateMultipartUpload alone, and asked for by policies with each part: "s3:x-amz-server-side-encryption".
inline constexpr auto kAskedOnce = std::to_array<std::string_view>({"x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-storage-class"});

struct Upload {
  std::string id;
  store::ObjectInfo told;  // by CreateMultipartUpload
  std::string bucket, key;
  std::int64_t bucket_ms = 0;  // when the bucket was made: one that is made anew under its name has other uploads. 0: not told, by releases before 0.1
  std::optional<aws::ChecksumAlgorithm> algorithm;  // of its parts' checksums, where one was told
  std::string storage_class = "STANDARD";           // that the object gets
  std::string customer_key;                         // remembered (store/objects/customer_key.h); empty: none
  std::optional<store::KmsEnvelope> kms;            // of the object and of all parts
  Initiator initiator;
  store::StringMap asked;  // what policies ask of a write that parts do not tell again: the headers of kAskedOnce, in lower case
  bool composite = false;  // the object's checksum is one of the parts' checksums, not of the bytes

  // Of the checksum that the object gets.
  aws::ChecksumAlgorithm checksum_algorithm() const {
    return algorithm.value_or(aws::ChecksumAlgorithm::kCrc64Nvme);
  }
};

// Writes the description of a new upload; its id.
Result<std::string> store_upload(store::ObjectStore& objects, const Upload& upload, store::PutCommit told);
Result<Upload> read_upload(store::ObjectStore& objects, const std::string& id);
bool is_of(const Upload& upload, const store::Bucket& bucket);
// The upload that the request names, which must be of its bucket and key.
std::expected<Upload, aws::WireError> find_upload(Backend& backend, const Request& request);

// Every upload whose description can be read, until `use` fails.
Status each_upload(store::ObjectStore& objects, const std::function<Status(Upload)>& use);

// 1 to 10,000.
std::optional<std::size_t> part_number(std::string_view text);
std::string key_of_part(const std::string& id, std::size_t number);
std::size_t number_of_part(const std::string& key);
// In the order of their numbers.
Result<std::vector<store::ObjectInfo>> parts_of(store::ObjectStore& objects, const std::string& id);
// The upload and its parts.
Status remove_upload(store::ObjectStore& objects, const std::string& id);

}  // namespace eyrie::api::s3
