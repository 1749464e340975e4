#include "analysis/pictures/written_day.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "analysis/pictures/word_list.h"

namespace eyrie::analysis {
namespace {

constexpr std::size_t kShortestName = 3;  // letters of a month: "no" is no day

// By month: names of which the abbreviations are beginnings, and those of which they are not.
constexpr std::array<std::string_view, 12> kMonths = {
    "january januar j\u00e4nner",
    "february februar feber",
    "march m\u00e4rz m\u00c4rz maerz mrz",
    "april",
    "may mai",
    "june juni",
    "july juli",
    "august",
    "september",
    "october oktober",
    "november",
    "december dezember",
};

bool digit(char c) { return c >= '0' && c <= '9'; }

// "nov." and "29th" without their ends.
std::string plain(std::string word) {
  const bool number = !word.empty() && digit(word[0]);
  if (!number && word.ends_with('.')) word.pop_back();
  for (const std::string_view end : {"st", "nd", "rd", "th"}) {
    if (number && word.ends_with(end)) word.resize(word.size() - end.size());
  }
  return word;
}

bool names_a_month(std::string_view word) {
  return word.size() >= kShortestName && std::ranges::any_of(kMonths, [&](std::string_view names) { return begins_one(names, word); });
}

std::chrono::year_month_day date_of(std::int32_t day) { return std::chrono::sys_days(std::chrono::days(day)); }

std::string padded(unsigned number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// Every way to write it in numbers, one after a blank.
std::string written(std::chrono::year_month_day date) {
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const unsigned month = static_cast<unsigned>(date.month()), day = static_cast<unsigned>(date.day());
  const std::string y = padded(year, 4), m = padded(month, 2), d = padded(day, 2);
  std::string all;
  for (const char* between : {"-", "/", ":"}) all += y + between + m + between + d + " ";
  all += m + "-" + d;
  // Each with zeros and without.
  for (const auto& [mm, dd] : {std::pair(m, d), std::pair(std::to_string(month), std::to_string(day))}) {
    for (const std::string& yy : {y, padded(year % 100, 2)}) all += " " + dd + "." + mm + "." + yy + " " + mm + "/" + dd + "/" + yy + " " + dd + "/" + mm + "/" + yy;
    all += " " + mm + "." + y + " " + mm + "/" + y;
  }
  return all;
}

}  // namespace

WrittenDays::WrittenDays(std::span<const std::string> words) {
  for (const std::string& word : words.first(std::min(words.size(), kMaxWords))) {
    words_.push_back(plain(word));
    const std::string& kept = words_.back();
    const bool number = !kept.empty() && digit(kept[0]) && kept.find_first_not_of("0123456789.-/:") == std::string::npos;
    if (number || names_a_month(kept)) possible_ |= WordBits{1} << (words_.size() - 1);
  }
}

WordBits WrittenDays::named(std::int32_t day) {
  if (possible_ == 0) return 0;
  if (last_ == day) return last_bits_;
  const auto [at, fresh] = known_.try_emplace(day, 0);
  if (fresh) at->second = work_out(day);
  last_ = day;
  return last_bits_ = at->second;
}

WordBits WrittenDays::work_out(std::int32_t day) const {
  const auto date = date_of(day);
  const std::string numbers = written(date);
  const std::string_view names = kMonths[static_cast<unsigned>(date.month()) - 1];
  WordBits bits = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const WordBits bit = WordBits{1} << i;
    if ((possible_ & bit) != 0 && begins_one(digit(words_[i][0]) ? std::string_view(numbers) : names, words_[i])) bits |= bit;
  }
  return bits;
}

std::optional<std::int32_t> day_of_camera(std::string_view time) {
  const auto number = [&](std::size_t at, std::size_t digits) -> int {
    int read = 0;
    const std::string_view text = time.substr(at, digits);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    return error == std::errc() && end == text.data() + text.size() ? read : 0;
  };
  if (time.size() < 10 || time[4] != time[7] || (time[4] != '-' && time[4] != ':')) return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year <= 0 || month <= 0 || day <= 0) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)}, std::chrono::day{static_cast<unsigned>(day)});
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

}  // namespace eyrie::analysis
