#include "api/dynamodb/reading.h"

#include "api/dynamodb/expressions/evaluate.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

Wire<void> read_select(const json::object& request, bool has_projection, Reading& reading) {
  EYRIE_TRY(const auto select,
            enum_member(request, "Select",
                        {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"}));
  if (!select) return {};
  if (*select == "ALL_PROJECTED_ATTRIBUTES") {
    return invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  if (*select == "COUNT" && has_projection) {
    return invalid("Cannot specify the ProjectionExpression when choosing to get only the Count");
  }
  if (*select == "ALL_ATTRIBUTES" && has_projection) {
    return invalid("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES");
  }
  if (*select == "SPECIFIC_ATTRIBUTES" && !has_projection) {
    return invalid("Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  reading.count_only = *select == "COUNT";
  return {};
}

}  // namespace

Wire<void> read_reading(const json::object& request, bool has_key_expression, Reading& reading) {
  EYRIE_CHECK_OK(refuse_members(request, {"KeyConditions"}, "Use KeyConditionExpression."));
  EYRIE_CHECK_OK(
      refuse_members(request, {"QueryFilter", "ScanFilter", "ConditionalOperator"}, "Use FilterExpression."));
  EYRIE_CHECK_OK(refuse_members(request, {"AttributesToGet"}, "Use ProjectionExpression."));
  EYRIE_TRY(reading.table, table_name(request));
  EYRIE_TRY(const auto index, text_member(request, "IndexName"));
  if (index) return invalid("The table does not have the specified index: " + *index);
  EYRIE_TRY(const auto limit, integer_member_from(request, "Limit", 1));
  reading.page.limit = static_cast<std::size_t>(limit.value_or(0));
  EYRIE_TRY(const json::object* start, object_member(request, "ExclusiveStartKey"));
  if (start != nullptr) reading.page.exclusive_start = *start;
  EYRIE_TRY(const auto consistent, bool_member(request, "ConsistentRead"));
  reading.consistent = consistent.value_or(false);
  EYRIE_TRY(reading.capacity, Capacity::read(request));
  EYRIE_TRY(const auto filter, text_member(request, "FilterExpression"));
  EYRIE_TRY(const auto projection, text_member(request, "ProjectionExpression"));
  EYRIE_CHECK_OK(read_select(request, projection.has_value(), reading));
  const bool any_expression = has_key_expression || filter || projection;
  EYRIE_TRY(reading.placeholders, Placeholders::read(request, any_expression));
  if (filter) {
    EYRIE_TRY(reading.filter, parse_expression("FilterExpression", *filter, reading.placeholders));
  }
  if (projection) {
    EYRIE_TRY(reading.projection, Projection::parse(*projection, reading.placeholders));
  }
  return {};
}

json::object page_answer(const Reading& reading, const store::Page& page,
                         const std::function<bool(const store::Item&)>& belongs) {
  json::array found;
  std::uint64_t count = 0, scanned = 0, bytes = 0;
  for (const store::Item& item : page.items) {
    if (belongs && !belongs(item)) continue;
    ++scanned;
    bytes += store::item_bytes(item);
    if (reading.filter && !holds(*reading.filter, item)) continue;
    ++count;
    if (!reading.count_only) found.push_back(reading.projection ? reading.projection->apply(item) : item);
  }
  json::object answer{{"Count", count}, {"ScannedCount", scanned}};
  if (!reading.count_only) answer["Items"] = std::move(found);
  if (page.last_key) answer["LastEvaluatedKey"] = *page.last_key;
  reading.capacity.report_read(answer, reading.table, bytes, reading.consistent);
  return answer;
}

}  // namespace eyrie::api::dynamodb
