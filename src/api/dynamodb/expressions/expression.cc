#include "api/dynamodb/expressions/expression.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/dynamodb/expressions/expression_reader.h"
#include "api/dynamodb/values.h"

namespace eyrie::api::dynamodb {
namespace {

constexpr int kMaxNesting = 100;
constexpr std::size_t kMaxInOperands = 100;

constexpr std::pair<std::string_view, Operator> kComparators[] = {
    {"=", Operator::kEqual},      {"<>", Operator::kNotEqual}, {"<", Operator::kLess},
    {"<=", Operator::kLessEqual}, {">", Operator::kGreater},   {">=", Operator::kGreaterEqual},
};

struct Function {
  std::string_view name;
  Operator op;
  std::size_t operands;
  bool needs_path;  // the first operand must be a path
};
constexpr Function kFunctions[] = {
    {"attribute_exists", Operator::kAttributeExists, 1, true},
    {"attribute_not_exists", Operator::kAttributeNotExists, 1, true},
    {"attribute_type", Operator::kAttributeType, 2, true},
    {"begins_with", Operator::kBeginsWith, 2, false},
    {"contains", Operator::kContains, 2, false},
};
constexpr std::string_view kSize = "size";

class Parser : ExpressionReader {
 public:
  using ExpressionReader::ExpressionReader;

  Wire<Expression> whole() {
    EYRIE_TRY(Expression expression, alternatives(0));
    if (!at_end()) return unexpected();
    return expression;
  }

  Wire<std::vector<DocumentPath>> paths() {
    std::vector<DocumentPath> all;
    do {
      EYRIE_TRY(DocumentPath one, path());
      all.push_back(std::move(one));
    } while (take_symbol(","));
    if (!at_end()) return unexpected();
    return all;
  }

 private:
  Wire<Expression> alternatives(int depth) {
    EYRIE_TRY(Expression first, conjunction(depth));
    if (!is(TokenKind::kKeyword, "OR")) return first;
    Expression all{.op = Operator::kOr};
    all.children.push_back(std::move(first));
    while (take_keyword("OR")) {
      EYRIE_TRY(Expression next, conjunction(depth));
      all.children.push_back(std::move(next));
    }
    return all;
  }

  Wire<Expression> conjunction(int depth) {
    EYRIE_TRY(Expression first, negation(depth));
    if (!is(TokenKind::kKeyword, "AND")) return first;
    Expression all{.op = Operator::kAnd};
    all.children.push_back(std::move(first));
    while (take_keyword("AND")) {
      EYRIE_TRY(Expression next, negation(depth));
      all.children.push_back(std::move(next));
    }
    return all;
  }

  Wire<Expression> negation(int depth) {
    if (depth > kMaxNesting) return refuse("The expression is nested too deep; levels allowed: 100");
    if (take_keyword("NOT")) {
      EYRIE_TRY(Expression inner, negation(depth + 1));
      Expression negated{.op = Operator::kNot};
      negated.children.push_back(std::move(inner));
      return negated;
    }
    if (take_symbol("(")) {
      EYRIE_TRY(Expression inner, alternatives(depth + 1));
      if (!take_symbol(")")) return unexpected();
      return inner;
    }
    return at_call() && token().text != kSize ? function() : comparison();
  }

  Wire<Expression> function() {
    const std::string_view name = token().text;
    const auto known = std::ranges::find(kFunctions, name, &Function::name);
    if (known == std::end(kFunctions)) return refuse("Invalid function name; function: " + std::string(name));
    skip(2);
    Expression call{.op = known->op};
    EYRIE_CHECK_OK(operands_until_close(call));
    if (call.operands.size() != known->operands) return wrong_count(name, call.operands.size());
    if (known->needs_path && call.operands[0].kind != Operand::Kind::kPath) return needs_path(name);
    EYRIE_CHECK_OK(check_function_types(call));
    return call;
  }

  // Operands separated by commas, up to and with the closing parenthesis.
  Wire<void> operands_until_close(Expression& into) {
    do {
      EYRIE_TRY(Operand one, operand());
      into.operands.push_back(std::move(one));
    } while (take_symbol(","));
    if (!take_symbol(")")) return unexpected();
    return {};
  }

