#include "api/dynamodb/write_request.h"

#include <algorithm>
#include <utility>

#include "api/dynamodb/expressions/apply_update.h"
#include "api/dynamodb/expressions/evaluate.h"
#include "api/dynamodb/item_places.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {

Wire<void> read_write_request(const json::object& request, WithUpdate with_update, WriteRequest& write) {
  constexpr std::string_view kCondition = "ConditionExpression";
  EYRIE_CHECK_OK(refuse_members(request, {"Expected", "ConditionalOperator"}, "Use ConditionExpression."));
  EYRIE_TRY(write.table, table_name(request));
  EYRIE_TRY(const auto on_failure,
            enum_member(request, "ReturnValuesOnConditionCheckFailure", {"ALL_OLD", "NONE"}));
  write.return_old_on_failure = on_failure == "ALL_OLD";
  EYRIE_TRY(const auto condition, text_member(request, kCondition));
  std::optional<std::string> update;
  if (with_update == WithUpdate::kYes) {
    EYRIE_CHECK_OK(refuse_members(request, {"AttributeUpdates"}, "Use UpdateExpression."));
    EYRIE_TRY(update, text_member(request, "UpdateExpression"));
  }
  EYRIE_TRY(write.placeholders, Placeholders::read(request, condition || update));
  if (update) {
    EYRIE_TRY(write.update, parse_update(*update, write.placeholders));
  }
  if (condition) {
    EYRIE_TRY(write.condition, parse_expression(kCondition, *condition, write.placeholders));
  }
  return write.placeholders.check_all_used();
}

store::ItemWrite item_write(const WriteRequest& request, store::ItemWrite::Kind kind, store::Item item) {
  store::ItemWrite write{.kind = kind, .table = request.table, .item = std::move(item), .condition = {}};
  if (request.condition) {
    write.condition = [&request](const store::Item* current) {
      return holds(*request.condition, current == nullptr ? store::Item() : *current);
    };
  }
  if (kind == store::ItemWrite::Kind::kEdit) {
    write.edit = [&request, key = write.item](const store::Item* current) {
      static const UpdateExpression kNothing;
      return apply_update(request.update ? *request.update : kNothing, current, key);
    };
  }
  return write;
}

std::uint64_t written_bytes(const store::ItemWrite& write, const store::Written& written) {
  std::uint64_t bytes = write.kind == store::ItemWrite::Kind::kPut ? store::item_bytes(write.item) : 0;
  for (const auto* item : {&written.before, &written.after}) {
    if (*item) bytes = std::max(bytes, store::item_bytes(**item));
  }
  return bytes;
}

Wire<void> check_distinct(store::ItemTable& items, const std::vector<store::ItemWrite>& writes, std::string_view why) {
  ItemPlaces places(items, why);
  for (const store::ItemWrite& write : writes) {
    const bool whole = write.kind == store::ItemWrite::Kind::kPut;
    EYRIE_CHECK_OK(places.add(write.table, write.item, whole ? ItemPlaces::Given::kItem : ItemPlaces::Given::kKey));
  }
  return {};
}

}  // namespace eyrie::api::dynamodb
