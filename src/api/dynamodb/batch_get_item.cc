// BatchGetItem: up to 100 items of several tables. What passes 16 MB is answered as unprocessed.
#include <optional>
#include <vector>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/expressions/projection.h"
#include "api/dynamodb/item_places.h"
#include "api/dynamodb/operations.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::size_t kMaxKeys = 100;
constexpr std::uint64_t kMaxAnswerBytes = 16U << 20;

// What is asked of one table.
struct TableKeys {
  std::string given;  // its name or ARN, which the answer repeats
  std::string table;
  const json::object* request = nullptr;
  bool consistent = false;
  std::optional<Projection> projection;
  std::vector<store::Item> keys;
};

Wire<TableKeys> read_table_keys(std::string_view given, const json::object& request) {
  TableKeys read{.given = std::string(given), .request = &request};
  EYRIE_TRY(read.table, table_name_key(given));
  EYRIE_CHECK_OK(refuse_members(request, {"AttributesToGet"}, "Use ProjectionExpression."));
  EYRIE_TRY(const auto consistent, bool_member(request, "ConsistentRead"));
  read.consistent = consistent.value_or(false);
  EYRIE_TRY(read.projection, Projection::read(request));
  EYRIE_TRY(const json::array* keys, array_member(request, "Keys"));
  if (keys == nullptr || keys->empty()) {
    return broken_constraint(keys == nullptr ? "null" : "[]", "RequestItems." + read.given + ".member.keys",
                             keys == nullptr ? "Member must not be null" : "Member must have length greater than or equal to 1");
  }
  for (const json::value& key : *keys) {
    EYRIE_TRY(const json::object* one, object_element(key));
    read.keys.push_back(*one);
  }
  return read;
}

Wire<std::vector<TableKeys>> read_keys(const json::object& request) {
  EYRIE_TRY(const json::object* tables, required_object(request, "RequestItems"));
  if (tables->empty()) return broken_constraint("{}", "RequestItems", "Member must have length greater than or equal to 1");
  std::vector<TableKeys> all;
  std::size_t count = 0;
  for (const auto& [name, value] : *tables) {
    EYRIE_TRY(const json::object* one, object_element(value));
    EYRIE_TRY(TableKeys read, read_table_keys(name, *one));
    count += read.keys.size();
    if (count > kMaxKeys) return invalid("Too many items requested for the BatchGetItem call");
    all.push_back(std::move(read));
  }
  return all;
}

// The keys from `first` on, asked for as before.
json::object left_of(const TableKeys& read, std::size_t first) {
  json::object left = *read.request;
  json::array keys;
  for (std::size_t i = first; i < read.keys.size(); ++i) keys.push_back(read.keys[i]);
  left["Keys"] = std::move(keys);
  return left;
}

}  // namespace

JsonResult batch_get_item(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const Capacity capacity, Capacity::read(call.request));
  EYRIE_TRY(const auto tables, read_keys(call.request));
  ItemPlaces places(items, "Provided list of item keys contains duplicates");
  std::vector<store::ItemKey> keys;
  for (const TableKeys& read : tables) {
    for (const store::Item& key : read.keys) {
      EYRIE_CHECK_OK(places.add(read.table, key, ItemPlaces::Given::kKey));
      keys.push_back({.table = read.table, .key = key});
    }
  }
  EYRIE_TRY(auto found, wire(items.get_all(keys, kMaxAnswerBytes)));

  json::object responses, unprocessed;
  Capacity::Units units;
  std::size_t at = 0;
  for (const TableKeys& read : tables) {
    json::array of_table;
    for (std::size_t i = 0; i < read.keys.size(); ++i, ++at) {
      if (at >= found.size()) {
        unprocessed[read.given] = left_of(read, i);
        at += read.keys.size() - i;
        break;
      }
      std::optional<store::Item>& item = found[at];
      units[read.table] += Capacity::read_units(item ? store::item_bytes(*item) : 0, read.consistent);
      if (item) of_table.push_back(read.projection ? read.projection->apply(*item) : std::move(*item));
    }
    responses[read.given] = std::move(of_table);
  }
  json::object answer{{"Responses", std::move(responses)}, {"UnprocessedKeys", std::move(unprocessed)}};
  capacity.report_tables(answer, units);
  return answer;
}

}  // namespace eyrie::api::dynamodb
