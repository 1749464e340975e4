#include "iam/console/tokens.h"

#include <array>

#include "base/encoding.h"
#include "base/ids.h"
#include "crypto/digest.h"

namespace eyrie::iam::console {
namespace {

std::string base64url(ByteView bytes) {
  std::string text = base64_encode(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  text.resize(text.find_last_not_of('=') + 1);
  return text;
}

}  // namespace

std::string make_token() {
  std::array<std::uint8_t, 32> random;
  fill_random(random);
  return base64url(random);
}

std::string token_hash(std::string_view token) {
  return hex_encode(crypto::sha256(as_bytes(token)));
}

std::string csrf_token(std::string_view session_token) {
  return base64url(crypto::hmac_sha256(as_bytes(session_token), as_bytes("eyrie console csrf")));
}

std::string OneTimeToken::issue() {
  std::string token = make_token();
  const std::lock_guard lock(mutex_);
  hash_ = token_hash(token);
  until_ms_ = clock_.now_ms() + kLife.count();
  return token;
}

bool OneTimeToken::redeem(std::string_view token) {
  const std::string hash = token_hash(token);
  const std::lock_guard lock(mutex_);
  if (hash_.empty() || !crypto::constant_time_equal(as_bytes(hash), as_bytes(hash_)) || clock_.now_ms() >= until_ms_) return false;
  hash_.clear();
  return true;
}

}  // namespace eyrie::iam::console
