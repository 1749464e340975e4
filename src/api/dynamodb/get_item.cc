// GetItem.
#include "api/dynamodb/capacity.h"
#include "api/dynamodb/expressions/projection.h"
#include "api/dynamodb/operations.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {

JsonResult get_item(store::ItemTable& items, const JsonCall& call) {
  const json::object& request = call.request;
  EYRIE_CHECK_OK(refuse_members(request, {"AttributesToGet"}, "Use ProjectionExpression."));
  EYRIE_TRY(const std::string table, table_name(request));
  EYRIE_TRY(const json::object* key, required_object(request, "Key"));
  EYRIE_TRY(const auto consistent, bool_member(request, "ConsistentRead"));
  EYRIE_TRY(const Capacity capacity, Capacity::read(request));
  EYRIE_TRY(const auto projection, Projection::read(request));
  EYRIE_TRY(const auto item, wire(items.get(table, *key)));
  json::object answer;
  if (item) answer["Item"] = projection ? projection->apply(*item) : *item;
  capacity.report_read(answer, table, item ? store::item_bytes(*item) : 0, consistent.value_or(false));
  return answer;
}

}  // namespace eyrie::api::dynamodb
