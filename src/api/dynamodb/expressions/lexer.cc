#include "api/dynamodb/expressions/lexer.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace eyrie::api::dynamodb {
namespace {

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool word(char c) {
  return letter(c) || digit(c);
}

constexpr std::array<std::string_view, 5> kKeywords = {"AND", "OR", "NOT", "BETWEEN", "IN"};

// The keyword that `text` is, or empty.
std::string_view keyword(std::string_view text) {
  for (const std::string_view candidate : kKeywords) {
    const bool same = std::ranges::equal(text, candidate, [](char a, char b) {
      return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
    });
    if (same) return candidate;
  }
  return {};
}

std::size_t run_of(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
}

// The token at the start of `text`; of length 0 where there is none.
Token next(std::string_view text) {
  const char c = text[0];
  if (letter(c)) {
    const std::string_view name = text.substr(0, run_of(text, word));
    const std::string_view known = keyword(name);
    return {known.empty() ? TokenKind::kIdentifier : TokenKind::kKeyword, known.empty() ? name : known, 0,
            name.size()};
  }
  if (digit(c)) {
    const std::size_t size = run_of(text, digit);
    return {TokenKind::kIndex, text.substr(0, size), 0, size};
  }
  if (c == '#' || c == ':') {
    const std::size_t size = 1 + run_of(text.substr(1), word);
    return {c == '#' ? TokenKind::kName : TokenKind::kValue, text.substr(0, size), 0, size > 1 ? size : 0};
  }
  const std::string_view two = text.substr(0, 2);
  const bool pair = two == "<>" || two == "<=" || two == ">=";
  const bool known = pair || std::string_view("()[],.=<>+-").contains(c);
  return {TokenKind::kSymbol, text.substr(0, pair ? 2 : 1), 0, known ? std::size_t{pair ? 2U : 1U} : 0};
}

}  // namespace

Wire<std::vector<Token>> tokenize(std::string_view kind_of_expression, std::string_view text) {
  const std::string start = "Invalid " + std::string(kind_of_expression) + ": ";
  if (text.empty()) return invalid(start + "The expression can not be empty;");
  if (text.size() > kMaxExpressionBytes) {
    return invalid(start + "Expression size has exceeded the maximum allowed size; expression size: " +
                   std::to_string(text.size()));
  }
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && std::string_view(" \t\r\n").contains(text[at])) ++at;
    if (at == text.size()) break;
    Token token = next(text.substr(at));
    if (token.end == 0) {
      // An unknown character is a token of its own, for the message; a whole one where it is not ASCII.
      std::size_t size = 1;
      while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) ++size;
      tokens.push_back({TokenKind::kSymbol, text.substr(at, size), at, at + size});
      return syntax_error(kind_of_expression, text, tokens, tokens.size() - 1);
    }
    token.begin = at;
    token.end += at;
    at = token.end;
    tokens.push_back(token);
  }
  tokens.push_back({TokenKind::kEnd, "<EOF>", text.size(), text.size()});
  return tokens;
}

std::unexpected<aws::WireError> syntax_error(std::string_view kind_of_expression, std::string_view text,
                                             const std::vector<Token>& tokens, std::size_t at) {
  const Token& token = tokens[at];
  const std::size_t from = tokens[at > 0 ? at - 1 : at].begin;
  const std::size_t to = tokens[std::min(at + 1, tokens.size() - 1)].end;
  std::string message = "Invalid " + std::string(kind_of_expression) + ": Syntax error; token: \"";
  message.append(token.text)
      .append("\", near: \"")
      .append(text.substr(from, std::max(to, token.end) - from))
      .append("\"");
  return invalid(message);
}

}  // namespace eyrie::api::dynamodb
