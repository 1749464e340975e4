// Metric math as text: parsed into a tree.
//
//   100 * errors / MAX([invocations, FILL(other, 0)])
//
// Operators, weakest first: || OR, && AND, == != < <= > >=, + -, * /, ^ and the sign. Names of functions are of any case; ids begin with a small letter. Bounded: kMaxExpression characters,
// kMaxDepth levels. Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics". Errors: kInvalidArgument. Thread safety: pure functions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace eyrie::monitor {

inline constexpr std::size_t kMaxExpression = 2048;
inline constexpr int kMaxDepth = 32;

struct Expression {
  enum class Kind { kNumber, kText, kId, kArray, kCall, kNegate, kBinary };

  Kind kind = Kind::kNumber;
  double number = 0;
  std::string text;  // the text, the id, the function's name in capitals, or the operator: + - * / ^ == != < <= > >= && ||
  std::vector<Expression> operands;
};

Result<Expression> parse_expression(std::string_view text);

// Whether it is one as ids are: a small letter, then letters, digits and '_', at most 255.
bool is_query_id(std::string_view text);

// The ids that it mentions.
std::vector<std::string> ids_in(const Expression& expression);

}  // namespace eyrie::monitor
