#include "monitor/query/evaluation.h"

#include <algorithm>
#include <cmath>

#include "monitor/query/functions.h"

namespace eyrie::monitor {
namespace {

double apply(std::string_view op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "^") return std::pow(a, b);
  const auto truth = [](bool is) { return is ? 1.0 : 0.0; };
  if (op == "==") return truth(a == b);
  if (op == "!=") return truth(a != b);
  if (op == "<") return truth(a < b);
  if (op == "<=") return truth(a <= b);
  if (op == ">") return truth(a > b);
  if (op == ">=") return truth(a >= b);
  if (op == "&&") return truth(a != 0 && b != 0);
  return truth(a != 0 || b != 0);
}

Line combine(std::string_view op, const Line& a, const Line& b) {
  Line made{.period_s = std::max(a.period_s, b.period_s), .label = a.label};
  auto left = a.points.begin();
  for (const auto& [time_s, value] : b.points) {
    while (left != a.points.end() && left->first < time_s) ++left;
    if (left == a.points.end()) break;
    if (left->first == time_s) add_point(made, time_s, apply(op, left->second, value));
  }
  return made;
}

Result<MathValue> binary(std::string_view op, const MathValue& a, const MathValue& b, std::size_t& budget) {
  EYRIE_CHECK_OK(spend(budget, points_of(a) + points_of(b)));
  if (const auto *x = std::get_if<double>(&a), *y = std::get_if<double>(&b); x != nullptr && y != nullptr) return apply(op, *x, *y);
  if (std::holds_alternative<Lines>(a) && std::holds_alternative<Lines>(b))
    return fail(Code::kInvalidArgument, "The operator " + std::string(op) + " takes no two arrays of time series");
  // Any other pair is one line of each, or a number for all of them.
  const auto with_number = [&](const Line& line, double number, bool number_first) {
    return each_point(line, [&](double value) { return number_first ? apply(op, number, value) : apply(op, value, number); });
  };
  const auto one = [&](const Line& line, const MathValue& other, bool line_first) {
    if (const double* number = std::get_if<double>(&other)) return with_number(line, *number, !line_first);
    const Line& second = std::get<Line>(other);
    Line made = line_first ? combine(op, line, second) : combine(op, second, line);
    made.label = line.label;
    return made;
  };
  for (const bool first : {true, false}) {
    const Lines* lines = std::get_if<Lines>(first ? &a : &b);
    if (lines == nullptr) continue;
    const MathValue& other = first ? b : a;
    if (const Line* line = std::get_if<Line>(&other)) EYRIE_CHECK_OK(spend(budget, lines->size() * line->points.size()));
    Lines made;
    for (const Line& line : *lines) made.push_back(one(line, other, first));
    return made;
  }
  if (const Line* line = std::get_if<Line>(&a)) return one(*line, b, true);
  return one(std::get<Line>(b), a, false);
}

Result<MathValue> array(const Expression& expression, const MathContext& context) {
  Lines made;
  for (const Expression& operand : expression.operands) {
    EYRIE_TRY(MathValue value, evaluate(operand, context));
    if (Line* line = std::get_if<Line>(&value)) {
      made.push_back(std::move(*line));
    } else if (Lines* lines = std::get_if<Lines>(&value)) {
      std::ranges::move(*lines, std::back_inserter(made));
    } else {
      return fail(Code::kInvalidArgument, "An array holds time series, no numbers");
    }
    EYRIE_CHECK_OK(spend(*context.budget, made.size()));
  }
  return made;
}

}  // namespace

Result<MathValue> evaluate(const Expression& expression, const MathContext& context) {
  using Kind = Expression::Kind;
  switch (expression.kind) {
    case Kind::kNumber:
      return expression.number;
    case Kind::kText:
      return fail(Code::kInvalidArgument, "A text is no value here");
    case Kind::kId: {
      EYRIE_TRY(MathValue value, context.value_of(expression.text));
      EYRIE_CHECK_OK(spend(*context.budget, points_of(value)));
      return value;
    }
    case Kind::kArray:
      return array(expression, context);
    case Kind::kCall:
      return call(expression, context);
    case Kind::kNegate: {
      EYRIE_TRY(const MathValue value, evaluate(expression.operands.front(), context));
      return binary("*", value, MathValue(-1.0), *context.budget);
    }
    case Kind::kBinary: {
      EYRIE_TRY(const MathValue left, evaluate(expression.operands[0], context));
      EYRIE_TRY(const MathValue right, evaluate(expression.operands[1], context));
      return binary(expression.text, left, right, *context.budget);
    }
  }
  return fail(Code::kInternal, "no such kind of expression");
}

}  // namespace eyrie::monitor
