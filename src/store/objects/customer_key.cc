#include "store/objects/customer_key.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kSaltBytes = 16;

// Salt and HMAC.
Bytes check_value(const crypto::SecretKey& key, ByteView salt) {
  constexpr std::string_view kPurpose = "eyrie customer key check";
  Bytes text(kPurpose.begin(), kPurpose.end());
  text.insert(text.end(), salt.begin(), salt.end());
  Bytes value(salt.begin(), salt.end());
  std::ranges::copy(crypto::hmac_sha256(key.view(), text), std::back_inserter(value));
  return value;
}

}  // namespace

std::string remember_customer_key(const crypto::SecretKey& key) {
  const crypto::SecretKey random = crypto::SecretKey::random();
  return base64_encode(check_value(key, random.view().first(kSaltBytes)));
}

Status check_customer_key(const std::string& remembered, const crypto::SecretKey* given) {
  if (remembered.empty() && given == nullptr) return {};
  if (remembered.empty()) return fail(Code::kInvalidArgument, "customer key given for an object that has none");
  if (given == nullptr) return fail(Code::kInvalidArgument, "customer key needed");
  const auto bytes = base64_decode(remembered);
  if (!bytes || bytes->size() < kSaltBytes) return fail(Code::kCorrupt, "an object's customer key check is damaged");
  const Bytes expected = check_value(*given, ByteView(*bytes).first(kSaltBytes));
  if (crypto::constant_time_equal(expected, *bytes)) return {};
  return fail(Code::kPermissionDenied, "customer key is another");
}

}  // namespace eyrie::store
