// Tokens that open something to whoever holds them, and are known here by their SHA-256 alone.
//
// OneTimeToken is the token of the link that `eyrie serve` prints: good once, for 15 minutes, kept nowhere but in memory.
// Thread safety: all of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time/clock.h"

namespace eyrie::iam::console {

std::string make_token();                          // 32 random bytes in base64url: 43 characters
std::string token_hash(std::string_view token);    // SHA-256, hexadecimal
// What a page must show with each request that changes something, and only one that could read an answer to this session knows:
// HMAC-SHA256 under the session's token, in base64url. So it is bound to the session and kept nowhere.
std::string csrf_token(std::string_view session_token);

class OneTimeToken {
 public:
  static constexpr std::chrono::milliseconds kLife = std::chrono::minutes(15);

  explicit OneTimeToken(const Clock& clock = Clock::system()) : clock_(clock) {}

  // The one before is void.
  std::string issue();
  // True once, in time.
  bool redeem(std::string_view token);

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::string hash_;            // guarded by mutex_; empty: none
  std::int64_t until_ms_ = 0;  // guarded by mutex_
};

}  // namespace eyrie::iam::console
