// Query.
#include "api/dynamodb/expressions/key_condition.h"
#include "api/dynamodb/operations.h"
#include "api/dynamodb/reading.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::string_view kKeyConditions = "KeyConditionExpression";

// A filter reads what the key condition has chosen; a key in it is a mistake.
Wire<void> check_filter(const Expression& filter, const store::TableDescription& table) {
  std::set<std::string> attributes;
  collect_attributes(filter, attributes);
  for (const std::string& name : attributes) {
    if (name != table.partition.name && !(table.sort && name == table.sort->name)) continue;
    return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
                   name);
  }
  return {};
}

}  // namespace

JsonResult query(store::ItemTable& items, const JsonCall& call) {
  Reading reading;
  EYRIE_TRY(const auto text, text_member(call.request, kKeyConditions));
  EYRIE_CHECK_OK(read_reading(call.request, text.has_value(), reading));
  EYRIE_TRY(const auto forward, bool_member(call.request, "ScanIndexForward"));
  if (!text) {
    return invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  EYRIE_TRY(const Expression expression, parse_expression(kKeyConditions, *text, reading.placeholders));
  EYRIE_CHECK_OK(reading.placeholders.check_all_used());
  EYRIE_TRY(const store::TableDescription table, wire(items.describe(reading.table)));
  EYRIE_TRY(const KeyCondition key, read_key_condition(expression, table));
  if (reading.filter) EYRIE_CHECK_OK(check_filter(*reading.filter, table));
  EYRIE_TRY(const store::Page page,
            wire(items.query(reading.table, key.partition, key.sort, forward.value_or(true), reading.page)));
  return page_answer(reading, page);
}

}  // namespace eyrie::api::dynamodb
