#include "api/dynamodb/expressions/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/dynamodb/expressions/evaluate.h"

namespace eyrie::api::dynamodb {
namespace {

using testing::HasSubstr;

constexpr std::string_view kKind = "FilterExpression";

json::object request() {
  return parse_json(R"({
    "ExpressionAttributeNames": {"#s": "status", "#d": "a.b", "#m": "map"},
    "ExpressionAttributeValues": {
      ":one": {"N": "1"}, ":two": {"N": "2.0"}, ":ten": {"N": "1E1"}, ":minus": {"N": "-5"}, ":done": {"S": "COMPLETED"}, ":co": {"S": "CO"},
      ":cat": {"S": "cat"}, ":n": {"S": "N"}, ":l": {"S": "L"}, ":nothing": {"S": "X"}, ":yes": {"BOOL": true},
      ":bytes": {"B": "AAEC"}, ":first": {"B": "AAE="}, ":list": {"L": [{"N": "1"}]}, ":set": {"SS": ["b", "a"]}, ":null": {"NULL": true}}
  })")
      ->as_object();
}

store::Item item() {
  return parse_json(R"({
    "status": {"S": "COMPLETED"}, "n": {"N": "2"}, "big": {"N": "12345678901234567890123456789012345678"}, "a.b": {"N": "1"},
    "labels": {"L": [{"S": "cat"}, {"N": "1"}]}, "map": {"M": {"inner": {"L": [{"M": {"x": {"S": "deep"}}}]}}},
    "set": {"SS": ["a", "b"]}, "numbers": {"NS": ["1", "2"]}, "bytes": {"B": "AAEC"}, "yes": {"BOOL": true}, "nothing": {"NULL": true},
    "text": {"S": "äö✓"}, "ones": {"L": [{"N": "1"}]}, "empty": {"S": ""}})")
      ->as_object();
}

bool evaluate(const std::string& text) {
  auto placeholders = Placeholders::read(request(), true);
  EXPECT_TRUE(placeholders) << placeholders.error().message;
  const auto expression = parse_expression(kKind, text, *placeholders);
  EXPECT_TRUE(expression) << text << ": " << expression.error().message;
  return expression && holds(*expression, item());
}

std::string refusal(const std::string& text) {
  auto placeholders = Placeholders::read(request(), true);
  EXPECT_TRUE(placeholders) << placeholders.error().message;
  const auto expression = parse_expression(kKind, text, *placeholders);
  if (expression) return "accepted: " + text;
  EXPECT_EQ(expression.error().status, 400);
  EXPECT_EQ(expression.error().code, "ValidationException");
  return expression.error().message;
}

TEST(Expression, Holds) {
  for (const char* text : {"#s = :done",
                           "n = :two",
                           "n > :one",
                           "n >= :two",
                           "n <= :two",
                           "n < :ten",
                           ":ten > n",
                           "n > :minus",
                           "big > :ten",
                           "#s <> :cat",
                           "absent <> :cat",
                           "n <> :cat",
                           "n BETWEEN :one AND :ten",
                           "n between :two and :two",
                           "n IN (:one, :two)",
                           "#s in (:cat , :done)",
                           "NOT n = :one",
                           "not (n = :one or #s = :cat)",
                           "attribute_exists(#s)",
                           "attribute_not_exists(absent)",
                           "attribute_not_exists(#m.absent)",
                           "attribute_exists(#m.inner[0].x)",
                           "attribute_type(n, :n)",
                           "attribute_type(labels, :l)",
                           "begins_with(#s, :co)",
                           "begins_with(bytes, :first)",
                           "contains(labels, :cat)",
                           "contains(labels, :one)",
                           "contains(numbers, :two)",
                           "contains(#s, :co)",
                           "contains(bytes, :first)",
                           "size(labels) = :two",
                           "size(set) = :two",
                           "size(empty) < :one",
                           "size(text) > :two",
                           ":ten > size(text)",
                           "#d = :one",
                           "ones = :list",
                           "set = :set",
                           "bytes = :bytes",
                           "yes = :yes",
                           "nothing = :null",
                           "n = :one OR n = :two AND #s = :done",
                           "(n = :one OR n = :two) AND #s = :done",
                           "n = n2 OR n = :two",
                           "#m.inner[0].x <> :cat",
                           "labels[1] = :one",
                           "((n = :two))",
                           "size(labels) BETWEEN :one AND :ten",
                           "size(labels) IN (:two)"}) {
    EXPECT_TRUE(evaluate(text)) << text;
  }
}

