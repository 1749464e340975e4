#include "base/json.h"

#include <gtest/gtest.h>

namespace eyrie {
namespace {

TEST(Json, WritesNumbersForPeople) {
  EXPECT_EQ(write_json(97.5), "97.5");
  EXPECT_EQ(write_json(100.0), "100");
  EXPECT_EQ(write_json(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(write_json(rounded(0.1 + 0.2, 4)), "0.3");
  EXPECT_EQ(write_json(-3), "-3");
}

TEST(Json, WritesWhatItReads) {
  const char* text = R"({"a":[1,2.5,"x\"\\\n\u0001é"],"b":{},"c":[],"d":null,"e":true})";
  auto value = parse_json(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(write_json(*value), text);
  auto again = parse_json(write_json_pretty(*value));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *value);
}

TEST(Json, RefusesBrokenDeepAndBadUtf8) {
  for (const char* bad : {"", "{", "[1,]", "{\"a\":1}x", "nul", "\"\xff\""}) EXPECT_FALSE(parse_json(bad)) << bad;
  EXPECT_FALSE(parse_json(std::string(200'000, '[')));
  EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']')));
}

TEST(Json, FindsMembers) {
  const json::value value = {{"name", "Car"}, {"n", 3}};
  ASSERT_NE(find_string(value, "name"), nullptr);
  EXPECT_EQ(*find_string(value, "name"), "Car");
  EXPECT_EQ(find_string(value, "n"), nullptr);
  EXPECT_EQ(find(value, "none"), nullptr);
}

TEST(Json, TellsMembersOfTheTypeAskedFor) {
  const json::object object{{"name", "Car"}, {"n", 3}, {"on", true}};
  EXPECT_EQ(text_of(object, "name"), "Car");
  EXPECT_EQ(number_of(object, "n"), 3);
  EXPECT_TRUE(flag_of(object, "on"));
  for (const char* other : {"none", "on"}) {
    EXPECT_EQ(text_of(object, other), "");
    EXPECT_EQ(number_of(object, other), 0);
  }
  EXPECT_FALSE(flag_of(object, "n"));
}

TEST(Json, OneOrMoreTexts) {
  EXPECT_EQ(one_or_more_texts(nullptr), std::vector<std::string>());
  const json::value document = *parse_json(R"({"one": "a", "many": ["a", 1, "b"], "other": {"c": "d"}})");
  EXPECT_EQ(one_or_more_texts(find(document, "one")), std::vector<std::string>({"a"}));
  EXPECT_EQ(one_or_more_texts(find(document, "many")), std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(one_or_more_texts(find(document, "other")), std::vector<std::string>());
}

TEST(JsonTest, MembersOfOneName) {
  for (const char* unique : {"{}", "[1,true,null,\"a\",2.5,-3,18446744073709551615]", R"({"a":{"a":1,"b":[{"a":1},{"a":2}]},"b":{"a":1}})"}) EXPECT_TRUE(check_unique_members(unique)) << unique;
  for (const char* twice : {R"({"a":1,"a":1})", R"([{"b":[{"a":1,"c":2,"\u0061":3}]}])", R"({"a":{"x":1},"b":2,"a":3})"}) {
    EXPECT_EQ(check_unique_members(twice).error().code, Code::kInvalidArgument) << twice;
  }
}

}  // namespace
}  // namespace eyrie
