// Detected text against the truth, in ratios of the picture. Definitions as text.cc prints them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "vision/recognition/recognition.h"

namespace eyrie::accuracy {

using Polygon = std::array<vision::Point, 4>;

struct TrueLine {
  Polygon polygon;
  std::string text;
};

// Insertions, deletions and replacements of characters (of UTF-8, not bytes) that make one of the other.
std::size_t edit_distance(const std::string& one, const std::string& other);

// In upper case, each run of spaces one space, none at the ends.
std::string normalized(const std::string& text);

// Letters and digits alone, in upper case.
std::string alphanumeric(const std::string& text);

bool overlaps(const vision::BoundingBox& a, const vision::BoundingBox& b);

class ReceiptScore {
 public:
  void add(const std::vector<TrueLine>& truth, const std::vector<vision::TextDetection>& found);
  void add(const ReceiptScore& other);

  double coverage() const {
    return lines_ == 0 ? 0 : static_cast<double>(covered_) / static_cast<double>(lines_);
  }
  double character_error() const { return share(errors_, characters_); }
  double error_without_spaces() const { return share(errors_without_spaces_, characters_without_spaces_); }
  std::size_t lines() const { return lines_; }
  std::size_t characters() const { return characters_; }
  std::size_t words_elsewhere() const { return words_elsewhere_; }
  std::size_t words() const { return words_; }
  // "truth | as read", of lines with errors.
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  static double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  std::size_t lines_ = 0, covered_ = 0, characters_ = 0, errors_ = 0, characters_without_spaces_ = 0,
              errors_without_spaces_ = 0, words_ = 0, words_elsewhere_ = 0;
  std::vector<std::string> wrong_;
};

}  // namespace eyrie::accuracy
