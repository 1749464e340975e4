// DynamoDB's numbers: decimal, at most 38 significant digits, magnitude 1E-130 to 9.9...E+125.
//
// order_key() gives bytes that compare (as memcmp does) as the numbers do: a sign byte, the decimal exponent,
// then the digits; for negative numbers all of it inverted. Thread-safe: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

struct Decimal {
  bool negative = false;
  int exponent = 0;    // the value is 0.DIGITS * 10^exponent
  std::string digits;  // without leading or trailing zeros; empty for zero
};

inline constexpr std::size_t kMaxDecimalDigits = 38;
inline constexpr int kMaxDecimalExponent = 126;   // 9.9E+125 is 0.99E+126
inline constexpr int kMinDecimalExponent = -129;  // 1E-130 is 0.1E-129

// kInvalidArgument with DynamoDB's message where the text is no number, too precise, too large or too small.
Result<Decimal> parse_decimal(std::string_view text);
// As DynamoDB answers it: plain where the exponent is moderate ("1200", "0.05"), else scientific ("1E+100").
std::string write_decimal(const Decimal& number);
Bytes order_key(const Decimal& number);

}  // namespace eyrie::store
