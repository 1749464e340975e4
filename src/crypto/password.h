// Passwords as they are kept: Argon2id (RFC 9106), version 19, in the PHC string format
// "$argon2id$v=19$m=KIB,t=PASSES,p=LANES$SALT$HASH", with a random salt of 16 bytes and a hash of 32. Never reversible.
//
//   PasswordHasher hasher;
//   Result<std::string> kept = hasher.hash(password);
//   Result<PasswordHasher::Verdict> verdict = hasher.verify(*kept, given);   // ->matches, ->outdated
//
// Each call takes the cost's memory for some tens of milliseconds, so only a few are at work at once, a few more wait, and whoever comes
// beyond them is refused: many sign-ins at once can neither use up the memory nor hold all of the server's threads.
//
// The default cost is above OWASP's least for Argon2id (m=19 MiB, t=2, p=1; Password Storage Cheat Sheet).
// Errors: kUnavailable - as many at work and waiting as may be; kCorrupt - what was kept is no such string; kInternal - no memory.
// Thread safety: all of it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eyrie::crypto {

struct PasswordCost {
  std::uint32_t memory_kib = 32 << 10;
  std::uint32_t passes = 3;
  std::uint32_t lanes = 1;

  bool operator==(const PasswordCost&) const = default;
};

// The cost that a kept password was made with. kCorrupt where it is none, or would take more than 1 GiB, 64 passes or 16 lanes.
Result<PasswordCost> password_cost(std::string_view kept);

class PasswordHasher {
 public:
  struct Limits {
    unsigned at_work = 2;
    unsigned waiting = 2;
  };
  explicit PasswordHasher(PasswordCost cost, Limits limits) : cost_(cost), limits_(limits) {}
  PasswordHasher() : PasswordHasher(PasswordCost(), Limits()) {}

  Result<std::string> hash(std::string_view password);

  struct Verdict {
    bool matches = false;
    bool outdated = false;  // less dear than what is made now: hash the password anew while it is known
  };
  Result<Verdict> verify(std::string_view kept, std::string_view password);

  // Takes the time of a verify(), and matches nothing: for names that nobody has.
  Status verify_nobody(std::string_view password);

 private:
  class Turn;

  const PasswordCost cost_;
  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable freed_;
  unsigned at_work_ = 0, waiting_ = 0;  // guarded by mutex_
};

}  // namespace eyrie::crypto
