#include "store/items/number_key.h"

#include <algorithm>

namespace eyrie::store {
namespace {

// Longer texts are refused unread: no number that fits needs them.
constexpr std::size_t kMaxText = 512;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::unexpected<Error> not_a_number() {
  return fail(Code::kInvalidArgument, "The parameter cannot be converted to a numeric value");
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return not_a_number();
  Decimal number;
  if (text[0] == '-' || text[0] == '+') {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  long exponent = 0;
  bool any = false, point = false;
  std::size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    const bool leading_zero = number.digits.empty() && text[i] == '0';
    if (!leading_zero) number.digits += text[i];
    if (!point && !leading_zero) ++exponent;
    if (point && leading_zero) --exponent;
  }
  if (!any) return not_a_number();
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return not_a_number();
    ++i;
    const bool negative = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (i == text.size()) return not_a_number();
    long value = 0;
    for (; i < text.size(); ++i) {
      if (!is_digit(text[i])) return not_a_number();
      value = std::min(value * 10 + (text[i] - '0'), 100'000L);
    }
    exponent += negative ? -value : value;
  }
  while (!number.digits.empty() && number.digits.back() == '0') number.digits.pop_back();
  if (number.digits.empty()) return Decimal{};
  if (number.digits.size() > kMaxDecimalDigits) {
    return fail(Code::kInvalidArgument, "Attempting to store more than 38 significant digits in a Number");
  }
  if (exponent > kMaxDecimalExponent) {
    return fail(Code::kInvalidArgument,
                "Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (exponent < kMinDecimalExponent) {
    return fail(Code::kInvalidArgument,
                "Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  number.exponent = static_cast<int>(exponent);
  return number;
}

std::string write_decimal(const Decimal& number) {
  if (number.digits.empty()) return "0";
  const std::string sign = number.negative ? "-" : "";
  const auto count = static_cast<int>(number.digits.size());
  constexpr int kPlainDigits = 40;
  if (number.exponent > kPlainDigits || number.exponent < -kPlainDigits) {
    std::string text = sign + number.digits.substr(0, 1);
    if (count > 1) text += "." + number.digits.substr(1);
    const int shown = number.exponent - 1;
    return text + "E" + (shown < 0 ? "-" : "+") + std::to_string(std::abs(shown));
  }
  if (number.exponent <= 0)
    return sign + "0." + std::string(static_cast<std::size_t>(-number.exponent), '0') + number.digits;
  const auto whole = static_cast<std::size_t>(number.exponent);
  if (number.exponent >= count) return sign + number.digits + std::string(whole - number.digits.size(), '0');
  return sign + number.digits.substr(0, whole) + "." + number.digits.substr(whole);
}

Bytes order_key(const Decimal& number) {
  constexpr std::uint8_t kNegative = 0x10, kZero = 0x20, kPositive = 0x30;
  if (number.digits.empty()) return {kZero};
  Bytes key = {static_cast<std::uint8_t>(number.negative ? kNegative : kPositive)};
  // Exponents run from -129 to 126: one byte when shifted.
  key.push_back(static_cast<std::uint8_t>(number.exponent + 129));
  // Digits become 1 to 10, so that the end (0) is less than any digit.
  for (char digit : number.digits) key.push_back(static_cast<std::uint8_t>(digit - '0' + 1));
  key.push_back(0);
  if (number.negative) {
    for (std::size_t i = 1; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(~key[i]);
  }
  return key;
}

}  // namespace eyrie::store
