// Days as people write them, English and German, found while they are typed: 2026-11-29, 29.11.2026, 29.11.26, 11/29/2026 and 29/11/2026, 11/2026, November, Nov, 2026,
// "29. November 2026", "Dezember".
//
//   WrittenDays days({"oct", "2008", "cat"});
//   days.named(day) == 0b011                  // of the words, by bit, those that begin a way of writing this day
//
// The words that a query has of one day must all be of the same day: whoever asks compares them with one day's bits. Errors: none. Thread safety: none, it remembers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace eyrie::analysis {

using WordBits = std::uint32_t;
inline constexpr std::size_t kMaxWords = 16;

class WrittenDays {
 public:
  // Lower case; those beyond kMaxWords are not looked at.
  explicit WrittenDays(std::span<const std::string> words);
  // The words that are of some day at all.
  WordBits possible() const { return possible_; }
  WordBits named(std::int32_t day);  // since 1970

 private:
  WordBits work_out(std::int32_t day) const;

  std::vector<std::string> words_;
  WordBits possible_ = 0;
  // Pictures that come one after the other are mostly of the same day.
  std::optional<std::int32_t> last_;
  WordBits last_bits_ = 0;
  std::unordered_map<std::int32_t, WordBits> known_;
};

// The day that a camera has written, "2008-05-30T15:56:01" or "2008:05:30 15:56:01"; nullopt: none.
std::optional<std::int32_t> day_of_camera(std::string_view time);

}  // namespace eyrie::analysis
