// Server-side encryption with a key that the customer gives with each request (SSE-C): reading the headers.
//
// S3 takes such keys over TLS only. Here they are taken from this machine's own clients (loopback) too: nothing leaves the machine.
// Source: S3 user guide, "Using server-side encryption with customer-provided keys". Thread-safe: plain functions; UploadKeys: all.
#pragma once

#include <deque>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/s3/request.h"
#include "crypto/secret.h"

namespace eyrie::api::s3 {

struct CustomerKey {
  crypto::SecretKey key;
  std::string md5;  // of the key, base64, as told
};
using OptionalKey = std::optional<CustomerKey>;

inline constexpr std::string_view kCustomerKeyHeaders = "x-amz-server-side-encryption-customer-";
inline constexpr std::string_view kSourceKeyHeaders = "x-amz-copy-source-server-side-encryption-customer-";

// The key in PREFIXalgorithm, PREFIXkey and PREFIXkey-MD5; nullopt where none of them is there.
std::expected<OptionalKey, aws::WireError> parse_customer_key(const Request& request,
                                                              std::string_view prefix = kCustomerKeyHeaders);

// As ObjectStore takes it.
const crypto::SecretKey* key_of(const OptionalKey& key);

// What the store says of a customer's key (store/objects/customer_key.h), over the wire.
aws::WireError customer_key_error(const Error& error);

// Keys of multipart uploads in progress, in memory only: clients need not send theirs again to complete an upload, and
// completing writes the parts anew. After a restart they must. Thread-safe.
class UploadKeys {
 public:
  void remember(const std::string& upload, const CustomerKey& key);
  OptionalKey find(const std::string& upload) const;
  void forget(const std::string& upload);

 private:
  static constexpr std::size_t kMost = 10'000;
  mutable std::mutex mutex_;
  std::map<std::string, CustomerKey> keys_;  // guarded by mutex_
  std::deque<std::string> oldest_first_;     // likewise
};

}  // namespace eyrie::api::s3
