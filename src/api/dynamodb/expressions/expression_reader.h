// What the parsers of DynamoDB's expressions share: tokens taken one after another, document paths, values, and refusals in DynamoDB's
// words. Source: DynamoDB developer guide, "Using expressions". Thread safety: one request's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/dynamodb/expressions/document_path.h"
#include "api/dynamodb/expressions/lexer.h"
#include "api/dynamodb/expressions/placeholders.h"

namespace eyrie::api::dynamodb {

class ExpressionReader {
 public:
  // `kind` ("FilterExpression") opens error messages; `tokens` are of `text`. All are borrowed but the tokens.
  ExpressionReader(std::string_view kind, std::string_view text, std::vector<Token> tokens, Placeholders& placeholders)
      : kind_(kind), text_(text), tokens_(std::move(tokens)), placeholders_(placeholders) {}

  const Token& token() const { return tokens_[at_]; }
  bool at_end() const { return token().kind == TokenKind::kEnd; }
  bool is(TokenKind kind, std::string_view text) const { return token().kind == kind && token().text == text; }
  // A name with a parenthesis after it.
  bool at_call() const { return token().kind == TokenKind::kIdentifier && tokens_[at_ + 1].text == "("; }
  void skip(std::size_t count) { at_ += count; }
  bool take_symbol(std::string_view text) { return take(TokenKind::kSymbol, text); }
  bool take_keyword(std::string_view text) { return take(TokenKind::kKeyword, text); }

  // The token is a :value; nullptr never.
  Wire<const json::value*> value();
  Wire<DocumentPath> path();

  std::unexpected<aws::WireError> unexpected() const { return syntax_error(kind_, text_, tokens_, at_); }
  // "Invalid FilterExpression: WHY".
  std::unexpected<aws::WireError> refuse(std::string_view why) const;
  std::unexpected<aws::WireError> wrong_count(std::string_view what, std::size_t count) const;
  std::unexpected<aws::WireError> wrong_type(std::string_view what, std::string_view type) const;
  std::unexpected<aws::WireError> needs_path(std::string_view what) const;

 private:
  bool take(TokenKind kind, std::string_view text) {
    if (!is(kind, text)) return false;
    ++at_;
    return true;
  }
  Wire<void> named_part(DocumentPath& parts);
  Wire<void> indexed_part(DocumentPath& parts);

  const std::string_view kind_;
  const std::string_view text_;
  const std::vector<Token> tokens_;
  Placeholders& placeholders_;
  std::size_t at_ = 0;
};

}  // namespace eyrie::api::dynamodb
