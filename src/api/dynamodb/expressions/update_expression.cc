#include "api/dynamodb/expressions/update_expression.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "api/dynamodb/expressions/expression.h"
#include "api/dynamodb/expressions/expression_reader.h"
#include "api/dynamodb/values.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr std::string_view kUpdateKind = "UpdateExpression";
constexpr std::string_view kIfNotExists = "if_not_exists", kListAppend = "list_append";
constexpr int kMaxFunctionNesting = 100;

using ActionKind = UpdateAction::Kind;
using OperandKind = UpdateOperand::Kind;

constexpr std::pair<std::string_view, ActionKind> kClauses[] = {
    {"SET", ActionKind::kSet}, {"REMOVE", ActionKind::kRemove}, {"ADD", ActionKind::kAdd}, {"DELETE", ActionKind::kDelete}};

// As errors name the types of ADD's and DELETE's operands.
constexpr std::pair<std::string_view, std::string_view> kTypeNames[] = {
    {"S", "STRING"}, {"N", "NUMBER"}, {"B", "BINARY"},      {"BOOL", "BOOLEAN"},   {"NULL", "NULL"},
    {"L", "LIST"},   {"M", "MAP"},    {"SS", "STRING_SET"}, {"NS", "NUMBER_SET"}, {"BS", "BINARY_SET"}};