TEST(Expression, DoesNotHold) {
  for (const char* text :
       {"#s = :cat", "n = :done", "n < :one", "n > :done", "absent = :one", "absent < :one", "absent >= :one",
        "absent BETWEEN :one AND :ten", "n BETWEEN :minus AND :one", "NOT n = :two",
        "attribute_exists(absent)", "attribute_not_exists(n)", "attribute_exists(labels[2])",
        "attribute_exists(n[0])", "attribute_exists(n.x)", "attribute_exists(labels.x)",
        "attribute_exists(#m.inner[18446744073709551615])", "attribute_type(n, :l)",
        "attribute_type(absent, :n)", "begins_with(n, :co)", "begins_with(absent, :co)", "contains(n, :one)",
        "contains(labels, :two)", "contains(set, :one)", "contains(#s, :one)", "contains(absent, :cat)",
        "size(n) > :minus", "size(absent) < :ten", "size(yes) < :ten", "set = :list",
        "n = :one OR n = :one AND #s = :done", "n IN (:one, :done)", "yes < n", "text > n",
        // a.b is the member b of a, not the attribute called "a.b"
        "a.b = :one"}) {
    EXPECT_FALSE(evaluate(text)) << text;
  }
}

TEST(Expression, Refuses) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "The expression can not be empty"},
      {"n =", "Syntax error; token: \"<EOF>\", near: \"=\""},
      {"= n", "Syntax error; token: \"=\", near: \"= n\""},
      {"n = 5", "Syntax error; token: \"5\", near: \"= 5\""},
      {"n ; n", "Syntax error; token: \";\""},
      {"n = :one AND", "Syntax error; token: \"<EOF>\""},
      {"(n = :one", "Syntax error"},
      {"n = :one)", "Syntax error; token: \")\""},
      {"n = :one n = :one", "Syntax error"},
      {"n == :one", "Syntax error"},
      {"n BETWEEN :one", "Syntax error"},
      {"n IN :one", "Syntax error"},
      {"n IN ()", "Syntax error"},
      {"n", "Syntax error"},
      {":one", "Syntax error"},
      {"labels[x] = :one", "Syntax error"},
      {"labels[0 = :one", "Syntax error"},
      {"labels[99999999999999999999] = :one", "allowable range"},
      {"a. = :one", "Syntax error"},
      {"AND = :one", "Syntax error"},
      {"n = :undefined", "attribute value used in expression is not defined; attribute value: :undefined"},
      {"#undefined = :one",
       "attribute name used in the document path is not defined; attribute name: #undefined"},
      {"# = :one", "Syntax error"},
      {"ü = :one", "Syntax error; token: \"ü\""},
      {"nonsense(n)", "Invalid function name; function: nonsense"},
      {"n = nonsense(n)", "Invalid function name; function: nonsense"},
      {"n = contains(n)", "not allowed to be used this way in an expression; function: contains"},
      {"size(n)", "not allowed to be used this way in an expression; function: size"},
      {"size(n, n) = :one",
       "Incorrect number of operands for operator or function; operator or function: size, number of "
       "operands: 2"},
      {"size(:one) = :one", "requires a document path; operator or function: size"},
      {"contains(n)", "Incorrect number of operands"},
      {"attribute_exists(:one)", "requires a document path; operator or function: attribute_exists"},
      {"attribute_type(n, :nothing)", "Invalid attribute type name found; type: X"},
      {"attribute_type(n, :one)", "Incorrect operand type"},
      {"attribute_type(n, n)", "Incorrect operand type"},
      {"begins_with(n, :one)", "operator or function: begins_with, operand type: N"},
      {"n < :yes", "operator or function: <, operand type: BOOL"},
      {"n BETWEEN :ten AND :one", "upper bound to be greater than or equal to lower bound"},
      {"n BETWEEN :one AND :cat", "same data type for lower and upper bounds"},
      {"n = n", "first operand must be distinct"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(refusal(text), HasSubstr(message)) << text;
    EXPECT_THAT(refusal(text), testing::StartsWith("Invalid FilterExpression: ")) << text;
  }
}

