#include "api/dynamodb/expressions/key_condition.h"

#include <optional>

#include "api/dynamodb/values.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

// A condition on one key attribute: `attribute op values`.
struct OneCondition {
  std::string attribute;
  store::SortOp op = store::SortOp::kNone;
  const json::value* low = nullptr;
  const json::value* high = nullptr;
};

std::unexpected<aws::WireError> refuse(std::string_view why) {
  return invalid("Invalid KeyConditionExpression: " + std::string(why));
}
std::unexpected<aws::WireError> invalid_operator(Operator op) {
  return refuse("Invalid operator used in KeyConditionExpression: " + std::string(operator_name(op)));
}

std::optional<store::SortOp> sort_op(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return store::SortOp::kEqual;
    case Operator::kLess:
      return store::SortOp::kLess;
    case Operator::kLessEqual:
      return store::SortOp::kLessEqual;
    case Operator::kGreater:
      return store::SortOp::kGreater;
    case Operator::kGreaterEqual:
      return store::SortOp::kGreaterEqual;
    case Operator::kBetween:
      return store::SortOp::kBetween;
    case Operator::kBeginsWith:
      return store::SortOp::kBeginsWith;
    default:
      return std::nullopt;
  }
}

// `:value < attribute` means `attribute > :value`.
store::SortOp mirrored(store::SortOp op) {
  switch (op) {
    case store::SortOp::kLess:
      return store::SortOp::kGreater;
    case store::SortOp::kLessEqual:
      return store::SortOp::kGreaterEqual;
    case store::SortOp::kGreater:
      return store::SortOp::kLess;
    case store::SortOp::kGreaterEqual:
      return store::SortOp::kLessEqual;
    default:
      return op;
  }
}

bool is_key_path(const Operand& operand) {
  return operand.kind == Operand::Kind::kPath;
}
bool is_value(const Operand& operand) {
  return operand.kind == Operand::Kind::kValue;
}

Wire<OneCondition> read_one(const Expression& expression) {
  const auto op = sort_op(expression.op);
  if (!op) return invalid_operator(expression.op);
  const auto& operands = expression.operands;
  const bool swapped =
      operands.size() == 2 && expression.op != Operator::kBeginsWith && is_value(operands[0]);
  const Operand& path = operands[swapped ? 1 : 0];
  const Operand& value = operands[swapped ? 0 : 1];
  const bool fits = is_key_path(path) && is_value(value) && (operands.size() == 2 || is_value(operands[2]));
  if (!fits) return invalid("Query key condition not supported");
  if (path.path.size() != 1) {
    return refuse("KeyConditionExpressions cannot have conditions on nested attributes");
  }
  return OneCondition{.attribute = path.path[0].name,
                      .op = swapped ? mirrored(*op) : *op,
                      .low = value.value,
                      .high = operands.size() > 2 ? operands[2].value : nullptr};
}

Wire<void> collect(const Expression& expression, std::vector<OneCondition>& conditions) {
  if (expression.op != Operator::kAnd) {
    EYRIE_TRY(OneCondition one, read_one(expression));
    conditions.push_back(std::move(one));
    return {};
  }
  for (const Expression& child : expression.children) EYRIE_CHECK_OK(collect(child, conditions));
  return {};
}

Wire<void> check_type(const store::KeyAttribute& key, const json::value& value) {
  if (type_of(value) != store::type_code(key.type)) {
    return invalid(
        "One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  return {};
}

Wire<store::SortCondition> read_sort(const OneCondition& condition, const store::KeyAttribute& key) {
  EYRIE_CHECK_OK(check_type(key, *condition.low));
  if (condition.high != nullptr) EYRIE_CHECK_OK(check_type(key, *condition.high));
  if (condition.op == store::SortOp::kBeginsWith && key.type == store::KeyType::kNumber) {
    return refuse(
        "Incorrect operand type for operator or function; operator or function: begins_with, operand type: "
        "N");
  }
  return store::SortCondition{.op = condition.op,
                              .low = *condition.low,
                              .high = condition.high == nullptr ? json::value() : *condition.high};
}

}  // namespace

Wire<KeyCondition> read_key_condition(const Expression& expression, const store::TableDescription& table) {
  std::vector<OneCondition> conditions;
  EYRIE_CHECK_OK(collect(expression, conditions));
  const OneCondition* partition = nullptr;
  const OneCondition* sort = nullptr;
  for (const OneCondition& condition : conditions) {
    const bool on_partition = condition.attribute == table.partition.name;
    const bool on_sort = table.sort && condition.attribute == table.sort->name;
    if (!on_partition && !on_sort) continue;
    const OneCondition*& slot = on_partition ? partition : sort;
    if (slot != nullptr) return refuse("KeyConditionExpressions must only contain one condition per key");
    slot = &condition;
  }
  if (partition == nullptr)
    return invalid("Query condition missed key schema element: " + table.partition.name);
  const std::size_t used = sort == nullptr ? 1 : 2;
  if (conditions.size() > used) {
    if (table.sort && sort == nullptr) {
      return invalid("Query condition missed key schema element: " + table.sort->name);
    }
    return invalid("Query key condition not supported");
  }
  if (partition->op != store::SortOp::kEqual) return invalid("Query key condition not supported");
  EYRIE_CHECK_OK(check_type(table.partition, *partition->low));
  KeyCondition condition{.partition = *partition->low};
  if (sort != nullptr) {
    EYRIE_TRY(condition.sort, read_sort(*sort, *table.sort));
  }
  return condition;
}

}  // namespace eyrie::api::dynamodb