  Wire<void> check_function_types(const Expression& call) const {
    const Operand& last = call.operands.back();
    if (last.kind != Operand::Kind::kValue) {
      if (call.op == Operator::kAttributeType) return wrong_type(operator_name(call.op), "a path");
      return {};
    }
    const std::string_view type = type_of(*last.value);
    if (call.op == Operator::kBeginsWith && type != "S" && type != "B") return wrong_type(operator_name(call.op), type);
    if (call.op == Operator::kAttributeType) {
      if (type != "S") return wrong_type(operator_name(call.op), type);
      const std::string_view wanted = last.value->at("S").get_string();
      if (!is_type(wanted)) {
        return refuse("Invalid attribute type name found; type: " + std::string(wanted) +
                      ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
      }
    }
    return {};
  }

  Wire<Expression> comparison() {
    EYRIE_TRY(Operand left, operand());
    Expression result;
    result.operands.push_back(std::move(left));
    if (token().kind == TokenKind::kSymbol) {
      for (const auto& [text, op] : kComparators) {
        if (!take_symbol(text)) continue;
        result.op = op;
        EYRIE_TRY(Operand right, operand());
        result.operands.push_back(std::move(right));
        EYRIE_CHECK_OK(check_comparison(result));
        return result;
      }
    }
    if (take_keyword("BETWEEN")) return between(std::move(result));
    if (take_keyword("IN")) return one_of(std::move(result));
    if (result.operands[0].kind == Operand::Kind::kSize && token().text != ".") {
      return refuse("The function is not allowed to be used this way in an expression; function: size");
    }
    return unexpected();
  }

  Wire<Expression> between(Expression result) {
    result.op = Operator::kBetween;
    EYRIE_TRY(Operand low, operand());
    if (!take_keyword("AND")) return unexpected();
    EYRIE_TRY(Operand high, operand());
    result.operands.push_back(std::move(low));
    result.operands.push_back(std::move(high));
    EYRIE_CHECK_OK(check_ordered(result));
    const json::value* bounds[] = {result.operands[1].value, result.operands[2].value};
    if (bounds[0] == nullptr || bounds[1] == nullptr) return result;
    const std::string shown = "lower bound operand: AttributeValue: " + describe_value(*bounds[0]) +
                              ", upper bound operand: AttributeValue: " + describe_value(*bounds[1]);
    if (type_of(*bounds[0]) != type_of(*bounds[1])) {
      return refuse("The BETWEEN operator requires same data type for lower and upper bounds; " + shown);
    }
    if (compare_values(*bounds[0], *bounds[1]).value_or(0) > 0) {
      return refuse("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
                    shown);
    }
    return result;
  }

  Wire<Expression> one_of(Expression result) {
    result.op = Operator::kIn;
    if (!take_symbol("(")) return unexpected();
    EYRIE_CHECK_OK(operands_until_close(result));
    if (result.operands.size() - 1 > kMaxInOperands) return wrong_count("IN", result.operands.size() - 1);
    return result;
  }

  // Only numbers, strings and binary have an order.
  Wire<void> check_ordered(const Expression& expression) const {
    for (const Operand& operand : expression.operands) {
      if (operand.kind != Operand::Kind::kValue) continue;
      const std::string_view type = type_of(*operand.value);
      if (type != "S" && type != "N" && type != "B") return wrong_type(operator_name(expression.op), type);
    }
    return {};
  }

  Wire<void> check_comparison(const Expression& expression) const {
    const Operand &left = expression.operands[0], &right = expression.operands[1];
    if (left.kind == Operand::Kind::kPath && right.kind == Operand::Kind::kPath && left.path == right.path) {
      return refuse(
          "The first operand must be distinct from the remaining operands for this operator or function; "
          "operator: " +
          std::string(operator_name(expression.op)) + ", first operand: " + describe(left.path));
    }
    if (expression.op == Operator::kEqual || expression.op == Operator::kNotEqual) return {};
    return check_ordered(expression);
  }

  Wire<Operand> operand() {
    if (token().kind == TokenKind::kValue) {
      EYRIE_TRY(const json::value* given, value());
      return Operand{.kind = Operand::Kind::kValue, .value = given};
    }
    if (at_call()) return size_call();
    EYRIE_TRY(DocumentPath where, path());
    return Operand{.kind = Operand::Kind::kPath, .path = std::move(where)};
  }

  Wire<Operand> size_call() {
    const std::string_view name = token().text;
    if (name != kSize) {
      if (!is_condition_function(name)) return refuse("Invalid function name; function: " + std::string(name));
      return refuse("The function is not allowed to be used this way in an expression; function: " +
                    std::string(name));
    }
    skip(2);
    Expression call;
    EYRIE_CHECK_OK(operands_until_close(call));
    if (call.operands.size() != 1) return wrong_count(kSize, call.operands.size());
    if (call.operands[0].kind != Operand::Kind::kPath) return needs_path(kSize);
    return Operand{.kind = Operand::Kind::kSize, .path = std::move(call.operands[0].path)};
  }
};

}  // namespace

bool is_condition_function(std::string_view name) {
  return name == kSize || std::ranges::find(kFunctions, name, &Function::name) != std::end(kFunctions);
}

std::string_view operator_name(Operator op) {
  for (const auto& [text, comparator] : kComparators) {
    if (comparator == op) return text;
  }
  for (const Function& function : kFunctions) {
    if (function.op == op) return function.name;
  }
  switch (op) {
    case Operator::kAnd:
      return "AND";
    case Operator::kOr:
      return "OR";
    case Operator::kNot:
      return "NOT";
    case Operator::kBetween:
      return "BETWEEN";
    default:
      return "IN";
  }
}

Wire<Expression> parse_expression(std::string_view kind, std::string_view text, Placeholders& placeholders) {
  EYRIE_TRY(auto tokens, tokenize(kind, text));
  return Parser(kind, text, std::move(tokens), placeholders).whole();
}

Wire<std::vector<DocumentPath>> parse_paths(std::string_view kind, std::string_view text,
                                            Placeholders& placeholders) {
  EYRIE_TRY(auto tokens, tokenize(kind, text));
  return Parser(kind, text, std::move(tokens), placeholders).paths();
}

void collect_attributes(const Expression& expression, std::set<std::string>& names) {
  for (const Operand& operand : expression.operands) {
    if (!operand.path.empty()) names.insert(operand.path.front().name);
  }
  for (const Expression& child : expression.children) collect_attributes(child, names);
}

}  // namespace eyrie::api::dynamodb
