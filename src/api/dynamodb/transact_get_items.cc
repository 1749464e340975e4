// TransactGetItems: up to 100 items of several tables, as they are at one moment.
#include <optional>
#include <vector>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/expressions/projection.h"
#include "api/dynamodb/item_places.h"
#include "api/dynamodb/operations.h"
#include "api/dynamodb/transaction.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

struct TransactedGet {
  std::string table;
  const json::object* key = nullptr;
  std::optional<Projection> projection;
};

Wire<TransactedGet> read_get(const json::object& entry) {
  EYRIE_TRY(const json::object* get, required_object(entry, "Get"));
  TransactedGet read;
  EYRIE_TRY(read.table, table_name(*get));
  EYRIE_TRY(read.key, required_object(*get, "Key"));
  EYRIE_TRY(read.projection, Projection::read(*get));
  return read;
}

}  // namespace

JsonResult transact_get_items(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const Capacity capacity, Capacity::read(call.request));
  EYRIE_TRY(const json::array* entries, transact_items(call.request));
  ItemPlaces places(items, kTwiceInTransaction);
  std::vector<TransactedGet> gets;
  std::vector<store::ItemKey> keys;
  for (const json::value& value : *entries) {
    EYRIE_TRY(const json::object* entry, object_element(value));
    EYRIE_TRY(TransactedGet get, read_get(*entry));
    EYRIE_CHECK_OK(places.add(get.table, *get.key, ItemPlaces::Given::kKey));
    keys.push_back({.table = get.table, .key = *get.key});
    gets.push_back(std::move(get));
  }
  EYRIE_TRY(auto found, wire(items.get_all(keys, kMaxTransactionBytes)));
  if (found.size() < gets.size()) return invalid(kTooMuchInTransaction);
  json::array responses;
  Capacity::Units units;
  for (std::size_t i = 0; i < gets.size(); ++i) {
    std::optional<store::Item>& item = found[i];
    units[gets[i].table] += kTransactionFactor * Capacity::read_units(item ? store::item_bytes(*item) : 0, true);
    json::object response;
    if (item) response["Item"] = gets[i].projection ? gets[i].projection->apply(*item) : std::move(*item);
    responses.push_back(std::move(response));
  }
  json::object answer{{"Responses", std::move(responses)}};
  capacity.report_tables(answer, units);
  return answer;
}

}  // namespace eyrie::api::dynamodb
