// ListTables, DescribeTable, CreateTable, DeleteTable.
#include <algorithm>
#include <map>

#include "api/dynamodb/members.h"
#include "api/dynamodb/operations.h"
#include "base/ids.h"
#include "iam/guarded_stores.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::int64_t kMaxListed = 100;

json::object key_element(const std::string& name, std::string_view role) {
  return {{"AttributeName", name}, {"KeyType", role}};
}
json::object definition(const store::KeyAttribute& key) {
  return {{"AttributeName", key.name}, {"AttributeType", store::type_code(key.type)}};
}

json::object describe(const store::TableDescription& table) {
  json::array schema{key_element(table.partition.name, "HASH")};
  json::array definitions{definition(table.partition)};
  if (table.sort) {
    schema.push_back(key_element(table.sort->name, "RANGE"));
    definitions.push_back(definition(*table.sort));
  }
  return {{"TableName", table.name},
          {"TableStatus", "ACTIVE"},
          {"TableArn", iam::table_arn(table.name)},
          {"TableId", table.id},
          {"CreationDateTime", static_cast<double>(table.created_ms) / 1000},
          {"KeySchema", std::move(schema)},
          {"AttributeDefinitions", std::move(definitions)},
          {"ItemCount", table.item_count},
          {"TableSizeBytes", table.size_bytes},
          {"BillingModeSummary", json::object{{"BillingMode", "PAY_PER_REQUEST"}}},
          {"ProvisionedThroughput",
           json::object{{"NumberOfDecreasesToday", 0}, {"ReadCapacityUnits", 0}, {"WriteCapacityUnits", 0}}},
          {"DeletionProtectionEnabled", table.delete_protected}};
}

Wire<std::map<std::string, store::KeyType>> read_definitions(const json::object& request) {
  EYRIE_TRY(const json::array* list, array_member(request, "AttributeDefinitions"));
  std::map<std::string, store::KeyType> types;
  if (list == nullptr) return types;
  for (const json::value& value : *list) {
    EYRIE_TRY(const json::object* one, object_element(value));
    EYRIE_TRY(const std::string name, required_text(*one, "AttributeName"));
    EYRIE_TRY(const auto type, enum_member(*one, "AttributeType", {"B", "N", "S"}));
    if (!type) return broken_constraint("null", "AttributeType", "Member must not be null");
    if (name.empty() || name.size() > 255) {
      return broken_constraint(
          name.substr(0, 255), "AttributeName",
          "Member must have length greater than or equal to 1 and less than or equal to 255");
    }
    if (types.contains(name)) {
      return invalid("Cannot have two attributes with the same name in AttributeDefinitions: " + name);
    }
    types[name] = *type == "S"   ? store::KeyType::kString
                  : *type == "N" ? store::KeyType::kNumber
                                 : store::KeyType::kBinary;
  }
  return types;
}

struct KeyNames {
  std::string partition;
  std::string sort;  // empty: none
};

