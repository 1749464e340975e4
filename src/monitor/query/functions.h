// The functions of metric math, for evaluation.cc. Thread safety: pure functions.
#pragma once

#include "monitor/query/evaluation.h"

namespace eyrie::monitor {

Result<MathValue> call(const Expression& expression, const MathContext& context);

// Where the value is a finite number.
void add_point(Line& line, std::int64_t time_s, double value);
// Each point's value changed.
template <typename Change>
Line each_point(const Line& line, const Change& change) {
  Line made{.period_s = line.period_s, .label = line.label};
  made.points.reserve(line.points.size());
  for (const auto& [time_s, value] : line.points) add_point(made, time_s, change(value));
  return made;
}
std::size_t points_of(const MathValue& value);
// kTooLarge where the budget has not so many points, and one more for the work, left.
Status spend(std::size_t& budget, std::size_t points);

}  // namespace eyrie::monitor
