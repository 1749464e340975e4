// PutItem and DeleteItem: one item written under a condition.
#include <optional>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/evaluate.h"
#include "api/dynamodb/operations.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

// What PutItem and DeleteItem have in common.
struct Write {
  std::string table;
  bool return_old = false;
  bool return_old_on_failure = false;
  Capacity capacity;
  Placeholders placeholders;
  std::optional<Expression> condition;  // borrows from placeholders
};

Wire<void> read_write(const json::object& request, Write& write) {
  constexpr std::string_view kKind = "ConditionExpression";
  EYRIE_CHECK_OK(refuse_members(request, {"Expected", "ConditionalOperator"}, "Use ConditionExpression."));
  EYRIE_TRY(write.table, table_name(request));
  EYRIE_TRY(const auto values, enum_member(request, "ReturnValues",
                                           {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"}));
  if (values && *values != "NONE" && *values != "ALL_OLD")
    return invalid("ReturnValues can only be ALL_OLD or NONE");
  write.return_old = values == "ALL_OLD";
  EYRIE_TRY(const auto on_failure,
            enum_member(request, "ReturnValuesOnConditionCheckFailure", {"ALL_OLD", "NONE"}));
  write.return_old_on_failure = on_failure == "ALL_OLD";
  EYRIE_TRY(write.capacity, Capacity::read(request));
  EYRIE_TRY(const auto text, text_member(request, kKind));
  EYRIE_TRY(write.placeholders, Placeholders::read(request, text.has_value()));
  if (text) {
    EYRIE_TRY(write.condition, parse_expression(kKind, *text, write.placeholders));
  }
  return write.placeholders.check_all_used();
}

// The condition for the store; keeps the item that failed it in `failed`.
store::Condition condition_of(const Write& write, std::optional<store::Item>& failed) {
  if (!write.condition) return {};
  return [&write, &failed](const store::Item* current) {
    const bool fine = holds(*write.condition, current == nullptr ? store::Item() : *current);
    if (!fine && current != nullptr && write.return_old_on_failure) failed = *current;
    return fine;
  };
}

JsonResult answer_of(const Write& write, Result<std::optional<store::Item>> before,
                     const std::optional<store::Item>& failed, std::uint64_t bytes, const JsonCall& call) {
  if (!before) {
    if (failed) call.error_members["Item"] = *failed;
    return std::unexpected(aws::dynamodb::from(before.error()));
  }
  json::object answer;
  if (write.return_old && *before) answer["Attributes"] = **before;
  write.capacity.report_write(answer, write.table, bytes);
  return answer;
}

}  // namespace

JsonResult put_item(store::ItemTable& items, const JsonCall& call) {
  Write write;
  EYRIE_TRY(const json::object* item, required_object(call.request, "Item"));
  EYRIE_CHECK_OK(read_write(call.request, write));
  store::Item normal = *item;
  EYRIE_CHECK_OK(wire(store::normalize_item(normal)));
  std::optional<store::Item> failed;
  auto before = items.put(write.table, normal, condition_of(write, failed));
  return answer_of(write, std::move(before), failed, store::item_bytes(normal), call);
}

JsonResult delete_item(store::ItemTable& items, const JsonCall& call) {
  Write write;
  EYRIE_TRY(const json::object* key, required_object(call.request, "Key"));
  EYRIE_CHECK_OK(read_write(call.request, write));
  std::optional<store::Item> failed;
  auto before = items.remove(write.table, *key, condition_of(write, failed));
  const std::uint64_t bytes = before && *before ? store::item_bytes(**before) : 0;
  return answer_of(write, std::move(before), failed, bytes, call);
}

}  // namespace eyrie::api::dynamodb