Wire<KeyNames> read_key_schema(const json::object& request) {
  EYRIE_TRY(const json::array* list, array_member(request, "KeySchema"));
  if (list == nullptr || list->empty()) {
    return invalid("One or more parameter values were invalid: No hash key specified in schema");
  }
  if (list->size() > 2) {
    return broken_constraint(write_json(*list), "KeySchema",
                             "Member must have length less than or equal to 2");
  }
  KeyNames names;
  for (std::size_t i = 0; i < list->size(); ++i) {
    EYRIE_TRY(const json::object* one, object_element((*list)[i]));
    EYRIE_TRY(const std::string name, required_text(*one, "AttributeName"));
    EYRIE_TRY(const auto role, enum_member(*one, "KeyType", {"HASH", "RANGE"}));
    if (role != (i == 0 ? "HASH" : "RANGE")) {
      return invalid(i == 0 ? "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
                            : "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    (i == 0 ? names.partition : names.sort) = name;
  }
  if (names.partition == names.sort) {
    return invalid(
        "Invalid KeySchema: Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  return names;
}

Wire<store::KeyAttribute> key_attribute(const std::string& name,
                                        const std::map<std::string, store::KeyType>& types) {
  const auto found = types.find(name);
  if (found != types.end()) return store::KeyAttribute{name, found->second};
  return invalid(
      "One or more parameter values were invalid: Some index key attributes are not defined in "
      "AttributeDefinitions. Keys: [" +
      name + "]");
}

Wire<store::TableDescription> read_table(const json::object& request) {
  EYRIE_TRY(const std::string name, table_name(request));
  EYRIE_CHECK_OK(refuse_members(request, {"LocalSecondaryIndexes", "GlobalSecondaryIndexes", "VectorIndexes"},
                                "Tables have no secondary indexes yet."));
  EYRIE_TRY(const json::object* stream, object_member(request, "StreamSpecification"));
  if (stream != nullptr) {
    EYRIE_TRY(const auto enabled, bool_member(*stream, "StreamEnabled"));
    if (enabled.value_or(false))
      return invalid("StreamSpecification is not supported by Eyrie. Tables have no streams yet.");
  }
  // To take it for granted and delete the table after all would be worse.
  EYRIE_TRY(const auto is_protected, bool_member(request, "DeletionProtectionEnabled"));
  if (is_protected.value_or(false))
    return invalid("DeletionProtectionEnabled is not supported by Eyrie. Tables cannot be protected yet.");
  EYRIE_TRY(const auto types, read_definitions(request));
  EYRIE_TRY(const KeyNames names, read_key_schema(request));
  const std::size_t keys = names.sort.empty() ? 1 : 2;
  store::TableDescription table{.name = name};
  EYRIE_TRY(table.partition, key_attribute(names.partition, types));
  if (!names.sort.empty()) {
    EYRIE_TRY(table.sort, key_attribute(names.sort, types));
  }
  if (types.size() != keys) {
    return invalid(
        "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match "
        "number of "
        "attributes defined in AttributeDefinitions");
  }
  return table;
}

Wire<store::TableDescription> described_table(store::ItemTable& items, const std::string& name) {
  const auto table = items.describe(name);
  if (!table && table.error().code == Code::kNotFound) {
    return std::unexpected(
        aws::dynamodb::resource_not_found("Requested resource not found: Table: " + name + " not found"));
  }
  return wire(table);
}

}  // namespace

JsonResult list_tables(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const auto limit, integer_member_from(call.request, "Limit", 1));
  if (limit.value_or(1) > kMaxListed) {
    return broken_constraint(std::to_string(*limit), "Limit",
                             "Member must have value less than or equal to 100");
  }
  EYRIE_TRY(const auto start, text_member(call.request, "ExclusiveStartTableName"));
  EYRIE_TRY(const auto names, wire(items.tables()));
  auto first = start ? std::ranges::upper_bound(names, *start) : names.begin();
  const auto left = names.end() - first;
  const auto count = std::min<std::ptrdiff_t>(left, limit.value_or(kMaxListed));
  json::array listed;
  for (auto name = first; name != first + count; ++name) listed.push_back(json::string(*name));
  json::object answer{{"TableNames", std::move(listed)}};
  if (count < left) answer["LastEvaluatedTableName"] = *(first + count - 1);
  return answer;
}

JsonResult describe_table(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const std::string name, table_name(call.request));
  EYRIE_TRY(const store::TableDescription found, described_table(items, name));
  return json::object{{"Table", describe(found)}};
}

JsonResult create_table(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const store::TableDescription wanted, read_table(call.request));
  EYRIE_CHECK_OK(wire(items.create_table(wanted)));
  EYRIE_TRY(const store::TableDescription made, wire(items.describe(wanted.name)));
  return json::object{{"TableDescription", describe(made)}};
}

JsonResult delete_table(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const std::string name, table_name(call.request));
  EYRIE_TRY(const store::TableDescription table, described_table(items, name));
  if (table.delete_protected) {
    return invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  }
  EYRIE_CHECK_OK(wire(items.delete_table(name)));
  json::object description = describe(table);
  description["TableStatus"] = "DELETING";
  return json::object{{"TableDescription", std::move(description)}};
}

}  // namespace eyrie::api::dynamodb
