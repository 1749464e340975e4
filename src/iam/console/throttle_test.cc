#include "iam/console/throttle.h"

#include <gtest/gtest.h>

namespace eyrie::iam::console {
namespace {

class ThrottleTest : public ::testing::Test {
 protected:
  std::int64_t admit(const std::string& name, const std::string& address) { return throttle_.admit(name, address).count(); }

  FakeClock clock_{1'764'000'000'000};
  Throttle throttle_{clock_};
};

TEST_F(ThrottleTest, ANameWaitsTwiceAsLongEachTime) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit("ann", "a" + std::to_string(i)), 0);
  std::int64_t expected = 1000;
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(admit("Ann", "b" + std::to_string(i)), 0) << "whatever the name's case";
    ASSERT_EQ(admit("ann", "c"), expected);
    ASSERT_EQ(admit("ann", "c"), expected) << "waiting tries do not count";
    EXPECT_EQ(admit("bob" + std::to_string(i), "c"), 0) << "another name";
    clock_.advance_ms(expected - 1);
    ASSERT_EQ(admit("ann", "c"), 1);
    clock_.advance_ms(1);
    expected = std::min<std::int64_t>(expected * 2, 120'000);
  }
}

TEST_F(ThrottleTest, SoDoesAnAddress) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(admit("name" + std::to_string(i), "192.0.2.1"), 0);
  EXPECT_EQ(admit("x1", "192.0.2.1"), 0);
  EXPECT_EQ(admit("x2", "192.0.2.1"), 1000);
  EXPECT_EQ(admit("x2", "192.0.2.2"), 0);
  clock_.advance_ms(1000);
  EXPECT_EQ(admit("x3", "192.0.2.1"), 0);
  EXPECT_EQ(admit("x4", "192.0.2.1"), 2000);
}

TEST_F(ThrottleTest, ANetworkOfIpv6IsOneAddress) {
  for (int i = 0; i < 21; ++i) EXPECT_EQ(admit("n" + std::to_string(i), "2001:db8::" + std::to_string(i + 1)), 0);
  EXPECT_EQ(admit("x", "2001:db8::ffff"), 1000);
  EXPECT_EQ(admit("x", "2001:db8:0:1::1"), 0);
  for (int i = 0; i < 21; ++i) EXPECT_EQ(admit("m" + std::to_string(i), "::ffff:192.0.2." + std::to_string(i + 1)), 0) << "mapped ones are IPv4";
}

TEST_F(ThrottleTest, SuccessForgetsTheNameAndOneTryOfTheAddress) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit("ann", "a"), 0);
  throttle_.succeeded("ann", "a");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit("ann", "a"), 0);
  // 9 of the address's 20 are used; its own account does not give them back one for one.
  for (int i = 0; i < 30; ++i) {
    (void)admit("victim" + std::to_string(i), "a");
    if (admit("own", "a") == 0) throttle_.succeeded("own", "a");
  }
  EXPECT_GT(admit("victim", "a"), 0);
}

TEST_F(ThrottleTest, WhatWasNotLookedAtDoesNotCount) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(admit("ann", "a"), 0) << i;
    throttle_.withdraw("ann", "a");
  }
}

TEST_F(ThrottleTest, ForgottenAfterAnHour) {
  for (int i = 0; i < 10; ++i) {
    clock_.advance_ms(admit("ann", "x"));
    EXPECT_EQ(admit("ann", "a" + std::to_string(i)), 0);
  }
  clock_.advance_ms(3'600'000);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit("ann", "y"), 0);
}

TEST_F(ThrottleTest, TheTableIsBoundedAndKeepsWhoFailedMost) {
  Throttle throttle(clock_, {.entries = 50});
  for (int i = 0; i < 6; ++i) EXPECT_EQ(throttle.admit("ann", "a").count(), 0);
  for (int i = 0; i < 1000; ++i) (void)throttle.admit("n" + std::to_string(i), "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  EXPECT_EQ(throttle.admit("ann", "b").count(), 1000);
}

TEST_F(ThrottleTest, LongNamesAreBounded) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(admit(std::string(64, 'x') + std::to_string(i), "a" + std::to_string(i)), 0);
  EXPECT_EQ(admit(std::string(100'000, 'x'), "z"), 1000);
}

}  // namespace
}  // namespace eyrie::iam::console
