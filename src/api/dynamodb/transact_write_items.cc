// TransactWriteItems: up to 100 items of several tables written together, or none of them.
#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "api/dynamodb/capacity.h"
#include "api/dynamodb/operations.h"
#include "api/dynamodb/transaction.h"
#include "api/dynamodb/write_request.h"
#include "store/items/item_rules.h"

namespace eyrie::api::dynamodb {
namespace {

using TransactKind = store::ItemWrite::Kind;

struct Transaction {
  std::deque<WriteRequest> requests;  // where they are, as the writes borrow from them
  std::vector<store::ItemWrite> writes;
  std::uint64_t bytes = 0;  // of what is put, and of what updates have made
};

constexpr std::pair<std::string_view, TransactKind> kTransactKinds[] = {{"ConditionCheck", TransactKind::kCheck},
                                                                        {"Put", TransactKind::kPut},
                                                                        {"Update", TransactKind::kEdit},
                                                                        {"Delete", TransactKind::kRemove}};

// The write's members and what they are of.
Wire<std::pair<const json::object*, TransactKind>> only_write(const json::object& entry) {
  std::pair<const json::object*, TransactKind> found{nullptr, TransactKind::kCheck};
  for (const auto& [name, kind] : kTransactKinds) {
    EYRIE_TRY(const json::object* one, object_member(entry, name));
    if (one == nullptr) continue;
    if (found.first != nullptr) return invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    found = {one, kind};
  }
  if (found.first == nullptr) return invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  return found;
}

// How large they become is known when they are made.
store::Edit counted(store::Edit edit, std::uint64_t& bytes) {
  return [edit = std::move(edit), &bytes](const store::Item* current) -> Result<std::optional<store::Item>> {
    EYRIE_TRY(auto made, edit(current));
    if (made) bytes += store::item_bytes(*made);
    if (bytes > kMaxTransactionBytes) return fail(Code::kTooLarge, std::string(kTooMuchInTransaction));
    return made;
  };
}

Wire<void> read_transacted_write(const json::object& entry, Transaction& into) {
  EYRIE_TRY(const auto only, only_write(entry));
  const auto& [members, kind] = only;
  const bool put = kind == TransactKind::kPut, update = kind == TransactKind::kEdit;
  EYRIE_TRY(const json::object* given, required_object(*members, put ? "Item" : "Key"));
  WriteRequest& request = into.requests.emplace_back();
  EYRIE_CHECK_OK(read_write_request(*members, update ? WithUpdate::kYes : WithUpdate::kNo, request));
  if (update && !request.update) return broken_constraint("null", "UpdateExpression", "Member must not be null");
  if (kind == TransactKind::kCheck && !request.condition)
    return broken_constraint("null", "ConditionExpression", "Member must not be null");
  store::Item item = *given;
  EYRIE_CHECK_OK(wire(store::normalize_item(item)));
  if (update) EYRIE_CHECK_OK(check_leaves_key(*request.update, item));
  if (put) into.bytes += store::item_bytes(item);
  store::ItemWrite& write = into.writes.emplace_back(item_write(request, kind, std::move(item)));
  if (update) write.edit = counted(std::move(write.edit), into.bytes);
  return {};
}

Wire<void> read_transaction(const json::object& request, Transaction& into) {
  EYRIE_TRY(const auto token, text_member(request, "ClientRequestToken"));
  constexpr std::size_t kMaxToken = 36;
  if (token && (token->empty() || token->size() > kMaxToken)) {
    return broken_constraint(token->substr(0, 100), "ClientRequestToken",
                             "Member must have length less than or equal to 36, Member must have length greater than or equal to 1");
  }
  EYRIE_TRY(const json::array* entries, transact_items(request));
  for (const json::value& value : *entries) {
    EYRIE_TRY(const json::object* entry, object_element(value));
    EYRIE_CHECK_OK(read_transacted_write(*entry, into));
  }
  if (into.bytes > kMaxTransactionBytes) return invalid(kTooMuchInTransaction);
  return {};
}

bool cancels(const Status& status) {
  return !status && (status.error().code == Code::kFailedPrecondition || status.error().code == Code::kInvalidArgument ||
                     status.error().code == Code::kTooLarge);
}

json::object cancellation_reason(const WriteRequest& request, store::Written& written) {
  if (written.status) return {{"Code", "None"}};
  if (written.status.error().code != Code::kFailedPrecondition)
    return {{"Code", "ValidationError"}, {"Message", written.status.error().message}};
  json::object reason{{"Code", "ConditionalCheckFailed"}, {"Message", "The conditional request failed"}};
  if (request.return_old_on_failure && written.before) reason["Item"] = std::move(*written.before);
  return reason;
}

aws::WireError canceled(const Transaction& transaction, std::vector<store::Written>& written, json::object& error_members) {
  json::array reasons;
  std::string codes;
  for (std::size_t i = 0; i < written.size(); ++i) {
    json::object reason = cancellation_reason(transaction.requests[i], written[i]);
    codes.append(codes.empty() ? "" : ", ").append(std::string_view(reason["Code"].get_string()));
    reasons.push_back(std::move(reason));
  }
  error_members["CancellationReasons"] = std::move(reasons);
  return aws::dynamodb::transaction_canceled("Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]");
}

Capacity::Units units_of(const Transaction& transaction, const std::vector<store::Written>& written) {
  Capacity::Units units;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const store::ItemWrite& write = transaction.writes[i];
    units[write.table] += kTransactionFactor * Capacity::write_units(written_bytes(write, written[i]));
  }
  return units;
}

}  // namespace

JsonResult transact_write_items(store::ItemTable& items, const JsonCall& call) {
  EYRIE_TRY(const Capacity capacity, Capacity::read(call.request));
  Transaction transaction;
  EYRIE_CHECK_OK(read_transaction(call.request, transaction));
  EYRIE_CHECK_OK(check_distinct(items, transaction.writes, kTwiceInTransaction));
  std::vector<store::Written> written;
  const Status done = items.write(transaction.writes, written);
  if (!done) {
    const bool cancelled = std::ranges::any_of(written, cancels, &store::Written::status);
    if (cancelled) return std::unexpected(canceled(transaction, written, call.error_members));
    return std::unexpected(aws::dynamodb::from(done.error()));
  }
  json::object answer;
  capacity.report_tables(answer, units_of(transaction, written));
  return answer;
}

}  // namespace eyrie::api::dynamodb
