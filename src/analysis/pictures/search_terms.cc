#include "analysis/pictures/search_terms.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/encoding.h"

namespace eyrie::analysis {
namespace {

constexpr std::string_view kDegree = "\u00b0";
constexpr double kMostDegrees = 180;
constexpr double kFloat = 3e-5;  // what a Place's numbers cannot tell apart
constexpr std::size_t kMostDigits = 12;

// The sides of the world, with the German east.
std::optional<Coordinate::Axis> compass(std::string_view word) {
  if (word == "n" || word == "s") return Coordinate::Axis::kLatitude;
  if (word == "e" || word == "w" || word == "o") return Coordinate::Axis::kLongitude;
  return std::nullopt;
}

// "43.46", "43,46", "-16.5", each with or without a degree sign; whole numbers are no coordinates.
std::optional<Coordinate> coordinate_of(std::string_view word) {
  if (word.ends_with(kDegree)) word.remove_suffix(kDegree.size());
  Coordinate read;
  if (word.starts_with('-') || word.starts_with('+')) {
    read.has_sign = true;
    if (word[0] == '+') word.remove_prefix(1);
  }
  const std::size_t point = word.find_first_of(".,");
  if (point == std::string_view::npos || point == 0 || point + 1 == word.size() || word.size() > kMostDigits) return std::nullopt;
  std::string number(word);
  number[point] = '.';
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), read.degrees, std::chars_format::fixed);
  if (error != std::errc() || end != number.data() + number.size() || !(std::abs(read.degrees) <= kMostDegrees)) return std::nullopt;
  read.precision = std::pow(10.0, -static_cast<double>(word.size() - point - 1));
  return read;
}

std::string without_end(std::string word) {
  while (word.size() > 1 && (word.back() == ',' || word.back() == ';')) word.pop_back();
  return word;
}

void add(std::vector<SearchTerm>& terms, std::string word) {
  if (word.empty() || terms.size() == kMaxWords) return;
  // "43.4600° N" is one thing.
  if (const auto axis = compass(word); axis && !terms.empty() && terms.back().coordinate && terms.back().coordinate->axis == Coordinate::Axis::kEither) {
    Coordinate& before = *terms.back().coordinate;
    before.axis = *axis;
    if (!before.has_sign && (word == "s" || word == "w")) before.degrees = -before.degrees;
    before.has_sign = true;
    return;
  }
  const auto coordinate = coordinate_of(word);
  terms.push_back({.text = std::move(word), .coordinate = coordinate});
}

// "43.46,11.88" is two.
void add_word(std::vector<SearchTerm>& terms, const std::string& word) {
  const std::size_t comma = word.find(',');
  if (comma != std::string::npos && !coordinate_of(word)) {
    std::string first = word.substr(0, comma), second = word.substr(comma + 1);
    if (coordinate_of(first) && coordinate_of(second)) {
      add(terms, std::move(first));
      return add(terms, std::move(second));
    }
  }
  add(terms, word);
}

}  // namespace

bool Coordinate::of(const Place& place) const {
  const auto near = [&](float value) {
    const double asked = has_sign ? degrees : std::abs(degrees), is = has_sign ? value : std::abs(value);
    return std::abs(asked - is) < std::max(precision, kFloat);
  };
  return (axis != Axis::kLongitude && near(place.latitude)) || (axis != Axis::kLatitude && near(place.longitude));
}

std::vector<SearchTerm> search_terms(std::string_view typed) {
  constexpr const char* kBlank = " \t\n";
  std::vector<SearchTerm> terms;
  const std::string lower = lower_case(typed);
  for (std::size_t at = 0; at < lower.size();) {
    const std::size_t begin = lower.find_first_not_of(kBlank, at);
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(lower.find_first_of(kBlank, begin), lower.size());
    add_word(terms, without_end(lower.substr(begin, end - begin)));
    at = end;
  }
  return terms;
}

}  // namespace eyrie::analysis
