// What requests that write one item have in common, alone or in a transaction: the table, the condition, what is answered where it
// fails. Source: AWS service description `dynamodb`, 2012-08-10. Thread safety: one request's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/common/json_service.h"
#include "api/dynamodb/expressions/expression.h"
#include "api/dynamodb/expressions/update_expression.h"

namespace eyrie::api::dynamodb {

struct WriteRequest {
  std::string table;
  bool return_old_on_failure = false;
  Placeholders placeholders;
  std::optional<Expression> condition;     // borrows from placeholders, as
  std::optional<UpdateExpression> update;  // where it was asked for
};

enum class WithUpdate { kNo, kYes };

// Refuses the members of before expressions.
Wire<void> read_write_request(const json::object& request, WithUpdate with_update, WriteRequest& write);

// For the store; borrows from the request. `item`: all of it where it is put, else its key.
store::ItemWrite item_write(const WriteRequest& request, store::ItemWrite::Kind kind, store::Item item);

// What its capacity is reckoned by: the larger of the item before and after.
std::uint64_t written_bytes(const store::ItemWrite& write, const store::Written& written);

// Where two of these are of one item, `why`; also errors of tables and keys.
Wire<void> check_distinct(store::ItemTable& items, const std::vector<store::ItemWrite>& writes, std::string_view why);

}  // namespace eyrie::api::dynamodb
