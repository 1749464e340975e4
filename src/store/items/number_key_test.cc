#include "store/items/number_key.h"

#include <gtest/gtest.h>

#include <random>

namespace eyrie::store {
namespace {

Bytes key_of(std::string_view text) {
  const auto number = parse_decimal(text);
  EXPECT_TRUE(number) << text << ": " << number.error().message;
  return number ? order_key(*number) : Bytes();
}

std::string normal(std::string_view text) {
  const auto number = parse_decimal(text);
  return number ? write_decimal(*number) : "error: " + number.error().message;
}

// A comparison that shares nothing with the encoding: both numbers written out to 300 places, digit by digit.
struct Fixed {
  bool negative = false;
  std::string digits;  // 130 before the point, 170 after
};
Fixed fixed(const std::string& mantissa, bool negative, int exponent) {
  // mantissa * 10^exponent
  Fixed result{.negative = negative, .digits = std::string(300, '0')};
  const int point = 130;
  const int end = point + exponent * -1;  // position after the mantissa's last digit
  const int start = end - static_cast<int>(mantissa.size());
  for (std::size_t i = 0; i < mantissa.size(); ++i) {
    const int at = start + static_cast<int>(i);
    if (at >= 0 && at < 300) result.digits[static_cast<std::size_t>(at)] = mantissa[i];
  }
  if (result.digits.find_first_not_of('0') == std::string::npos) result.negative = false;
  return result;
}
std::strong_ordering compare(const Fixed& a, const Fixed& b) {
  if (a.negative != b.negative)
    return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  const auto order = a.digits <=> b.digits;
  return a.negative ? 0 <=> order : order;
}

TEST(NumberKey, OrdersHandPickedNumbers) {
  const char* ascending[] = {"-9.9999999999999999999999999999999999999E+125",
                             "-1E125",
                             "-100",
                             "-99.5",
                             "-10",
                             "-9.99",
                             "-2",
                             "-1.5",
                             "-1.05",
                             "-1",
                             "-0.5",
                             "-0.05",
                             "-1E-130",
                             "0",
                             "1E-130",
                             "0.05",
                             "0.5",
                             "1",
                             "1.05",
                             "1.5",
                             "2",
                             "9.99",
                             "10",
                             "99.5",
                             "100",
                             "1E125",
                             "9.9999999999999999999999999999999999999E+125"};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_LT(key_of(ascending[i]), key_of(ascending[i + 1])) << ascending[i] << " and " << ascending[i + 1];
  }
}

TEST(NumberKey, EqualNumbersHaveEqualKeys) {
  for (const char* one : {"1", "1.0", "+1", "01", "1e0", "10E-1", "0.1e1", "1.", "0001.000"}) {
    EXPECT_EQ(key_of(one), key_of("1")) << one;
  }
  for (const char* zero : {"0", "-0", "0.0", "0e5", "-0.000E-100", "0E99999"})
    EXPECT_EQ(key_of(zero), key_of("0")) << zero;
}

TEST(NumberKey, RandomPairsOrderAsTheirDigitsDo) {
  std::mt19937_64 random(20261124);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  struct Made {
    std::string text;
    Fixed value;
  };
  auto make = [&](int near) {
    std::string mantissa(1, static_cast<char>('1' + below(9)));
    const int more = below(38);
    for (int i = 0; i < more; ++i) mantissa += static_cast<char>('0' + (below(3) == 0 ? 0 : below(10)));
    const bool negative = below(2) == 0;
    // Near exponents, so that pairs often share their magnitude; lengths are taken off to align the first digits.
    const int exponent = near + below(3) - static_cast<int>(mantissa.size());
    std::string text =
        (negative ? "-" : "") + mantissa + (below(2) == 0 ? "E" : "e") + std::to_string(exponent);
    return Made{text, fixed(mantissa, negative, exponent)};
  };
  for (int i = 0; i < 20'000; ++i) {
    const int near = below(240) - 120;
    const Made a = make(near), b = make(below(4) == 0 ? below(240) - 120 : near);
    ASSERT_EQ(key_of(a.text) <=> key_of(b.text), compare(a.value, b.value)) << a.text << " and " << b.text;
    // The normal form names the same number.
    ASSERT_EQ(key_of(normal(a.text)), key_of(a.text)) << a.text << " became " << normal(a.text);
    ASSERT_EQ(normal(normal(a.text)), normal(a.text));
  }
}

TEST(Decimal, NormalForm) {
  EXPECT_EQ(normal("0012.500"), "12.5");
  EXPECT_EQ(normal("-0"), "0");
  EXPECT_EQ(normal("1.2e3"), "1200");
  EXPECT_EQ(normal("5E-2"), "0.05");
  EXPECT_EQ(normal(".5"), "0.5");
  EXPECT_EQ(normal("1764000000"), "1764000000");
  EXPECT_EQ(normal("-12345678901234567890123456789012345678"), "-12345678901234567890123456789012345678");
  EXPECT_EQ(normal("1E100"), "1E+100");
  EXPECT_EQ(normal("-1.25E-100"), "-1.25E-100");
}

TEST(Decimal, Limits) {
  EXPECT_TRUE(parse_decimal("12345678901234567890123456789012345678"));
  EXPECT_EQ(parse_decimal("123456789012345678901234567890123456789").error().message,
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_TRUE(parse_decimal("12345678901234567890123456789012345678000"))
      << "zeros at the end are not significant";
  EXPECT_TRUE(parse_decimal("9.9999999999999999999999999999999999999E+125"));
  EXPECT_EQ(parse_decimal("1E126").error().message,
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_TRUE(parse_decimal("-1E-130"));
  EXPECT_EQ(parse_decimal("1E-131").error().message,
            "Number underflow. Attempting to store a number with magnitude smaller than supported range");
  EXPECT_FALSE(parse_decimal("1E99999999999999999999"));
  EXPECT_FALSE(parse_decimal("1E-99999999999999999999"));
}

TEST(Decimal, WhatIsNoNumber) {
  for (const std::string& text :
       {std::string(), std::string("+"), std::string("-"), std::string("."), std::string("e1"),
        std::string("1e"), std::string("1e+"), std::string("--1"), std::string("1.2.3"), std::string(" 1"),
        std::string("1 "), std::string("0x1"), std::string("NaN"), std::string("Infinity"),
        std::string("1,5"), std::string("1\0", 2), std::string("\xD9\xA1"), std::string(100'000, '0')}) {
    const auto number = parse_decimal(text);
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().message, "The parameter cannot be converted to a numeric value");
  }
}

}  // namespace
}  // namespace eyrie::store
