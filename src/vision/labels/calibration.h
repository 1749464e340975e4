// From a network's raw score to the chance that its label is right.
//
// A curve is monotone and piecewise linear over (raw score, confidence), both 0..1, so it never changes which
// of two labels of one network ranks higher. The built-in curves are data in calibration.tsv, which says what
// they were fitted on; a network without a curve keeps its raw scores.
//
// Errors: kCorrupt - the text does not follow the format. Thread safety: immutable once made.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace eyrie::vision {

class Curve {
 public:
  Curve() = default;  // confidence = score
  // Points of strictly rising score and confidence that does not fall, all within 0..1.
  static Result<Curve> create(std::vector<std::pair<double, double>> points);

  double operator()(double score) const;

 private:
  std::vector<std::pair<double, double>> points_;
};

// Curves by model id.
class Calibration {
 public:
  static const Calibration& builtin();
  static Result<Calibration> parse(std::string_view text);

  const Curve& curve(std::string_view model) const;

 private:
  std::map<std::string, Curve, std::less<>> curves_;
};

}  // namespace eyrie::vision
