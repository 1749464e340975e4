#include "base/time/w3c_date.h"

#include <chrono>

namespace eyrie {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes from the front of the text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, as a number of [least, most].
  std::optional<int> number(std::size_t count, int least, int most) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    if (value < least || value > most) return std::nullopt;
    return value;
  }
  // One digit or more, of which milliseconds are kept.
  std::optional<int> fraction_ms() {
    int value = 0, unit = 100;
    const std::size_t before = rest_.size();
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
      value += (rest_.front() - '0') * unit;
      unit /= 10;
    }
    if (rest_.size() == before) return std::nullopt;
    return value;
  }

 private:
  std::string_view rest_;
};

constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 24 * 60 * kMinuteMs;

// What follows the T. A second of 60 is a leap second's.
std::optional<std::int64_t> time_of_day(Reader& text) {
  const auto hour = text.number(2, 0, 23);
  if (!hour || !text.take(':')) return std::nullopt;
  const auto minute = text.number(2, 0, 59);
  if (!minute) return std::nullopt;
  std::int64_t ms = (*hour * 60LL + *minute) * kMinuteMs;
  if (text.take(':')) {
    const auto second = text.number(2, 0, 60);
    if (!second) return std::nullopt;
    ms += *second * 1000LL;
    if (text.take('.')) {
      const auto fraction = text.fraction_ms();
      if (!fraction) return std::nullopt;
      ms += *fraction;
    }
  }
  if (text.take('Z')) return ms;
  const bool east = text.take('+');
  if (!east && !text.take('-')) return std::nullopt;
  const auto hours = text.number(2, 0, 23);
  if (!hours || !text.take(':')) return std::nullopt;
  const auto minutes = text.number(2, 0, 59);
  if (!minutes) return std::nullopt;
  const std::int64_t offset = (*hours * 60LL + *minutes) * kMinuteMs;
  return east ? ms - offset : ms + offset;
}

}  // namespace

std::optional<std::int64_t> parse_w3c_date(std::string_view text) {
  Reader reader(text);
  const auto year = reader.number(4, 0, 9999);
  if (!year) return std::nullopt;
  std::optional<int> month = 1, day = 1;
  bool whole_date = false;
  if (reader.take('-')) {
    month = reader.number(2, 1, 12);
    if (!month) return std::nullopt;
    whole_date = reader.take('-');
    if (whole_date) day = reader.number(2, 1, 31);
    if (!day) return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)), std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t ms = std::chrono::sys_days(date).time_since_epoch().count() * kDayMs;
  if (reader.at_end()) return ms;
  if (!whole_date || !reader.take('T')) return std::nullopt;
  const auto time = time_of_day(reader);
  if (!time || !reader.at_end()) return std::nullopt;
  return ms + *time;
}

}  // namespace eyrie
