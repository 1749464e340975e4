#include "store/items/decimal_sum.h"

#include <algorithm>

namespace eyrie::store {
namespace {

using Digits = std::string;  // values 0 to 9, the highest place first

// The places from 10^(high - 1) down to 10^low. At most some 300.
Digits places(const Decimal& number, int high, int low) {
  Digits digits(static_cast<std::size_t>(high - low), '\0');
  std::ranges::transform(number.digits, digits.begin() + (high - number.exponent), [](char digit) { return static_cast<char>(digit - '0'); });
  return digits;
}

// Both of one length; the first place has room for what is carried.
Digits sum_of_places(Digits a, const Digits& b) {
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int sum = a[i] + b[i] + carry;
    carry = sum / 10;
    a[i] = static_cast<char>(sum % 10);
  }
  return a;
}

// Of the larger, the smaller.
Digits difference_of_places(Digits larger, const Digits& smaller) {
  int borrowed = 0;
  for (std::size_t i = larger.size(); i-- > 0;) {
    const int difference = larger[i] - smaller[i] - borrowed;
    borrowed = difference < 0 ? 1 : 0;
    larger[i] = static_cast<char>(difference + 10 * borrowed);
  }
  return larger;
}

Result<Decimal> decimal_of(const Digits& digits, int high, bool negative) {
  const std::size_t first = digits.find_first_not_of('\0');
  if (first == Digits::npos) return Decimal{};
  const std::size_t last = digits.find_last_not_of('\0');
  Decimal number{.negative = negative, .exponent = high - static_cast<int>(first), .digits = digits.substr(first, last + 1 - first)};
  for (char& digit : number.digits) digit = static_cast<char>(digit + '0');
  if (number.exponent > kMaxDecimalExponent || number.digits.size() > kMaxDecimalDigits) {
    return fail(Code::kInvalidArgument, "Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (number.exponent < kMinDecimalExponent) {
    return fail(Code::kInvalidArgument, "Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  return number;
}

}  // namespace

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  if (a.digits.empty()) return b;
  if (b.digits.empty()) return a;
  const auto end = [](const Decimal& number) { return number.exponent - static_cast<int>(number.digits.size()); };
  const int high = std::max(a.exponent, b.exponent) + 1;
  const int low = std::min(end(a), end(b));
  const Digits left = places(a, high, low), right = places(b, high, low);
  if (a.negative == b.negative) return decimal_of(sum_of_places(left, right), high, a.negative);
  if (left < right) return decimal_of(difference_of_places(right, left), high, b.negative);
  return decimal_of(difference_of_places(left, right), high, a.negative);
}

}  // namespace eyrie::store
