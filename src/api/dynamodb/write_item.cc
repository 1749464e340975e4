// PutItem, DeleteItem and UpdateItem: one item written under a condition.
#include <optional>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/expressions/projection.h"
#include "api/dynamodb/operations.h"
#include "api/dynamodb/write_request.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

using WriteKind = store::ItemWrite::Kind;

struct SingleWrite {
  WriteRequest request;
  std::string return_values = "NONE";
  Capacity capacity;
};

Wire<void> read_single_write(const json::object& request, WithUpdate with_update, SingleWrite& write) {
  EYRIE_CHECK_OK(read_write_request(request, with_update, write.request));
  EYRIE_TRY(auto values, enum_member(request, "ReturnValues",
                                     {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"}));
  if (values) write.return_values = std::move(*values);
  if (with_update == WithUpdate::kNo && write.return_values != "NONE" && write.return_values != "ALL_OLD")
    return invalid("ReturnValues can only be ALL_OLD or NONE");
  EYRIE_TRY(write.capacity, Capacity::read(request));
  return {};
}

// What ReturnValues asks for.
std::optional<store::Item> attributes_of(const SingleWrite& write, store::Written& written) {
  const std::string_view wanted = write.return_values;
  std::optional<store::Item>& whole = wanted.ends_with("_OLD") ? written.before : written.after;
  if (wanted == "NONE" || !whole) return std::nullopt;
  if (!wanted.starts_with("UPDATED_")) return std::move(whole);
  if (!write.request.update) return std::nullopt;
  store::Item updated = Projection::of(write.request.update->paths()).apply(*whole);
  if (updated.empty()) return std::nullopt;
  return updated;
}

JsonResult write_single(store::ItemTable& items, const SingleWrite& write, WriteKind kind, store::Item item,
                        const JsonCall& call) {
  std::vector<store::ItemWrite> writes;
  writes.push_back(item_write(write.request, kind, std::move(item)));
  std::vector<store::Written> all;
  const Status done = items.write(writes, all);
  if (!done) {
    if (done.error().code == Code::kFailedPrecondition && write.request.return_old_on_failure && all[0].before)
      call.error_members["Item"] = std::move(*all[0].before);
    return std::unexpected(aws::dynamodb::from(done.error()));
  }
  store::Written& written = all[0];
  json::object answer;
  write.capacity.report_write(answer, write.request.table, written_bytes(writes[0], written));
  if (auto attributes = attributes_of(write, written)) answer["Attributes"] = std::move(*attributes);
  return answer;
}

}  // namespace

JsonResult put_item(store::ItemTable& items, const JsonCall& call) {
  SingleWrite write;
  EYRIE_TRY(const json::object* item, required_object(call.request, "Item"));
  EYRIE_CHECK_OK(read_single_write(call.request, WithUpdate::kNo, write));
  store::Item normal = *item;
  EYRIE_CHECK_OK(wire(store::normalize_item(normal)));
  return write_single(items, write, WriteKind::kPut, std::move(normal), call);
}

JsonResult delete_item(store::ItemTable& items, const JsonCall& call) {
  SingleWrite write;
  EYRIE_TRY(const json::object* key, required_object(call.request, "Key"));
  EYRIE_CHECK_OK(read_single_write(call.request, WithUpdate::kNo, write));
  return write_single(items, write, WriteKind::kRemove, *key, call);
}

JsonResult update_item(store::ItemTable& items, const JsonCall& call) {
  SingleWrite write;
  EYRIE_TRY(const json::object* key, required_object(call.request, "Key"));
  EYRIE_CHECK_OK(read_single_write(call.request, WithUpdate::kYes, write));
  store::Item normal = *key;
  EYRIE_CHECK_OK(wire(store::normalize_item(normal)));
  if (write.request.update) EYRIE_CHECK_OK(check_leaves_key(*write.request.update, normal));
  return write_single(items, write, WriteKind::kEdit, std::move(normal), call);
}

}  // namespace eyrie::api::dynamodb
