// Time, injectable. Wall time is milliseconds since 1970-01-01T00:00:00Z; it may jump. Durations are measured on
// the steady clock. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eyrie {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ms() const = 0;

  static const Clock& system();
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::int64_t start_ms) : now_(start_ms) {}
  std::int64_t now_ms() const override { return now_; }
  void advance_ms(std::int64_t by) { now_ += by; }

 private:
  std::atomic<std::int64_t> now_;
};

// Milliseconds from then until now; 0 where `since_ms` is 0 (there is none), or of the future.
std::int64_t age_ms(const Clock& clock, std::int64_t since_ms);

// Steady milliseconds since construction.
class Stopwatch {
 public:
  double elapsed_ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::string format_iso8601(std::int64_t ms);        // 2026-11-24T10:18:21.000Z (ListBuckets, event records)
std::string format_http_date(std::int64_t ms);      // Tue, 24 Nov 2026 10:18:21 GMT (Last-Modified)
std::string format_amz_date(std::int64_t ms);       // 20261124T101821Z (SigV4)
std::optional<std::int64_t> parse_amz_date(std::string_view text);
std::optional<std::int64_t> parse_iso8601(std::string_view text);    // as format_iso8601 writes; milliseconds optional
std::optional<std::int64_t> parse_http_date(std::string_view text);  // RFC 7231 IMF-fixdate only

}  // namespace eyrie
