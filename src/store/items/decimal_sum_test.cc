#include "store/items/decimal_sum.h"

#include <gtest/gtest.h>

#include <random>

namespace eyrie::store {
namespace {

std::string sum(const std::string& a, const std::string& b) {
  const auto left = parse_decimal(a), right = parse_decimal(b);
  EXPECT_TRUE(left && right) << a << " and " << b;
  if (!left || !right) return "";
  const auto made = add(*left, *right);
  return made ? write_decimal(*made) : made.error().message.substr(0, made.error().message.find('.'));
}

TEST(DecimalSum, Sums) {
  EXPECT_EQ(sum("1", "2"), "3");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("999", "1"), "1000");
  EXPECT_EQ(sum("1000", "-1"), "999");
  EXPECT_EQ(sum("-1.5", "0.25"), "-1.25");
  EXPECT_EQ(sum("-7", "-8"), "-15");
  EXPECT_EQ(sum("5", "-5"), "0");
  EXPECT_EQ(sum("0", "-0.5"), "-0.5");
  EXPECT_EQ(sum("1.25E-100", "0"), "1.25E-100");
  EXPECT_EQ(sum("10000000000000000000000", "1"), "10000000000000000000001");
  EXPECT_EQ(sum("9007199254740993", "9007199254740993"), "18014398509481986") << "no double holds these";
  EXPECT_EQ(sum("99999999999999999999999999999999999999", "0"), "99999999999999999999999999999999999999");
  EXPECT_EQ(sum("99999999999999999999999999999999999999", "1"), "100000000000000000000000000000000000000");
  EXPECT_EQ(sum("1E125", "-1E125"), "0");
}

TEST(DecimalSum, WhatDoesNotFit) {
  EXPECT_EQ(sum("9E125", "9E125"), "Number overflow");
  EXPECT_EQ(sum("-9E125", "-9E125"), "Number overflow");
  EXPECT_EQ(sum("1E50", "1"), "Number overflow") << "39 digits and more";
  EXPECT_EQ(sum("1E125", "1E-130"), "Number overflow");
  EXPECT_EQ(sum("1.5E-130", "-1E-130"), "Number underflow");
  EXPECT_EQ(sum("99999999999999999999999999999999999999", "0.1"), "Number overflow");
}

TEST(DecimalSum, AgreesWithIntegers) {
  std::mt19937_64 random(20261130);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = [&] {
      const int digits = 1 + static_cast<int>(random() % 30);
      __int128 value = 0;
      for (int d = 0; d < digits; ++d) value = value * 10 + static_cast<int>(random() % (random() % 2 == 0 ? 10 : 1 + random() % 9));
      return random() % 2 == 0 ? value : -value;
    };
    const auto text = [](__int128 value) {
      const bool negative = value < 0;
      if (negative) value = -value;
      std::string digits;
      do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
      } while (value != 0);
      return (negative ? "-" : "") + digits;
    };
    const __int128 a = number(), b = number();
    // The same numbers with the point elsewhere: scaled by the same power, their sum is too.
    ASSERT_EQ(sum(text(a), text(b)), text(a + b)) << text(a) << " and " << text(b);
    const auto scaled = parse_decimal(text(a + b) + "E-17");
    ASSERT_EQ(sum(text(a) + "E-17", text(b) + "E-17"), write_decimal(*scaled));
  }
}

}  // namespace
}  // namespace eyrie::store
