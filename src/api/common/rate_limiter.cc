#include "api/common/rate_limiter.h"

#include <algorithm>
#include <chrono>

namespace eyrie::api {
namespace {

// Beyond so many keys those whose buckets are full again are forgotten: they are as new.
constexpr std::size_t kManyKeys = 10'000;

}  // namespace

RateLimiter::RateLimiter(RateLimit limit)
    : per_second_(limit.per_second),
      burst_(limit.burst > 0 ? limit.burst : std::max(1.0, 2 * limit.per_second)) {}

bool RateLimiter::take(const std::string& key, std::int64_t now_ms) {
  if (per_second_ <= 0) return true;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() > kManyKeys) forget_full(now_ms);
  Bucket& bucket = buckets_.try_emplace(key, Bucket{.tokens = burst_, .filled_ms = now_ms}).first->second;
  const double passed = static_cast<double>(std::max<std::int64_t>(0, now_ms - bucket.filled_ms)) / 1000;
  bucket.tokens = std::min(burst_, bucket.tokens + passed * per_second_);
  bucket.filled_ms = now_ms;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

bool RateLimiter::take(const std::string& key) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return take(key, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

void RateLimiter::forget_full(std::int64_t now_ms) {
  std::erase_if(buckets_, [&](const auto& entry) {
    return static_cast<double>(now_ms - entry.second.filled_ms) / 1000 * per_second_ >= burst_;
  });
}

}  // namespace eyrie::api
