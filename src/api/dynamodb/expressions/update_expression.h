// UpdateExpression, parsed.
//
//   update  := clause { clause }, each of the four at most once, whatever the case
//   clause  := SET path = sum {, path = sum} | REMOVE path {, path} | ADD path :value {, ...} | DELETE path :value {, ...}
//   sum     := operand [ ( + | - ) operand ]
//   operand := path | :value | if_not_exists(path, operand) | list_append(operand, operand)
//
// No two paths are the same, hold one another, or take one attribute for a map and a list. Bounds: 4 KB of text, functions nested 100
// deep, list_append never in itself. As lenient with reserved words as expression.h.
// Source: DynamoDB developer guide, "Update expressions". Thread-safe once made.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/dynamodb/expressions/document_path.h"
#include "api/dynamodb/expressions/placeholders.h"

namespace eyrie::api::dynamodb {

struct UpdateOperand {
  enum class Kind { kPath, kValue, kIfNotExists, kListAppend };
  Kind kind = Kind::kPath;
  DocumentPath path;                    // kPath; kIfNotExists: what may not exist
  const json::value* value = nullptr;   // kValue: lives in the Placeholders
  std::vector<UpdateOperand> operands;  // kIfNotExists: what stands for it; kListAppend: two
};

struct UpdateAction {
  enum class Kind { kSet, kRemove, kAdd, kDelete };
  Kind kind = Kind::kSet;
  DocumentPath path;
  std::vector<UpdateOperand> operands;  // kSet: one, or two of a sum; kAdd, kDelete: a value
  bool minus = false;                   // the sum is a difference
};

struct UpdateExpression {
  std::vector<UpdateAction> actions;

  std::vector<DocumentPath> paths() const;
};

// It borrows its values from `placeholders`.
Wire<UpdateExpression> parse_update(std::string_view text, Placeholders& placeholders);

// Refuses updates of attributes that `key` has.
Wire<void> check_leaves_key(const UpdateExpression& update, const store::Item& key);

}  // namespace eyrie::api::dynamodb
