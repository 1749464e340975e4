#include "api/dynamodb/permissions.h"

#include "api/dynamodb/members.h"
#include "iam/guarded_stores.h"

namespace eyrie::api::dynamodb {
namespace {

// Whatever account or region an ARN claims, the tables are ours.
std::string arn_of(std::string table) {
  return iam::table_arn(table_told(std::move(table)));
}

// A transaction's entries: {"Put": {"TableName": ...}} and the like.
void add_transaction(const json::array& entries, std::vector<Need>& needs) {
  static constexpr std::pair<std::string_view, std::string_view> kActions[] = {{"Put", "dynamodb:PutItem"},
                                                                               {"Update", "dynamodb:UpdateItem"},
                                                                               {"Delete", "dynamodb:DeleteItem"},
                                                                               {"ConditionCheck", "dynamodb:ConditionCheckItem"},
                                                                               {"Get", "dynamodb:GetItem"}};
  for (const json::value& entry : entries) {
    for (const auto& [member, action] : kActions) {
      const json::value* one = find(entry, member);
      if (one == nullptr || !one->is_object()) continue;
      needs.push_back({.action = std::string(action), .resource = arn_of(text_of(one->get_object(), "TableName"))});
    }
  }
}

}  // namespace

std::vector<Need> needs(const std::string& operation, const json::object& request) {
  const std::string action = "dynamodb:" + operation;
  std::vector<Need> needed;
  if (const json::value* items = request.if_contains("RequestItems"); items != nullptr && items->is_object()) {
    for (const auto& [table, unused] : items->get_object())
      needed.push_back({.action = action, .resource = arn_of(std::string(table))});
  }
  if (const json::value* entries = request.if_contains("TransactItems"); entries != nullptr && entries->is_array())
    add_transaction(entries->get_array(), needed);
  std::string resource;
  if (const std::string table = text_of(request, "TableName"); !table.empty()) resource = arn_of(table);
  if (const std::string arn = text_of(request, "ResourceArn"); !arn.empty()) resource = arn_of(arn);
  if (const std::string index = text_of(request, "IndexName"); !index.empty() && !resource.empty())
    resource += "/index/" + index;
  if (!resource.empty() || needed.empty()) needed.push_back({.action = action, .resource = resource.empty() ? "*" : resource});
  return needed;
}

}  // namespace eyrie::api::dynamodb
