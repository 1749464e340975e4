#include "api/s3/object/customer_key.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::api::s3 {
namespace {

aws::WireError invalid_key(const std::string& message, std::string_view prefix) {
  const bool source = prefix == kSourceKeyHeaders;
  return aws::s3::invalid_argument(
      message, source ? "x-amz-copy-source-server-side-encryption" : "x-amz-server-side-encryption", "null");
}

std::optional<crypto::SecretKey> decode_key(std::string_view text) {
  auto bytes = base64_decode(text);
  return bytes ? crypto::SecretKey::take(*bytes) : std::nullopt;
}

}  // namespace

std::expected<OptionalKey, aws::WireError> parse_customer_key(const Request& request, std::string_view prefix) {
  const std::string before(prefix);
  const net::Headers& headers = request.headers();
  const std::string_view algorithm = headers.get(before + "algorithm"), key = headers.get(before + "key"),
                         md5 = headers.get(before + "key-MD5");
  if (algorithm.empty() && key.empty() && md5.empty()) return std::nullopt;
  const net::RequestHead& head = request.context->head;
  const std::string who = "Requests specifying Server Side Encryption with Customer provided keys must ";
  if (!head.secure && !net::is_loopback(head.peer))
    return std::unexpected(aws::s3::invalid_request(who + "be made over a secure connection."));
  if (prefix == kCustomerKeyHeaders && headers.has("x-amz-server-side-encryption")) {
    return std::unexpected(invalid_key(
        "Server Side Encryption with Customer provided key is incompatible with the encryption method specified", prefix));
  }
  if (algorithm.empty()) return std::unexpected(invalid_key(who + "provide a valid encryption algorithm.", prefix));
  if (algorithm != "AES256") {
    return std::unexpected(aws::WireError{400,
                                          "InvalidEncryptionAlgorithmError",
                                          "The Encryption request you specified is not valid. Supported value: AES256.",
                                          {{"ArgumentName", before + "algorithm"}, {"ArgumentValue", std::string(algorithm)}}});
  }
  if (key.empty()) return std::unexpected(invalid_key(who + "provide an appropriate secret key.", prefix));
  const auto secret = decode_key(key);
  if (!secret) return std::unexpected(invalid_key("The secret key was invalid_key for the specified algorithm.", prefix));
  if (md5.empty())
    return std::unexpected(invalid_key(who + "provide the client calculated MD5 of the secret key.", prefix));
  if (base64_encode(crypto::md5(secret->view())) != md5) {
    return std::unexpected(
        invalid_key("The calculated MD5 hash of the key did not match the hash that was provided.", prefix));
  }
  return CustomerKey{.key = *secret, .md5 = std::string(md5)};
}

const crypto::SecretKey* key_of(const OptionalKey& key) { return key ? &key->key : nullptr; }

aws::WireError customer_key_error(const Error& error) {
  if (error.code == Code::kPermissionDenied) return aws::s3::access_denied();
  if (error.code != Code::kInvalidArgument) return aws::s3::from(error);
  if (error.message == "customer key needed") {
    return aws::s3::invalid_request(
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
        "retrieve the object.");
  }
  return aws::s3::invalid_request("The encryption parameters are not applicable to this object.");
}

void UploadKeys::remember(const std::string& upload, const CustomerKey& key) {
  const std::lock_guard lock(mutex_);
  if (!keys_.insert_or_assign(upload, key).second) return;
  oldest_first_.push_back(upload);
  while (oldest_first_.size() > kMost) {
    keys_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
}

OptionalKey UploadKeys::find(const std::string& upload) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(upload);
  return found == keys_.end() ? std::nullopt : OptionalKey(found->second);
}

void UploadKeys::forget(const std::string& upload) {
  const std::lock_guard lock(mutex_);
  if (keys_.erase(upload) > 0) std::erase(oldest_first_, upload);
}

}  // namespace eyrie::api::s3
