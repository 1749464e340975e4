// What update expressions make of items, and which are refused, before and when they are applied.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/dynamodb/expressions/apply_update.h"
#include "api/dynamodb/values.h"

namespace eyrie::api::dynamodb {
namespace {

const char* const kUpdateRequest = R"({"ExpressionAttributeNames": {"#s": "s", "#dotted": "a.b"},
  "ExpressionAttributeValues": {":n": {"N": "1"}, ":half": {"N": "0.5"}, ":s": {"S": "x"}, ":l": {"L": [{"N": "7"}]}, ":m": {"M": {}},
    ":ss": {"SS": ["a", "z"]}, ":ns": {"NS": ["1"]}, ":big": {"N": "9E125"}}})";
const char* const kUpdatedItem = R"({"p": {"S": "key"}, "n": {"N": "41"}, "s": {"S": "t"}, "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"N": "3"}]},
  "m": {"M": {"x": {"N": "1"}, "y": {"M": {"z": {"S": "deep"}}}, "l": {"L": [{"M": {"q": {"N": "5"}}}]}}}, "set": {"SS": ["a", "b"]}})";

json::object object_of(const char* text) { return parse_json(text)->as_object(); }

std::string update_refusal(const std::string& text) {
  auto placeholders = Placeholders::read(object_of(kUpdateRequest), true);
  const auto update = parse_update(text, *placeholders);
  return update ? "accepted" : update.error().message;
}

// The attribute afterwards, or the refusal. `current`: nullptr for an item that is not there.
std::string updated(const std::string& text, const std::string& attribute, const char* current = kUpdatedItem) {
  auto placeholders = Placeholders::read(object_of(kUpdateRequest), true);
  const auto update = parse_update(text, *placeholders);
  if (!update) return update.error().message;
  store::Item item;
  if (current != nullptr) item = object_of(current);
  const auto made = apply_update(*update, current == nullptr ? nullptr : &item, object_of(R"({"p": {"S": "key"}})"));
  if (!made) return made.error().message;
  if (!*made) return "nothing";
  const json::value* value = (*made)->if_contains(attribute);
  return value == nullptr ? "absent" : write_json(*value);
}

TEST(UpdateExpression, Sets) {
  EXPECT_EQ(updated("SET a = :n", "a"), R"({"N":"1"})");
  EXPECT_EQ(updated("set #dotted = :n", "a.b"), R"({"N":"1"})");
  EXPECT_EQ(updated("SET a = m.y.z, s = :n", "a"), R"({"S":"deep"})");
  EXPECT_EQ(updated("SET a = #s, #s = n", "a"), R"({"S":"t"})") << "all is read as it was";
  EXPECT_EQ(updated("SET a = #s, #s = n", "s"), R"({"N":"41"})");
  EXPECT_EQ(updated("SET m.y.z = :n", "m"), R"({"M":{"x":{"N":"1"},"y":{"M":{"z":{"N":"1"}}},"l":{"L":[{"M":{"q":{"N":"5"}}}]}}})");
  EXPECT_EQ(updated("SET m.l[0].q = m.l[0].q + :n", "m"),
            R"({"M":{"x":{"N":"1"},"y":{"M":{"z":{"S":"deep"}}},"l":{"L":[{"M":{"q":{"N":"6"}}}]}}})");
  EXPECT_EQ(updated("SET a = :s", "a", nullptr), R"({"S":"x"})");
  EXPECT_EQ(updated("SET a = :s", "p", nullptr), R"({"S":"key"})");
}

