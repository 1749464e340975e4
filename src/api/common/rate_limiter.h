// How many requests a second an access key may make: a token bucket a key.
//
// Asked after a signature is verified: who does not hold a key cannot use up its share. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace eyrie::api {

struct RateLimit {
  double per_second = 0;  // 0: none
  double burst = 0;       // requests at once; 0: what two seconds bring
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit);

  // Whether the key may make a request at this steady time.
  bool take(const std::string& key, std::int64_t now_ms);
  // The same now.
  bool take(const std::string& key);

 private:
  struct Bucket {
    double tokens = 0;
    std::int64_t filled_ms = 0;
  };
  void forget_full(std::int64_t now_ms);

  // Constant after construction.
  const double per_second_, burst_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // guarded by mutex_
};

}  // namespace eyrie::api
