// What expressions work on, and the work: numbers, time series, arrays of time series. Plain values.
//
// Functions: ABS AVG CEIL DIFF DIFF_TIME FILL FIRST FLOOR IF LAST LOG LOG10 MAX METRICS METRIC_COUNT MIN PERIOD RATE RUNNING_SUM STDDEV SUM TIME_SERIES. Of two series an operator makes
// the points that both have; what is no finite number (a division by zero) is no point. Errors: kInvalidArgument; kTooLarge - it would make more points than `budget`. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "monitor/query/expression.h"

namespace eyrie::monitor {

struct Line {
  std::vector<std::pair<std::int64_t, double>> points;  // seconds since 1970, in their order
  std::int64_t period_s = 60;
  std::string label;
};
using Lines = std::vector<Line>;
using MathValue = std::variant<double, Line, Lines>;

struct MathContext {
  std::int64_t start_s = 0, end_s = 0;  // what FILL and TIME_SERIES fill, from the first to before the second
  std::int64_t period_s = 60;
  std::function<Result<MathValue>(const std::string& id)> value_of;
  // Of METRICS: the metrics whose ids contain the text.
  std::function<Result<Lines>(const std::string& part)> metrics;
  std::size_t* budget;                  // points that may yet be made
};

Result<MathValue> evaluate(const Expression& expression, const MathContext& context);

}  // namespace eyrie::monitor