TEST(UpdateExpression, AddsUp) {
  EXPECT_EQ(updated("SET n = n + :n", "n"), R"({"N":"42"})");
  EXPECT_EQ(updated("SET n=n-:half", "n"), R"({"N":"40.5"})");
  EXPECT_EQ(updated("SET n = :n - :n", "n"), R"({"N":"0"})");
  EXPECT_EQ(updated("SET c = if_not_exists(c, :n) + :half", "c"), R"({"N":"1.5"})");
  EXPECT_EQ(updated("SET n = :big + :big", "n"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(updated("SET n = s + :n", "n"), "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(updated("SET n = absent + :n", "n"), "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(updated("SET n = list_append(l, l) + :n", "n"), "An operand in the update expression has an incorrect data type");
}

TEST(UpdateExpression, CallsFunctions) {
  EXPECT_EQ(updated("SET a = if_not_exists(n, :s)", "a"), R"({"N":"41"})");
  EXPECT_EQ(updated("SET a = if_not_exists(a, :s)", "a"), R"({"S":"x"})");
  EXPECT_EQ(updated("SET a = if_not_exists(a, if_not_exists(b, n))", "a"), R"({"N":"41"})");
  EXPECT_EQ(updated("SET a = list_append(:l, :l)", "a"), R"({"L":[{"N":"7"},{"N":"7"}]})");
  EXPECT_EQ(updated("SET l = list_append(:l, l)", "l"), R"({"L":[{"N":"7"},{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]})");
  EXPECT_EQ(updated("SET a = list_append(if_not_exists(a, :l), :l)", "a"), R"({"L":[{"N":"7"},{"N":"7"}]})");
  EXPECT_EQ(updated("SET a = if_not_exists(a, list_append(:l, :l))", "a"), R"({"L":[{"N":"7"},{"N":"7"}]})");
  EXPECT_EQ(updated("SET a = list_append(s, :l)", "a"), "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(updated("SET a = list_append(a, :l)", "a"), "The provided expression refers to an attribute that does not exist in the item");
}

TEST(UpdateExpression, ChangesLists) {
  EXPECT_EQ(updated("SET l[1] = :s", "l"), R"({"L":[{"N":"0"},{"S":"x"},{"N":"2"},{"N":"3"}]})");
  EXPECT_EQ(updated("SET l[90] = :n, l[17] = :s, l[50] = :half", "l"),
            R"({"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"},{"S":"x"},{"N":"0.5"},{"N":"1"}]})");
  EXPECT_EQ(updated("REMOVE l[0], l[2], l[9]", "l"), R"({"L":[{"N":"1"},{"N":"3"}]})");
  EXPECT_EQ(updated("REMOVE l[1] SET l[3] = :s", "l"), R"({"L":[{"N":"0"},{"N":"2"},{"S":"x"}]})") << "indices of before";
  EXPECT_EQ(updated("SET l[3] = :s, l[8] = :n REMOVE l[0], l[4]", "l"), R"({"L":[{"N":"1"},{"N":"2"},{"S":"x"},{"N":"1"}]})");
  EXPECT_EQ(updated("ADD l[0] :n", "l"), R"({"L":[{"N":"1"},{"N":"1"},{"N":"2"},{"N":"3"}]})");
}

TEST(UpdateExpression, Removes) {
  EXPECT_EQ(updated("REMOVE n, absent", "n"), "absent");
  EXPECT_EQ(updated("REMOVE m.x, m.y, m.l", "m"), R"({"M":{}})");
  EXPECT_EQ(updated("REMOVE m.none", "m"), R"({"M":{"x":{"N":"1"},"y":{"M":{"z":{"S":"deep"}}},"l":{"L":[{"M":{"q":{"N":"5"}}}]}}})");
  EXPECT_EQ(updated("REMOVE s SET a = s", "a"), R"({"S":"t"})");
  EXPECT_EQ(updated("REMOVE a", "p", nullptr), "nothing") << "what only takes away makes no item";
  EXPECT_EQ(updated("REMOVE a.b DELETE c :ss", "p", nullptr), "nothing");
}

TEST(UpdateExpression, AddsAndDeletes) {
  EXPECT_EQ(updated("ADD n :n", "n"), R"({"N":"42"})");
  EXPECT_EQ(updated("ADD a :n", "a"), R"({"N":"1"})");
  EXPECT_EQ(updated("ADD m.x :half, m.new :n", "m"),
            R"({"M":{"x":{"N":"1.5"},"y":{"M":{"z":{"S":"deep"}}},"l":{"L":[{"M":{"q":{"N":"5"}}}]},"new":{"N":"1"}}})");
  EXPECT_EQ(updated("ADD set :ss", "set"), R"({"SS":["a","b","z"]})");
  EXPECT_EQ(updated("ADD a :ss", "a", nullptr), R"({"SS":["a","z"]})");
  EXPECT_EQ(updated("DELETE set :ss", "set"), R"({"SS":["b"]})");
  EXPECT_EQ(updated("DELETE set :ss", "set", R"({"set": {"SS": ["z"]}})"), "absent") << "there are no empty sets";
  EXPECT_EQ(updated("DELETE a :ss", "a"), "absent");
  for (const char* text : {"ADD s :n", "ADD set :ns", "ADD n :ss", "ADD l :ss", "DELETE set :ns", "DELETE n :ss"})
    EXPECT_EQ(updated(text, "n"), "An operand in the update expression has an incorrect data type") << text;
}

TEST(UpdateExpression, PathsThatLeadNowhere) {
  for (const char* text : {"SET a.b = :n", "SET a[0] = :n", "SET s.b = :n", "SET s[0] = :n", "SET l.b = :n", "SET m[0] = :n", "SET m.y.z.q = :n",
                           "SET l[9].x = :n", "REMOVE a.b", "REMOVE s[0]", "REMOVE l.x", "ADD a.b :n", "DELETE a.b :ss", "SET set[0] = :n"}) {
    EXPECT_EQ(updated(text, "n"), "The document path provided in the update expression is invalid for update") << text;
  }
  EXPECT_EQ(updated("SET a.b = :n", "a", nullptr), "The document path provided in the update expression is invalid for update");
}

TEST(UpdateExpression, Refusals) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "The expression can not be empty;"},
      {"SET a = :n SET b = :n", "The \"SET\" section can only be used once in an update expression;"},
      {"remove a add n :n Remove b", "The \"REMOVE\" section can only be used once in an update expression;"},
      {"HELLO a = :n", "Syntax error; token: \"HELLO\", near: \"HELLO a\""},
      {"SET a", "Syntax error; token: \"<EOF>\", near: \"a\""},
      {"SET a =", "Syntax error; token: \"<EOF>\", near: \"=\""},
      {"SET :n = :n", "Syntax error; token: \":n\", near: \"SET :n =\""},
      {"SET a = :n,", "Syntax error; token: \"<EOF>\", near: \",\""},
      {"SET a = :n + :n + :n", "Syntax error; token: \"+\", near: \":n + :n\""},
      {"SET a = :n b = :n", "Syntax error; token: \"b\", near: \":n b =\""},
      {"SET a = if_not_exists(a, :n + :n)", "Syntax error; token: \"+\", near: \":n + :n\""},
      {"SET a-b = :n", "Syntax error; token: \"-\", near: \"a-b\""},
      {"ADD n n", "Syntax error; token: \"n\", near: \"n n\""},
      {"DELETE set", "Syntax error; token: \"<EOF>\", near: \"set\""},
      {"REMOVE a = :n", "Syntax error; token: \"=\", near: \"a = :n\""},
      {"SET a[:n] = :n", "Syntax error; token: \":n\", near: \"[:n]\""},
      {"SET a = :none", "An expression attribute value used in expression is not defined; attribute value: :none"},
      {"SET #none = :n", "An expression attribute name used in the document path is not defined; attribute name: #none"},
      {"SET a = f(a, :n)", "Invalid function name; function: f"},
      {"SET a = LIST_APPEND(:l, :l)", "Invalid function name; function: LIST_APPEND"},
      {"SET a = size(a)", "The function is not allowed in an update expression; function: size"},
      {"SET a = attribute_exists(a)", "The function is not allowed in an update expression; function: attribute_exists"},
      {"SET a = list_append(:l)", "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1"},
      {"SET a = list_append(:l, :l, :l)",
       "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 3"},
      {"SET a = if_not_exists(a)",
       "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1"},
      {"SET a = if_not_exists(:n, :n)", "Operator or function requires a document path; operator or function: if_not_exists"},
      {"SET a = list_append(list_append(:l, :l), :l)",
       "The function is not allowed to be used this way in an expression; function: list_append"},
      {"SET a = list_append(if_not_exists(a, list_append(:l, :l)), :l)",
       "The function is not allowed to be used this way in an expression; function: list_append"},
      {"SET a = list_append(:l, :s)", "Incorrect operand type for operator or function; operator or function: list_append, operand type: S"},
      {"SET a = a + :s", "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
      {"SET a = :l - a", "Incorrect operand type for operator or function; operator or function: -, operand type: L"},
      {"ADD a :s", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :l", "Incorrect operand type for operator or function; operator: ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"DELETE a :n", "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"SET a = :n REMOVE a",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"},
      {"SET a.b.c = :n, a.b = :n",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b, c], path two: [a, b]"},
      {"SET a[1] = :n, a[1][2] = :n",
       "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, [1], [2]]"},
      {"SET a.b = :n, a[1] = :n",
       "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(update_refusal(text), "Invalid UpdateExpression: " + std::string(message)) << text;
  EXPECT_EQ(update_refusal("SET a[1] = :n, a[2].b = :n, b.c = :n REMOVE b.d"), "accepted");
}

TEST(UpdateExpression, KeysStay) {
  auto placeholders = Placeholders::read(object_of(kUpdateRequest), true);
  const store::Item key = object_of(R"({"p": {"S": "key"}})");
  for (const char* text : {"SET p = :n", "SET p.x = :n", "REMOVE p", "ADD p :n", "SET a = p DELETE p :ss"}) {
    EXPECT_EQ(check_leaves_key(*parse_update(text, *placeholders), key).error().message,
              "One or more parameter values were invalid: Cannot update attribute p. This attribute is part of the key");
  }
  EXPECT_TRUE(check_leaves_key(*parse_update("SET a = p", *placeholders), key));
  EXPECT_EQ(updated("SET a = p", "a"), R"({"S":"key"})");
}

// A few letters may name much, many times.
TEST(UpdateExpression, CopiesAreBounded) {
  json::array list;
  for (int i = 0; i < 60'000; ++i) list.push_back(json::object{{"NULL", true}});
  const store::Item item{{"l", json::object{{"L", std::move(list)}}}};
  std::string text = "SET a0 = l";
  for (int i = 1; i < 300; ++i) text += ",a" + std::to_string(i) + "=l";
  Placeholders none;
  for (const std::string& copying : {text, std::string("SET l = list_append(l, l), m = list_append(l, l)")}) {
    const auto made = apply_update(*parse_update(copying, none), &item, {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "Item size to update has exceeded the maximum allowed size");
  }
}

TEST(UpdateExpression, NestingIsBounded) {
  json::object deep{{"S", "x"}};
  for (int i = 0; i < 31; ++i) deep = json::object{{"M", json::object{{"a", std::move(deep)}}}};
  const store::Item item{{"deep", deep}, {"m", json::object{{"M", json::object()}}}};
  Placeholders none;
  EXPECT_TRUE(apply_update(*parse_update("SET other = deep", none), &item, {}));
  EXPECT_EQ(apply_update(*parse_update("SET m.other = deep", none), &item, {}).error().message, "Nesting Levels have exceeded supported limits");
}

}  // namespace
}  // namespace eyrie::api::dynamodb
