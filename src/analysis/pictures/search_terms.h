// What is typed into the gallery's search, taken apart: words that a picture must all have. A word may be a coordinate as well ("43.46", "43,46", "-16.5", "43.4600° N", "43.46,11.88"):
// of as many digits as were typed, so that it is found while it is typed.
//
// Errors: none; whatever is typed is words. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/pictures/picture.h"
#include "analysis/pictures/written_day.h"

namespace eyrie::analysis {

// A latitude or a longitude.
struct Coordinate {
  enum class Axis { kEither, kLatitude, kLongitude };
  double degrees = 0;    // without a sign, where has_sign does not say so: of either side then
  double precision = 0;  // of the last digit
  bool has_sign = false;
  Axis axis = Axis::kEither;

  bool of(const Place& place) const;
};

struct SearchTerm {
  std::string text;  // lower case, not empty
  std::optional<Coordinate> coordinate;
};

// At most kMaxWords.
std::vector<SearchTerm> search_terms(std::string_view typed);

}  // namespace eyrie::analysis
