// The small shapes that every answer is made of, and how numbers are written in them: confidences with four
// decimals, ratios with six, both kept inside the service description's ranges whatever a network said.
// Thread-safe: pure functions.
#pragma once

#include <span>

#include "base/json.h"
#include "vision/recognition/recognition.h"

namespace eyrie::analysis {

double percent_number(double value);  // 0..100; 0 for what is no number
double degree_number(double value);   // -180..180
double ratio_number(double value);    // any finite number: faces at an edge reach outside 0..1

// {"Width":…,"Height":…,"Left":…,"Top":…}
json::object box_answer(const vision::BoundingBox& box);
// [{"X":…,"Y":…}, …]
json::array polygon_answer(std::span<const vision::Point> points);
// {"Value":…,"Confidence":…}
json::object trait_answer(const vision::Trait& trait);

}  // namespace eyrie::analysis
