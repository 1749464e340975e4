#include "api/common/rate_limiter.h"

#include <gtest/gtest.h>

namespace eyrie::api {
namespace {

TEST(RateLimiter, ABurstThenTheRate) {
  RateLimiter limiter({.per_second = 10, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take("a", 1000)) << i;
  EXPECT_FALSE(limiter.take("a", 1000));
  EXPECT_FALSE(limiter.take("a", 1099));
  EXPECT_TRUE(limiter.take("a", 1100));
  EXPECT_FALSE(limiter.take("a", 1150));
  EXPECT_TRUE(limiter.take("a", 1200));
}

TEST(RateLimiter, EachKeyHasItsOwnShare) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limiter.take("a", 0));
  EXPECT_FALSE(limiter.take("a", 0));
  EXPECT_TRUE(limiter.take("b", 0));
}

TEST(RateLimiter, SavesNoMoreThanABurst) {
  RateLimiter limiter({.per_second = 1, .burst = 2});
  EXPECT_TRUE(limiter.take("a", 0));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(limiter.take("a", 1'000'000));
  EXPECT_FALSE(limiter.take("a", 1'000'000));
}

TEST(RateLimiter, OffByDefault) {
  RateLimiter limiter({});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limiter.take("a", 0));
}

}  // namespace
}  // namespace eyrie::api
