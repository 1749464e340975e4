#include "api/dynamodb/expressions/evaluate.h"

#include <algorithm>

#include "api/dynamodb/values.h"

namespace eyrie::api::dynamodb {
namespace {

// An operand's value for one item; owns what size() made.
class Value {
 public:
  Value(const Operand& operand, const store::Item& item) {
    if (operand.kind == Operand::Kind::kValue) {
      value_ = operand.value;
      return;
    }
    value_ = resolve(operand.path, item);
    if (operand.kind == Operand::Kind::kPath || value_ == nullptr) return;
    const auto size = value_size(*value_);
    value_ = nullptr;
    if (!size) return;
    made_ = json::object{{"N", std::to_string(*size)}};
    value_ = &made_;
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  const json::value* get() const { return value_; }

 private:
  const json::value* value_ = nullptr;
  json::value made_;
};

bool ordered(Operator op, const json::value* left, const json::value* right) {
  if (left == nullptr || right == nullptr) return false;
  const auto order = compare_values(*left, *right);
  if (!order) return false;
  switch (op) {
    case Operator::kLess:
      return *order < 0;
    case Operator::kLessEqual:
      return *order <= 0;
    case Operator::kGreater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

bool equal(const json::value* left, const json::value* right) {
  return left != nullptr && right != nullptr && equal_values(*left, *right);
}

bool operands_hold(const Expression& expression, const store::Item& item) {
  const auto& operands = expression.operands;
  const Value first(operands[0], item);
  if (expression.op == Operator::kAttributeExists) return first.get() != nullptr;
  if (expression.op == Operator::kAttributeNotExists) return first.get() == nullptr;
  if (expression.op == Operator::kIn) {
    return std::any_of(operands.begin() + 1, operands.end(), [&](const Operand& operand) {
      return equal(first.get(), Value(operand, item).get());
    });
  }
  const Value second(operands[1], item);
  switch (expression.op) {
    case Operator::kEqual:
      return equal(first.get(), second.get());
    case Operator::kNotEqual:
      return !equal(first.get(), second.get());
    case Operator::kBetween:
      return ordered(Operator::kGreaterEqual, first.get(), second.get()) &&
             ordered(Operator::kLessEqual, first.get(), Value(operands[2], item).get());
    case Operator::kAttributeType:
      return first.get() != nullptr &&
             type_of(*first.get()) == std::string_view(second.get()->at("S").get_string());
    case Operator::kBeginsWith:
      return first.get() != nullptr && second.get() != nullptr &&
             value_begins_with(*first.get(), *second.get());
    case Operator::kContains:
      return first.get() != nullptr && second.get() != nullptr && value_contains(*first.get(), *second.get());
    default:
      return ordered(expression.op, first.get(), second.get());
  }
}

}  // namespace

bool holds(const Expression& expression, const store::Item& item) {
  auto child_holds = [&](const Expression& child) { return holds(child, item); };
  switch (expression.op) {
    case Operator::kAnd:
      return std::ranges::all_of(expression.children, child_holds);
    case Operator::kOr:
      return std::ranges::any_of(expression.children, child_holds);
    case Operator::kNot:
      return !holds(expression.children[0], item);
    default:
      return operands_hold(expression, item);
  }
}

}  // namespace eyrie::api::dynamodb
