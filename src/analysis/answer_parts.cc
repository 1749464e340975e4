#include "analysis/answer_parts.h"

#include <algorithm>
#include <cmath>

namespace eyrie::analysis {
namespace {

double bounded(double value, double low, double high, int decimals) {
  return std::isfinite(value) ? rounded(std::clamp(value, low, high), decimals) : 0;
}

}  // namespace

double percent_number(double value) {
  return bounded(value, 0, 100, 4);
}
double degree_number(double value) {
  return bounded(value, -180, 180, 4);
}
double ratio_number(double value) {
  return std::isfinite(value) ? rounded(value, 6) : 0;
}

json::object box_answer(const vision::BoundingBox& box) {
  return {{"Width", ratio_number(box.width)},
          {"Height", ratio_number(box.height)},
          {"Left", ratio_number(box.left)},
          {"Top", ratio_number(box.top)}};
}

json::array polygon_answer(std::span<const vision::Point> points) {
  json::array list;
  for (const vision::Point& point : points) {
    list.push_back(json::object{{"X", ratio_number(point.x)}, {"Y", ratio_number(point.y)}});
  }
  return list;
}

json::object trait_answer(const vision::Trait& trait) {
  return {{"Value", trait.value}, {"Confidence", percent_number(trait.confidence)}};
}

}  // namespace eyrie::analysis
