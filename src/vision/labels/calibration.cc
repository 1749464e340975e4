#include "vision/labels/calibration.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/log.h"

extern "C" const char eyrie_calibration_start[], eyrie_calibration_end[];

namespace eyrie::vision {

Result<Curve> Curve::create(std::vector<std::pair<double, double>> points) {
  const auto outside = [](double value) { return !(value >= 0 && value <= 1); };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& [score, confidence] = points[i];
    if (outside(score) || outside(confidence))
      return fail(Code::kCorrupt, "calibration: a point outside 0..1");
    if (i > 0 && (score <= points[i - 1].first || confidence < points[i - 1].second)) {
      return fail(Code::kCorrupt, "calibration: points must rise");
    }
  }
  Curve curve;
  curve.points_ = std::move(points);
  return curve;
}

double Curve::operator()(double score) const {
  if (points_.empty()) return score;
  const auto above = std::ranges::upper_bound(points_, score, {}, &std::pair<double, double>::first);
  if (above == points_.begin()) return points_.front().second;
  if (above == points_.end()) return points_.back().second;
  const auto below = above - 1;
  const double share = (score - below->first) / (above->first - below->first);
  return below->second + share * (above->second - below->second);
}

const Calibration& Calibration::builtin() {
  static const Calibration calibration = [] {
    auto parsed = parse(
        {eyrie_calibration_start, static_cast<std::size_t>(eyrie_calibration_end - eyrie_calibration_start)});
    if (!parsed) {  // part of the binary: a test keeps it right, nothing at run time can mend it
      log_error("the built-in calibration is damaged", {{"error", parsed.error().message}});
      std::abort();
    }
    return *std::move(parsed);
  }();
  return calibration;
}

Result<Calibration> Calibration::parse(std::string_view text) {
  Calibration calibration;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream cells(line);
    std::string model;
    cells >> model;
    std::vector<std::pair<double, double>> points;
    for (std::string cell; cells >> cell;) {
      std::istringstream point(cell);
      double score = 0;
      double confidence = 0;
      char colon = 0;
      if (!(point >> score >> colon >> confidence) || colon != ':' || point.peek() != EOF) {
        return fail(Code::kCorrupt, "calibration of " + model + ": \"" + cell + "\" is not score:confidence");
      }
      points.emplace_back(score, confidence);
    }
    EYRIE_TRY(calibration.curves_[model], Curve::create(std::move(points)));
  }
  return calibration;
}

const Curve& Calibration::curve(std::string_view model) const {
  static const Curve kRaw;
  const auto at = curves_.find(model);
  return at == curves_.end() ? kRaw : at->second;
}

}  // namespace eyrie::vision
