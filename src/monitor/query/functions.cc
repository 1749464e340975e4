#include "monitor/query/functions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace eyrie::monitor {
namespace {

std::unexpected<Error> wrong(const Expression& call, std::string_view what) { return fail(Code::kInvalidArgument, "The function " + call.text + " " + std::string(what)); }

// --- of one series, or of each of an array ---

using LineFunction = Line (*)(const Line&);

Line differences(const Line& line, double (*of)(double by, double seconds)) {
  Line made{.period_s = line.period_s, .label = line.label};
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    const auto& [before_s, before] = line.points[i - 1];
    const auto& [time_s, value] = line.points[i];
    add_point(made, time_s, of(value - before, static_cast<double>(time_s - before_s)));
  }
  return made;
}

Line running_sum(const Line& line) {
  double sum = 0;
  return each_point(line, [&](double value) { return sum += value; });
}

template <double (*kOf)(double)>
Line mapped(const Line& line) {
  return each_point(line, kOf);
}

double absolute(double value) { return std::abs(value); }
double rounded_up(double value) { return std::ceil(value); }
double rounded_down(double value) { return std::floor(value); }
double natural_logarithm(double value) { return std::log(value); }
double decimal_logarithm(double value) { return std::log10(value); }

const std::map<std::string_view, LineFunction> kOfLines = {
    {"ABS", mapped<absolute>},
    {"CEIL", mapped<rounded_up>},
    {"FLOOR", mapped<rounded_down>},
    {"LOG", mapped<natural_logarithm>},
    {"LOG10", mapped<decimal_logarithm>},
    {"RUNNING_SUM", running_sum},
    {"DIFF", [](const Line& line) { return differences(line, [](double by, double) { return by; }); }},
    {"DIFF_TIME", [](const Line& line) { return differences(line, [](double, double seconds) { return seconds; }); }},
    {"RATE", [](const Line& line) { return differences(line, [](double by, double seconds) { return by / seconds; }); }},
};

// --- of many values one ---

