#include "monitor/query/expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

namespace eyrie::monitor {
namespace {

using Kind = Expression::Kind;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

std::string capitals(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return made;
}

// Levels of binary operators, weakest first. What begins as another does comes first.
constexpr std::string_view kOr[] = {"||"}, kAnd[] = {"&&"}, kComparison[] = {"==", "!=", "<=", ">=", "<", ">"}, kSum[] = {"+", "-"}, kProduct[] = {"*", "/"}, kPower[] = {"^"};
constexpr std::span<const std::string_view> kLevels[] = {kOr, kAnd, kComparison, kSum, kProduct, kPower};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expression> whole() {
    EYRIE_TRY(Expression made, binary(0));
    if (skip(); at_ < text_.size()) return unexpected();
    return made;
  }

 private:
  class Deeper {
   public:
    explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }

   private:
    int& depth_;
  };

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::unexpected<Error> unexpected() const {
    if (at_ >= text_.size()) return fail(Code::kInvalidArgument, "Unexpected end of the expression");
    return fail(Code::kInvalidArgument, "Unexpected input at position " + std::to_string(at_));
  }
  std::string_view word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // The operator of this level that comes next, or "".
  std::string_view operator_of(std::size_t level) {
    for (const std::string_view token : kLevels[level]) {
      if (take(token)) return token;
    }
    const std::string_view named = level == 0 ? "OR" : level == 1 ? "AND" : "";
    const std::size_t before = at_;
    if (!named.empty() && capitals(word()) == named) return kLevels[level].front();
    at_ = before;
    return "";
  }

  Result<Expression> binary(std::size_t level) {
    if (level == std::size(kLevels)) return sign();
    EYRIE_TRY(Expression left, binary(level + 1));
    while (true) {
      const std::string_view token = operator_of(level);
      if (token.empty()) return left;
      // Each operator makes the tree deeper.
      if (++operators_ > kMaxOperators) return too_deep();
      EYRIE_TRY(Expression right, binary(level + 1));
      Expression both{.kind = Kind::kBinary, .text = std::string(token)};
      both.operands.push_back(std::move(left));
      both.operands.push_back(std::move(right));
      left = std::move(both);
    }
  }

  Result<Expression> sign() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth) return too_deep();
    if (take("-")) {
      EYRIE_TRY(Expression of, sign());
      Expression made{.kind = Kind::kNegate};
      made.operands.push_back(std::move(of));
      return made;
    }
    if (take("+")) return sign();
    return primary();
  }

  Result<Expression> primary() {
    skip();
    if (at_ >= text_.size()) return unexpected();
    const char c = text_[at_];
    if (take("(")) {
      EYRIE_TRY(Expression inner, binary(0));
      if (!take(")")) return unexpected();
      return inner;
    }
    if (take("[")) {
      Expression made{.kind = Kind::kArray};
      EYRIE_TRY(made.operands, list("]"));
      if (made.operands.empty()) return fail(Code::kInvalidArgument, "An array is empty");
      return made;
    }
    if (c == '"' || c == '\'') return quoted(c);
    if (is_digit(c) || c == '.') return number();
    if (is_letter(c)) return named();
    return unexpected();
  }

  Result<Expression> quoted(char quote) {
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return fail(Code::kInvalidArgument, "A text does not end");
    Expression made{.kind = Kind::kText, .text = std::string(text_.substr(at_ + 1, end - at_ - 1))};
    at_ = end + 1;
    return made;
  }

  Result<Expression> number() {
    double value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value)) return unexpected();
    at_ += static_cast<std::size_t>(end - begin);
    if (at_ < text_.size() && is_word(text_[at_])) return unexpected();
    return Expression{.kind = Kind::kNumber, .number = value};
  }

  Result<Expression> named() {
    const std::string_view name = word();
    if (take("(")) {
      Expression made{.kind = Kind::kCall, .text = capitals(name)};
      EYRIE_TRY(made.operands, list(")"));
      return made;
    }
    // Of FILL: how; they are no ids, which begin small.
    if (name == "REPEAT" || name == "LINEAR") return Expression{.kind = Kind::kText, .text = std::string(name)};
    if (!is_query_id(name)) return fail(Code::kInvalidArgument, "No id is written '" + std::string(name.substr(0, 64)) + "'");
    return Expression{.kind = Kind::kId, .text = std::string(name)};
  }

  Result<std::vector<Expression>> list(std::string_view end) {
    std::vector<Expression> made;
    if (take(end)) return made;
    while (true) {
      EYRIE_TRY(Expression one, binary(0));
      made.push_back(std::move(one));
      if (take(end)) return made;
      if (!take(",")) return unexpected();
    }
  }

  static std::unexpected<Error> too_deep() { return fail(Code::kInvalidArgument, "The expression is nested too deep"); }

  static constexpr int kMaxOperators = 200;
  const std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0, operators_ = 0;
};

void collect_ids(const Expression& expression, std::vector<std::string>& ids) {
  if (expression.kind == Kind::kId && std::ranges::find(ids, expression.text) == ids.end()) ids.push_back(expression.text);
  for (const Expression& operand : expression.operands) collect_ids(operand, ids);
}

}  // namespace

Result<Expression> parse_expression(std::string_view text) {
  if (text.size() > kMaxExpression) return fail(Code::kInvalidArgument, "The expression is longer than " + std::to_string(kMaxExpression) + " characters");
  return Parser(text).whole();
}

bool is_query_id(std::string_view text) {
  constexpr std::size_t kLongest = 255;
  return !text.empty() && text.size() <= kLongest && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, is_word);
}

std::vector<std::string> ids_in(const Expression& expression) {
  std::vector<std::string> ids;
  collect_ids(expression, ids);
  return ids;
}

}  // namespace eyrie::monitor
