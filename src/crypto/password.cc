#include "crypto/password.h"

#include <argon2.h>

#include <array>
#include <charconv>

#include "base/ids.h"

namespace eyrie::crypto {
namespace {

constexpr std::size_t kPasswordSaltBytes = 16, kHashBytes = 32;
constexpr std::uint32_t kMostMemoryKib = 1U << 20, kMostPasses = 64, kMostLanes = 16;

std::unexpected<Error> unreadable() {
  return fail(Code::kCorrupt, "a kept password is not what Eyrie writes");
}

// Takes "NAME=NUMBER" and what follows it, up to and with `end`.
bool take_number(std::string_view& text, std::string_view name, char end, std::uint32_t& number) {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || after == text.data() + text.size() || *after != end) return false;
  text.remove_prefix(static_cast<std::size_t>(after - text.data()) + 1);
  return true;
}

bool less_dear(const PasswordCost& one, const PasswordCost& other) {
  return one.memory_kib < other.memory_kib || one.passes < other.passes;
}

}  // namespace

// One of those at work, for its lifetime, where there was room.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    if (hasher_.at_work_ >= hasher_.limits_.at_work) {
      if (hasher_.waiting_ >= hasher_.limits_.waiting) return;
      ++hasher_.waiting_;
      hasher_.freed_.wait(lock, [this] { return hasher_.at_work_ < hasher_.limits_.at_work; });
      --hasher_.waiting_;
    }
    ++hasher_.at_work_;
    taken_ = true;
  }
  ~Turn() {
    if (!taken_) return;
    {
      const std::lock_guard lock(hasher_.mutex_);
      --hasher_.at_work_;
    }
    hasher_.freed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Status taken() const {
    if (taken_) return {};
    return fail(Code::kUnavailable, "too many passwords are being checked at once; try again");
  }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

Result<PasswordCost> password_cost(std::string_view kept) {
  PasswordCost cost;
  std::uint32_t version = 0;
  if (!take_number(kept, "$argon2id$v=", '$', version) || version != ARGON2_VERSION_13) return unreadable();
  if (!take_number(kept, "m=", ',', cost.memory_kib) || !take_number(kept, "t=", ',', cost.passes) ||
      !take_number(kept, "p=", '$', cost.lanes))
    return unreadable();
  const bool bearable = cost.memory_kib <= kMostMemoryKib && cost.passes <= kMostPasses && cost.lanes <= kMostLanes;
  if (!bearable || cost.passes == 0 || cost.lanes == 0) return unreadable();
  return cost;
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Turn turn(*this);
  EYRIE_CHECK_OK(turn.taken());
  std::array<std::uint8_t, kPasswordSaltBytes> salt;
  fill_random(salt);
  std::string kept(argon2_encodedlen(cost_.passes, cost_.memory_kib, cost_.lanes, kPasswordSaltBytes, kHashBytes, Argon2_id), '\0');
  const int outcome = argon2id_hash_encoded(cost_.passes, cost_.memory_kib, cost_.lanes, password.data(), password.size(), salt.data(),
                                            salt.size(), kHashBytes, kept.data(), kept.size());
  if (outcome != ARGON2_OK) return fail(Code::kInternal, std::string("Argon2id: ") + argon2_error_message(outcome));
  kept.resize(kept.find('\0'));
  return kept;
}

Result<PasswordHasher::Verdict> PasswordHasher::verify(std::string_view kept, std::string_view password) {
  EYRIE_TRY(const PasswordCost cost, password_cost(kept));
  const Turn turn(*this);
  EYRIE_CHECK_OK(turn.taken());
  // The library compares in constant time.
  const int outcome = argon2id_verify(std::string(kept).c_str(), password.data(), password.size());
  if (outcome == ARGON2_VERIFY_MISMATCH) return Verdict{};
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR) return fail(Code::kInternal, argon2_error_message(outcome));
  if (outcome != ARGON2_OK) return unreadable();
  return Verdict{.matches = true, .outdated = less_dear(cost, cost_)};
}

Status PasswordHasher::verify_nobody(std::string_view password) {
  const Turn turn(*this);
  EYRIE_CHECK_OK(turn.taken());
  constexpr std::array<std::uint8_t, kPasswordSaltBytes> kSalt{};
  std::array<std::uint8_t, kHashBytes> hash;
  const int outcome = argon2id_hash_raw(cost_.passes, cost_.memory_kib, cost_.lanes, password.data(), password.size(), kSalt.data(),
                                        kSalt.size(), hash.data(), hash.size());
  if (outcome != ARGON2_OK) return fail(Code::kInternal, std::string("Argon2id: ") + argon2_error_message(outcome));
  return {};
}

}  // namespace eyrie::crypto