double sum(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}
double average(const std::vector<double>& values) { return sum(values) / static_cast<double>(values.size()); }
double least(const std::vector<double>& values) { return *std::ranges::min_element(values); }
double greatest(const std::vector<double>& values) { return *std::ranges::max_element(values); }
double deviation(const std::vector<double>& values) {
  const double mean = average(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

using Aggregate = double (*)(const std::vector<double>&);
const std::map<std::string_view, Aggregate> kAggregates = {{"SUM", sum}, {"AVG", average}, {"MIN", least}, {"MAX", greatest}, {"STDDEV", deviation}};

// Of one series a number; of an array a series, of the values of each moment.
MathValue aggregate(Aggregate of, const MathValue& value, const std::string& label) {
  if (const Line* line = std::get_if<Line>(&value)) {
    std::vector<double> values;
    for (const auto& point : line->points) values.push_back(point.second);
    return values.empty() ? 0.0 : of(values);
  }
  std::map<std::int64_t, std::vector<double>> moments;
  Line made{.label = label};
  for (const Line& line : std::get<Lines>(value)) {
    made.period_s = std::max(made.period_s, line.period_s);
    for (const auto& [time_s, one] : line.points) moments[time_s].push_back(one);
  }
  for (const auto& [time_s, values] : moments) add_point(made, time_s, of(values));
  return made;
}

// --- FILL ---

std::optional<double> point_at(const Line& line, std::int64_t time_s) {
  const auto found = std::ranges::lower_bound(line.points, time_s, {}, &std::pair<std::int64_t, double>::first);
  if (found == line.points.end() || found->first != time_s) return std::nullopt;
  return found->second;
}

// What stands for a moment without a point.
using Filler = std::function<std::optional<double>(const Line&, std::int64_t time_s)>;

std::optional<double> repeated(const Line& line, std::int64_t time_s) {
  const auto after = std::ranges::lower_bound(line.points, time_s, {}, &std::pair<std::int64_t, double>::first);
  if (after == line.points.begin()) return std::nullopt;
  return std::prev(after)->second;
}

std::optional<double> interpolated(const Line& line, std::int64_t time_s) {
  const auto after = std::ranges::lower_bound(line.points, time_s, {}, &std::pair<std::int64_t, double>::first);
  if (after == line.points.begin() || after == line.points.end()) return std::nullopt;
  const auto before = std::prev(after);
  const double share = static_cast<double>(time_s - before->first) / static_cast<double>(after->first - before->first);
  return before->second + share * (after->second - before->second);
}

Result<Line> filled(const Line& line, const Filler& filler, const MathContext& context) {
  const std::int64_t period = line.period_s, first = context.start_s / period * period;
  EYRIE_CHECK_OK(spend(*context.budget, context.end_s > first ? static_cast<std::size_t>((context.end_s - first) / period + 1) : 0));
  Line made{.period_s = period, .label = line.label};
  for (std::int64_t time_s = first; time_s < context.end_s; time_s += period) {
    auto value = point_at(line, time_s);
    if (!value) value = filler(line, time_s);
    if (value) add_point(made, time_s, *value);
  }
  return made;
}

Result<Filler> filler_of(const Expression& call, const MathContext& context) {
  const Expression& how = call.operands[1];
  if (how.kind == Expression::Kind::kText && how.text == "REPEAT") return repeated;
  if (how.kind == Expression::Kind::kText && how.text == "LINEAR") return interpolated;
  EYRIE_TRY(MathValue value, evaluate(how, context));
  if (const double* number = std::get_if<double>(&value)) return [constant = *number](const Line&, std::int64_t) { return std::optional(constant); };
  if (Line* line = std::get_if<Line>(&value)) return [other = std::move(*line)](const Line&, std::int64_t time_s) { return point_at(other, time_s); };
  return wrong(call, "fills with a number, a time series, REPEAT or LINEAR");
}

Result<MathValue> fill(const Expression& call, const MathContext& context) {
  if (call.operands.size() != 2) return wrong(call, "takes two arguments");
  EYRIE_TRY(const MathValue value, evaluate(call.operands[0], context));
  EYRIE_TRY(const Filler filler, filler_of(call, context));
  if (const Line* line = std::get_if<Line>(&value)) {
    EYRIE_TRY(Line made, filled(*line, filler, context));
    return made;
  }
  const Lines* lines = std::get_if<Lines>(&value);
  if (lines == nullptr) return wrong(call, "takes a time series");
  Lines made;
  for (const Line& line : *lines) {
    EYRIE_TRY(Line one, filled(line, filler, context));
    made.push_back(std::move(one));
  }
  return made;
}

// --- IF ---

std::optional<double> value_at(const MathValue& value, std::int64_t time_s) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  return point_at(std::get<Line>(value), time_s);
}

Result<MathValue> choose(const Expression& call, const MathContext& context) {
  if (call.operands.size() < 2 || call.operands.size() > 3) return wrong(call, "takes two or three arguments");
  std::vector<MathValue> given;
  for (const Expression& operand : call.operands) {
    EYRIE_TRY(MathValue value, evaluate(operand, context));
    if (std::holds_alternative<Lines>(value)) return wrong(call, "takes no arrays of time series");
    given.push_back(std::move(value));
  }
  const auto chosen = [&](double condition) -> const MathValue* { return condition != 0 ? &given[1] : given.size() > 2 ? &given[2] : nullptr; };
  if (const double* condition = std::get_if<double>(&given[0])) {
    const MathValue* is = chosen(*condition);
    return is == nullptr ? MathValue(Line{.period_s = context.period_s}) : *is;
  }
  const Line& condition = std::get<Line>(given[0]);
  EYRIE_CHECK_OK(spend(*context.budget, condition.points.size()));
  Line made{.period_s = condition.period_s, .label = condition.label};
  for (const auto& [time_s, value] : condition.points) {
    const MathValue* is = chosen(value);
    const auto point = is == nullptr ? std::nullopt : value_at(*is, time_s);
    if (point) add_point(made, time_s, *point);
  }
  return made;
}

// --- the others ---

Result<MathValue> metrics(const Expression& call, const MathContext& context) {
  const bool sound = call.operands.empty() || (call.operands.size() == 1 && call.operands[0].kind == Expression::Kind::kText);
  if (!sound) return wrong(call, "takes nothing, or a text");
  EYRIE_TRY(Lines lines, context.metrics(call.operands.empty() ? "" : call.operands[0].text));
  EYRIE_CHECK_OK(spend(*context.budget, points_of(lines)));
  return lines;
}

Result<MathValue> time_series(const Expression& call, const MathValue& value, const MathContext& context) {
  const double* number = std::get_if<double>(&value);
  if (number == nullptr) return wrong(call, "takes a number");
  EYRIE_TRY(Line made, filled({.period_s = context.period_s}, [constant = *number](const Line&, std::int64_t) { return std::optional(constant); }, context));
  return made;
}

Result<MathValue> of_one(const Expression& call, const MathValue& value, const MathContext& context) {
  if (call.text == "TIME_SERIES") return time_series(call, value, context);
  const Line* line = std::get_if<Line>(&value);
  const Lines* lines = std::get_if<Lines>(&value);
  if (const auto found = kAggregates.find(call.text); found != kAggregates.end()) {
    if (line == nullptr && lines == nullptr) return wrong(call, "takes a time series");
    return aggregate(found->second, value, call.text);
  }
  if (const auto found = kOfLines.find(call.text); found != kOfLines.end()) {
    if (line != nullptr) return found->second(*line);
    if (lines == nullptr) return wrong(call, "takes a time series");
    Lines made;
    for (const Line& one : *lines) made.push_back(found->second(one));
    return made;
  }
  if (call.text == "PERIOD") {
    if (line == nullptr) return wrong(call, "takes one time series");
    return static_cast<double>(line->period_s);
  }
  if (lines == nullptr || lines->empty()) return wrong(call, "takes an array of time series");
  if (call.text == "METRIC_COUNT") return static_cast<double>(lines->size());
  return call.text == "FIRST" ? lines->front() : lines->back();
}

}  // namespace

