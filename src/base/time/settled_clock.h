// The time of day without its jumps: for what is due at a time, and for how long something is kept.
//
// It shows the machine's time as long as that goes on as time does; what it is adjusted by at once, up to half a minute, is followed. Where the machine's
// time jumps, this one goes on as if it had not, so that nothing waits for days, or is thrown away, because a clock was wrong for a moment. A jump that
// has stayed for an hour is true: lasting_jump_ms() tells it, and whoever has written times down moves them and then calls adopt().
// Time goes on while the machine sleeps (CLOCK_BOOTTIME, clock_gettime(2)). Thread safety: all of it.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "base/time/clock.h"

namespace eyrie {

class SettledClock final : public Clock {
 public:
  // Milliseconds: of the day; since some moment, never jumping.
  struct Sources {
    std::function<std::int64_t()> wall_ms, elapsed_ms;
  };
  // The machine's.
  SettledClock();
  explicit SettledClock(Sources sources);
  // One for the process.
  static SettledClock& system();

  std::int64_t now_ms() const override;

  // By how much the machine's time is ahead of this one (less than 0: behind), once that has been so for an hour. To be asked every minute or so: that is how
  // jumps are noticed, and logged.
  std::optional<std::int64_t> lasting_jump_ms();
  void adopt(std::int64_t jump_ms) { offset_ms_ += jump_ms; }

 private:
  std::int64_t ahead_ms() const;

  const Sources sources_;
  mutable std::atomic<std::int64_t> offset_ms_;  // of the time of day to the time elapsed
  std::mutex mutex_;
  // Guarded by mutex_:
  std::int64_t jump_ms_ = 0;  // 0: none
  std::int64_t since_ms_ = 0;  // of the time elapsed
};

}  // namespace eyrie
