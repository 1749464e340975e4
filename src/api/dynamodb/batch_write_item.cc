// BatchWriteItem: up to 25 items of several tables put and deleted. All in one transaction, so nothing is ever left unprocessed.
#include <vector>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/operations.h"
#include "api/dynamodb/write_request.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::size_t kMaxWrites = 25;

Wire<store::ItemWrite> read_batched_write(const std::string& table, const json::object& request) {
  EYRIE_TRY(const json::object* put, object_member(request, "PutRequest"));
  EYRIE_TRY(const json::object* remove, object_member(request, "DeleteRequest"));
  if ((put == nullptr) == (remove == nullptr)) {
    return invalid("A write request must contain exactly one of PutRequest and DeleteRequest");
  }
  store::ItemWrite write{.kind = put != nullptr ? store::ItemWrite::Kind::kPut : store::ItemWrite::Kind::kRemove,
                         .table = table,
                         .item = {},
                         .condition = {}};
  EYRIE_TRY(const json::object* item, put != nullptr ? required_object(*put, "Item") : required_object(*remove, "Key"));
  write.item = *item;
  if (put != nullptr) EYRIE_CHECK_OK(wire(store::normalize_item(write.item)));
  return write;
}

Wire<std::vector<store::ItemWrite>> read_batch(const json::object& request) {
  EYRIE_TRY(const json::object* tables, required_object(request, "RequestItems"));
  if (tables->empty()) return broken_constraint("{}", "RequestItems", "Member must have length greater than or equal to 1");
  std::vector<store::ItemWrite> writes;
  for (const auto& [name, value] : *tables) {
    EYRIE_TRY(const std::string table, table_name_key(name));
    EYRIE_TRY(const json::array* list, array_member(*tables, name));
    if (list == nullptr || list->empty()) {
      return broken_constraint(list == nullptr ? "null" : "[]", "RequestItems." + std::string(name) + ".member",
                               "Member must have length less than or equal to 25, Member must have length greater than or equal to 1");
    }
    if (writes.size() + list->size() > kMaxWrites) return invalid("Too many items requested for the BatchWriteItem call");
    for (const json::value& entry : *list) {
      EYRIE_TRY(const json::object* one, object_element(entry));
      EYRIE_TRY(store::ItemWrite write, read_batched_write(table, *one));
      writes.push_back(std::move(write));
    }
  }
  return writes;
}

}  // namespace

JsonResult batch_write_item(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const Capacity capacity, Capacity::read(call.request));
  EYRIE_TRY(const auto writes, read_batch(call.request));
  EYRIE_CHECK_OK(check_distinct(items, writes, "Provided list of item keys contains duplicates"));
  std::vector<store::Written> written;
  EYRIE_CHECK_OK(wire(items.write(writes, written)));
  Capacity::Units units;
  for (std::size_t i = 0; i < writes.size(); ++i) units[writes[i].table] += Capacity::write_units(written_bytes(writes[i], written[i]));
  json::object answer{{"UnprocessedItems", json::object()}};
  capacity.report_tables(answer, units);
  return answer;
}

}  // namespace eyrie::api::dynamodb