void add_point(Line& line, std::int64_t time_s, double value) {
  if (std::isfinite(value)) line.points.emplace_back(time_s, value);
}

std::size_t points_of(const MathValue& value) {
  if (const Line* line = std::get_if<Line>(&value)) return line->points.size();
  std::size_t points = 0;
  if (const Lines* lines = std::get_if<Lines>(&value)) {
    for (const Line& line : *lines) points += line.points.size() + 1;
  }
  return points;
}

Status spend(std::size_t& budget, std::size_t points) {
  if (budget <= points) return fail(Code::kTooLarge, "The expressions make too many data points");
  budget -= points + 1;
  return {};
}

Result<MathValue> call(const Expression& expression, const MathContext& context) {
  static constexpr std::string_view kOthers[] = {"TIME_SERIES", "PERIOD", "METRIC_COUNT", "FIRST", "LAST"};
  if (expression.text == "FILL") return fill(expression, context);
  if (expression.text == "IF") return choose(expression, context);
  if (expression.text == "METRICS") return metrics(expression, context);
  const bool known = kAggregates.contains(expression.text) || kOfLines.contains(expression.text) || std::ranges::find(kOthers, expression.text) != std::end(kOthers);
  if (!known) return fail(Code::kInvalidArgument, "Unknown function, or one that is not implemented here: " + expression.text.substr(0, 64));
  if (expression.operands.size() != 1) return wrong(expression, "takes one argument");
  EYRIE_TRY(const MathValue value, evaluate(expression.operands[0], context));
  EYRIE_CHECK_OK(spend(*context.budget, points_of(value)));
  return of_one(expression, value, context);
}

}  // namespace eyrie::monitor
