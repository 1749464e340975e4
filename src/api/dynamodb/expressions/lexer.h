// Cuts DynamoDB's expressions into tokens. Source: DynamoDB developer guide, "Using expressions".
// Thread-safe: pure functions; tokens borrow from the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/dynamodb/members.h"

namespace eyrie::api::dynamodb {

inline constexpr std::size_t kMaxExpressionBytes = 4096;

enum class TokenKind {
  kEnd,
  kIdentifier,  // attribute or function name
  kName,        // #name
  kValue,       // :value
  kIndex,       // digits, as in a[12]
  kKeyword,     // AND OR NOT BETWEEN IN, whatever the case
  kSymbol,      // ( ) [ ] , . = <> < <= > >= + -
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // a keyword's is in capitals
  std::size_t begin = 0, end = 0;
};

// `kind_of_expression` ("FilterExpression") opens error messages. The last token is kEnd.
Wire<std::vector<Token>> tokenize(std::string_view kind_of_expression, std::string_view text);

// "Invalid FilterExpression: Syntax error; token: "x", near: "a x b"".
std::unexpected<aws::WireError> syntax_error(std::string_view kind_of_expression, std::string_view text,
                                             const std::vector<Token>& tokens, std::size_t at);

}  // namespace eyrie::api::dynamodb
