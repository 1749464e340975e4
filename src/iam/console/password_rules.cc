#include "iam/console/password_rules.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/encoding.h"
#include "iam/policy/condition_values.h"

namespace eyrie::iam::console {
namespace {

// Lower case, without spaces and signs: "Password-1234" is "password1234".
constexpr std::array<std::string_view, 28> kCommon = {
    "1q2w3e4r5t6y", "1qaz2wsx3edc", "adminadminadmin", "administrator", "administrator1", "changemechangeme", "changemenow1",
    "correcthorsebatterystaple", "eyrieeyrieeyrie", "iloveyou1234", "iloveyouforever", "letmeinletmein", "letmeinplease", "password1234",
    "password12345", "password123456", "passwordpassword", "qazwsxedcrfv", "qwerty123456", "qwertyqwerty", "qwertyuiop12", "qwertyuiop123",
    "qwertyuiopasdf", "thisismypassword", "trustno1trustno1", "unbelievable", "welcome12345", "welcomewelcome"};
static_assert(std::ranges::is_sorted(kCommon));

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

// "aaaaaaaaaaaa", "abcabcabcabc": at most four bytes over and over.
bool repeats(std::string_view text) {
  for (std::size_t period = 1; period <= 4; ++period) {
    if (text.substr(period) == text.substr(0, text.size() - period)) return true;
  }
  return false;
}

// "123456789012", "abcdefghijkl", and backwards; from 9 on to 0.
bool in_order(std::string_view text) {
  for (const int step : {1, -1}) {
    bool follows = true;
    for (std::size_t i = 1; follows && i < text.size(); ++i) {
      const bool wraps = step == 1 ? text[i - 1] == '9' && text[i] == '0' : text[i - 1] == '0' && text[i] == '9';
      follows = wraps || text[i] - text[i - 1] == step;
    }
    if (follows) return true;
  }
  return false;
}

std::string bare(std::string_view text) {
  std::string letters = lower_case(text);
  std::erase_if(letters, [](char c) { return c >= 0 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); });
  return letters;
}

}  // namespace

Status check_password(std::string_view password, std::string_view name, std::string_view email) {
  if (password.size() > kMaxPasswordBytes || characters(password) > kMaxPassword)
    return fail(Code::kInvalidArgument, "A password has at most " + std::to_string(kMaxPassword) + " characters.");
  if (!valid_utf8(password)) return fail(Code::kInvalidArgument, "A password is UTF-8 text.");
  if (characters(password) < kMinPassword)
    return fail(Code::kInvalidArgument, "A password has at least " + std::to_string(kMinPassword) + " characters.");
  const std::string lower = lower_case(password);
  if (lower == lower_case(name) || (!email.empty() && lower == lower_case(email)))
    return fail(Code::kInvalidArgument, "A password is not the user's own name or address.");
  const std::string letters = bare(password);
  if (repeats(lower) || in_order(lower) || std::ranges::binary_search(kCommon, std::string_view(letters)))
    return fail(Code::kInvalidArgument, "This password is among the first that are guessed; choose another.");
  return {};
}

}  // namespace eyrie::iam::console