bool same_word(std::string_view text, std::string_view capitals) {
  return std::ranges::equal(text, capitals, [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

class UpdateParser : ExpressionReader {
 public:
  using ExpressionReader::ExpressionReader;

  Wire<UpdateExpression> whole() {
    std::set<ActionKind> seen;
    do {
      const auto clause = std::ranges::find_if(kClauses, [&](const auto& known) {
        return token().kind == TokenKind::kIdentifier && same_word(token().text, known.first);
      });
      if (clause == std::end(kClauses)) return unexpected();
      if (!seen.insert(clause->second).second) {
        return refuse("The \"" + std::string(clause->first) + "\" section can only be used once in an update expression;");
      }
      skip(1);
      do {
        EYRIE_CHECK_OK(action(clause->second));
      } while (take_symbol(","));
    } while (!at_end());
    EYRIE_CHECK_OK(check_paths());
    return std::move(update_);
  }

 private:
  Wire<void> action(ActionKind kind) {
    UpdateAction made{.kind = kind};
    EYRIE_TRY(made.path, path());
    if (kind == ActionKind::kSet) {
      if (!take_symbol("=")) return unexpected();
      EYRIE_CHECK_OK(sum(made));
    } else if (kind != ActionKind::kRemove) {
      if (token().kind != TokenKind::kValue) return unexpected();
      EYRIE_TRY(const json::value* given, value());
      EYRIE_CHECK_OK(check_addend(kind, *given));
      made.operands.push_back({.kind = OperandKind::kValue, .value = given});
    }
    update_.actions.push_back(std::move(made));
    return {};
  }

  Wire<void> check_addend(ActionKind kind, const json::value& value) const {
    const std::string_view type = type_of(value);
    const bool set = type == "SS" || type == "NS" || type == "BS";
    if (set || (kind == ActionKind::kAdd && type == "N")) return {};
    const std::string name = kind == ActionKind::kAdd ? "ADD" : "DELETE";
    const auto known = std::ranges::find(kTypeNames, type, &std::pair<std::string_view, std::string_view>::first);
    return refuse("Incorrect operand type for operator or function; operator: " + name +
                  ", operand type: " + std::string(known->second) + ", typeSet: ALLOWED_FOR_" + name + "_OPERAND");
  }

  Wire<void> sum(UpdateAction& into) {
    EYRIE_TRY(UpdateOperand first, operand(0));
    into.operands.push_back(std::move(first));
    into.minus = is(TokenKind::kSymbol, "-");
    const std::string_view sign = into.minus ? "-" : "+";
    if (!take_symbol(sign)) return {};
    EYRIE_TRY(UpdateOperand second, operand(0));
    into.operands.push_back(std::move(second));
    for (const UpdateOperand& one : into.operands) {
      if (one.kind == OperandKind::kValue && type_of(*one.value) != "N") return wrong_type(sign, type_of(*one.value));
    }
    return {};
  }

  Wire<UpdateOperand> operand(int depth) {
    if (token().kind == TokenKind::kValue) {
      EYRIE_TRY(const json::value* given, value());
      return UpdateOperand{.kind = OperandKind::kValue, .value = given};
    }
    if (at_call()) return function(depth);
    EYRIE_TRY(DocumentPath where, path());
    return UpdateOperand{.path = std::move(where)};
  }

  Wire<UpdateOperand> function(int depth) {
    const std::string_view name = token().text;
    if (is_condition_function(name))
      return refuse("The function is not allowed in an update expression; function: " + std::string(name));
    if (name != kIfNotExists && name != kListAppend) return refuse("Invalid function name; function: " + std::string(name));
    if (depth > kMaxFunctionNesting) return refuse("The expression is nested too deep; levels allowed: 100");
    skip(2);
    std::vector<UpdateOperand> given;
    do {
      EYRIE_TRY(UpdateOperand one, operand(depth + 1));
      given.push_back(std::move(one));
    } while (take_symbol(","));
    if (!take_symbol(")")) return unexpected();
    if (given.size() != 2) return wrong_count(name, given.size());
    return name == kListAppend ? list_append(std::move(given)) : if_not_exists(std::move(given));
  }

  Wire<UpdateOperand> list_append(std::vector<UpdateOperand> given) const {
    for (const UpdateOperand& one : given) {
      if (holds_list_append(one))
        return refuse("The function is not allowed to be used this way in an expression; function: list_append");
      if (one.kind == OperandKind::kValue && type_of(*one.value) != "L") return wrong_type(kListAppend, type_of(*one.value));
    }
    return UpdateOperand{.kind = OperandKind::kListAppend, .operands = std::move(given)};
  }

  Wire<UpdateOperand> if_not_exists(std::vector<UpdateOperand> given) const {
    if (given[0].kind != OperandKind::kPath) return needs_path(kIfNotExists);
    UpdateOperand made{.kind = OperandKind::kIfNotExists, .path = std::move(given[0].path)};
    made.operands.push_back(std::move(given[1]));
    return made;
  }

  static bool holds_list_append(const UpdateOperand& operand) {
    return operand.kind == OperandKind::kListAppend || std::ranges::any_of(operand.operands, holds_list_append);
  }

  Wire<void> check_paths() const {
    const auto& actions = update_.actions;
    for (std::size_t second = 1; second < actions.size(); ++second) {
      for (std::size_t first = 0; first < second; ++first) EYRIE_CHECK_OK(check_pair(actions[first].path, actions[second].path));
    }
    return {};
  }

  Wire<void> check_pair(const DocumentPath& one, const DocumentPath& two) const {
    const auto [at_one, at_two] = std::ranges::mismatch(one, two);
    const bool overlap = at_one == one.end() || at_two == two.end();
    if (!overlap && at_one->is_index == at_two->is_index) return {};
    return refuse("Two document paths " + std::string(overlap ? "overlap" : "conflict") +
                  " with each other; must remove or rewrite one of these paths; path one: " + describe(one) +
                  ", path two: " + describe(two));
  }

  UpdateExpression update_;
};

}  // namespace

std::vector<DocumentPath> UpdateExpression::paths() const {
  std::vector<DocumentPath> all;
  for (const UpdateAction& action : actions) all.push_back(action.path);
  return all;
}

Wire<UpdateExpression> parse_update(std::string_view text, Placeholders& placeholders) {
  EYRIE_TRY(auto tokens, tokenize(kUpdateKind, text));
  return UpdateParser(kUpdateKind, text, std::move(tokens), placeholders).whole();
}

Wire<void> check_leaves_key(const UpdateExpression& update, const store::Item& key) {
  for (const UpdateAction& action : update.actions) {
    const std::string& name = action.path.front().name;
    if (!key.contains(name)) continue;
    return invalid("One or more parameter values were invalid: Cannot update attribute " + name +
                   ". This attribute is part of the key");
  }
  return {};
}

}  // namespace eyrie::api::dynamodb
