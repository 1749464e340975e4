#include "base/time/settled_clock.h"

#include <time.h>

#include <cstdlib>
#include <utility>

#include "base/log.h"

namespace eyrie {
namespace {

constexpr std::int64_t kAdjustment_ms = 30'000;
constexpr std::int64_t kLasting_ms = 3'600'000;

std::int64_t since_boot_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

SettledClock::SettledClock() : SettledClock({.wall_ms = [] { return Clock::system().now_ms(); }, .elapsed_ms = since_boot_ms}) {}

SettledClock::SettledClock(Sources sources) : sources_(std::move(sources)), offset_ms_(sources_.wall_ms() - sources_.elapsed_ms()) {}

SettledClock& SettledClock::system() {
  static SettledClock clock;
  return clock;
}

std::int64_t SettledClock::now_ms() const {
  const std::int64_t wall = sources_.wall_ms(), elapsed = sources_.elapsed_ms();
  const std::int64_t offset = offset_ms_;
  if (std::abs(wall - elapsed - offset) > kAdjustment_ms) return elapsed + offset;
  // But where it was adopted meanwhile.
  std::int64_t expected = offset;
  offset_ms_.compare_exchange_strong(expected, wall - elapsed);
  return wall;
}

std::int64_t SettledClock::ahead_ms() const { return sources_.wall_ms() - sources_.elapsed_ms() - offset_ms_; }

std::optional<std::int64_t> SettledClock::lasting_jump_ms() {
  const std::lock_guard lock(mutex_);
  const std::int64_t ahead = ahead_ms(), elapsed = sources_.elapsed_ms();
  if (std::abs(ahead) <= kAdjustment_ms) {
    if (jump_ms_ != 0) log_info("the time of day is what it was before it jumped");
    jump_ms_ = 0;
    return std::nullopt;
  }
  if (jump_ms_ == 0 || std::abs(ahead - jump_ms_) > kAdjustment_ms) {
    log_warning("the time of day jumped; what is due at a time goes by the time before, for an hour", {{"by_s", ahead / 1000}});
    jump_ms_ = ahead;
    since_ms_ = elapsed;
  }
  if (elapsed - since_ms_ < kLasting_ms) return std::nullopt;
  return ahead;
}

}  // namespace eyrie
