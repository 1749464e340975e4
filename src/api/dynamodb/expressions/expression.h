// DynamoDB's condition language, parsed: ConditionExpression, FilterExpression and KeyConditionExpression
// share it.
//
//   expression := and_part { OR and_part }          and_part := not_part { AND not_part }
//   not_part   := NOT not_part | ( expression ) | function | operand comparator operand
//               | operand BETWEEN operand AND operand | operand IN ( operand {, operand} )
//   operand    := path | :value | size(path)
//
// Bounds: 4 KB of text, 100 levels of nesting, 100 operands of IN, paths of 32 parts. More lenient than
// DynamoDB in two things: reserved words may stand for themselves, and redundant parentheses are allowed.
// Source: DynamoDB developer guide, "Comparison operator and function reference". Thread-safe once made.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/dynamodb/expressions/document_path.h"
#include "api/dynamodb/expressions/lexer.h"
#include "api/dynamodb/expressions/placeholders.h"

namespace eyrie::api::dynamodb {

struct Operand {
  enum class Kind { kPath, kValue, kSize };
  Kind kind = Kind::kPath;
  DocumentPath path;                   // kPath, kSize
  const json::value* value = nullptr;  // kValue: lives in the Placeholders
};

enum class Operator {
  kAnd,
  kOr,
  kNot,  // over children
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kBetween,
  kIn,  // over operands
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
};
// "=", "BETWEEN", "begins_with".
std::string_view operator_name(Operator op);
// attribute_exists and its kin, size too.
bool is_condition_function(std::string_view name);

struct Expression {
  Operator op = Operator::kAnd;
  std::vector<Operand> operands;
  std::vector<Expression> children;
};

// The expression borrows its values from `placeholders`. `kind` ("FilterExpression") opens error messages.
Wire<Expression> parse_expression(std::string_view kind, std::string_view text, Placeholders& placeholders);

// Paths separated by commas.
Wire<std::vector<DocumentPath>> parse_paths(std::string_view kind, std::string_view text,
                                            Placeholders& placeholders);

// Names of the top-level attributes that paths of the expression begin with.
void collect_attributes(const Expression& expression, std::set<std::string>& names);

}  // namespace eyrie::api::dynamodb