std::string repeat(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Expression, IsBounded) {
  EXPECT_THAT(refusal(repeat("a", 5000)), HasSubstr("size has exceeded the maximum allowed size"));
  EXPECT_THAT(refusal(repeat("(", 2000) + "n = :one" + repeat(")", 2000)), HasSubstr("nested too deep"));
  EXPECT_THAT(refusal(repeat("NOT ", 1000) + "n = :one"), HasSubstr("nested too deep"));
  EXPECT_THAT(refusal("a" + repeat(".a", 1500) + " = :one"), HasSubstr("nesting levels"));
  EXPECT_THAT(refusal("n IN (:one" + repeat(",:one", 100) + ")"),
              HasSubstr("operator or function: IN, number of operands: 101"));
  EXPECT_FALSE(evaluate("n = :one" + repeat(" OR n = :one", 300)));
  EXPECT_TRUE(evaluate(repeat("NOT ", 100) + "n = :two"));
}

TEST(Placeholders, RefusesWhatIsMalformed) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"ExpressionAttributeNames": {}})", "ExpressionAttributeNames must not be empty"},
      {R"({"ExpressionAttributeValues": {}})", "ExpressionAttributeValues must not be empty"},
      {R"({"ExpressionAttributeNames": {"s": "status"}})", "ExpressionAttributeNames contains invalid key"},
      {R"({"ExpressionAttributeNames": {"#": "status"}})", "ExpressionAttributeNames contains invalid key"},
      {R"({"ExpressionAttributeNames": {"#s": ""}})", "must not be empty"},
      {R"({"ExpressionAttributeValues": {"#s": {"S": ""}}})",
       "ExpressionAttributeValues contains invalid key"},
      {R"({"ExpressionAttributeValues": {":s": {"X": ""}}})",
       "ExpressionAttributeValues contains invalid value"},
      {R"({"ExpressionAttributeValues": {":s": {"N": "x"}}})",
       "ExpressionAttributeValues contains invalid value"},
      {R"({"ExpressionAttributeValues": {":s": 5}})", "ExpressionAttributeValues contains invalid value"},
      {R"({"ExpressionAttributeValues": {":s": {}}})", "ExpressionAttributeValues contains invalid value"},
  };
  for (const auto& [text, message] : cases) {
    const auto read = Placeholders::read(parse_json(text)->as_object(), true);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr(message)) << text;
  }
  for (const char* text : {R"({"ExpressionAttributeNames": 5})", R"({"ExpressionAttributeNames": {"#s": 5}})",
                           R"({"ExpressionAttributeValues": []})"}) {
    const auto read = Placeholders::read(parse_json(text)->as_object(), true);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, "SerializationException") << text;
  }
  const auto without = Placeholders::read(request(), false);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message, HasSubstr("can only be specified when using expressions"));
}

TEST(Placeholders, MustAllBeUsed) {
  auto placeholders = Placeholders::read(
      parse_json(
          R"({"ExpressionAttributeNames": {"#a": "a"}, "ExpressionAttributeValues": {":v": {"N": "1"}, ":w": {"N": "1"}}})")
          ->as_object(),
      true);
  ASSERT_TRUE(placeholders);
  ASSERT_TRUE(parse_expression(kKind, "a = :v", *placeholders));
  EXPECT_THAT(placeholders->check_all_used().error().message,
              HasSubstr("ExpressionAttributeNames unused in expressions: keys: {#a}"));
  ASSERT_TRUE(parse_expression(kKind, "#a = :v", *placeholders));
  EXPECT_THAT(placeholders->check_all_used().error().message,
              HasSubstr("ExpressionAttributeValues unused in expressions: keys: {:w}"));
  ASSERT_TRUE(parse_expression(kKind, "#a = :w", *placeholders));
  EXPECT_TRUE(placeholders->check_all_used());
}

}  // namespace
}  // namespace eyrie::api::dynamodb
