#include "api/dynamodb/expressions/expression_reader.h"

#include <charconv>

namespace eyrie::api::dynamodb {
namespace {

constexpr std::size_t kMaxPathParts = 32;

}  // namespace

std::unexpected<aws::WireError> ExpressionReader::refuse(std::string_view why) const {
  return invalid("Invalid " + std::string(kind_) + ": " + std::string(why));
}

std::unexpected<aws::WireError> ExpressionReader::wrong_count(std::string_view what, std::size_t count) const {
  return refuse("Incorrect number of operands for operator or function; operator or function: " + std::string(what) +
                ", number of operands: " + std::to_string(count));
}

std::unexpected<aws::WireError> ExpressionReader::wrong_type(std::string_view what, std::string_view type) const {
  return refuse("Incorrect operand type for operator or function; operator or function: " + std::string(what) +
                ", operand type: " + std::string(type));
}

std::unexpected<aws::WireError> ExpressionReader::needs_path(std::string_view what) const {
  return refuse("Operator or function requires a document path; operator or function: " + std::string(what));
}

Wire<const json::value*> ExpressionReader::value() {
  const std::string name(token().text);
  const json::value* value = placeholders_.value(name);
  if (value == nullptr) {
    return refuse("An expression attribute value used in expression is not defined; attribute value: " + name);
  }
  ++at_;
  return value;
}

Wire<DocumentPath> ExpressionReader::path() {
  DocumentPath parts;
  EYRIE_CHECK_OK(named_part(parts));
  while (true) {
    if (parts.size() > kMaxPathParts)
      return refuse("The document path has too many nesting elements; nesting levels: 32");
    if (take_symbol(".")) {
      EYRIE_CHECK_OK(named_part(parts));
    } else if (take_symbol("[")) {
      EYRIE_CHECK_OK(indexed_part(parts));
    } else {
      return parts;
    }
  }
}

Wire<void> ExpressionReader::named_part(DocumentPath& parts) {
  if (token().kind == TokenKind::kIdentifier) {
    parts.push_back({.name = std::string(token().text)});
  } else if (token().kind == TokenKind::kName) {
    const std::string* name = placeholders_.name(std::string(token().text));
    if (name == nullptr) {
      return refuse(
          "An expression attribute name used in the document path is not defined; attribute name: " +
          std::string(token().text));
    }
    parts.push_back({.name = *name});
  } else {
    return unexpected();
  }
  ++at_;
  return {};
}

Wire<void> ExpressionReader::indexed_part(DocumentPath& parts) {
  if (token().kind != TokenKind::kIndex) return unexpected();
  PathPart part{.is_index = true};
  const std::string_view digits = token().text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), part.index);
  if (error != std::errc())
    return refuse("List index is not within the allowable range; index: [" + std::string(digits) + "]");
  ++at_;
  if (!take_symbol("]")) return unexpected();
  parts.push_back(part);
  return {};
}

}  // namespace eyrie::api::dynamodb
