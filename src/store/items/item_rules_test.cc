#include "store/items/item_rules.h"

#include <gtest/gtest.h>

namespace eyrie::store {
namespace {

std::string problem(std::string_view text) {
  Item item = json::parse(text, {}, {.max_depth = 200}).as_object();
  const Status outcome = normalize_item(item);
  return outcome ? "" : outcome.error().message;
}

json::value nested(int levels) {
  json::value value = json::object{{"S", "x"}};
  for (int i = 1; i < levels; ++i) {
    value = i % 2 == 0 ? json::value(json::object{{"L", json::array{value}}})
                       : json::value(json::object{{"M", json::object{{"m", value}}}});
  }
  return value;
}

TEST(ItemRules, AcceptsEveryType) {
  Item item =
      json::parse(R"({"s":{"S":""},"n":{"N":"01.50"},"b":{"B":"AAE="},"t":{"BOOL":false},"u":{"NULL":true},
    "l":{"L":[{"N":"1e2"},{"L":[]}]},"m":{"M":{"x":{"M":{}}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2.0"]},"bs":{"BS":["AA=="]}})")
          .as_object();
  ASSERT_TRUE(normalize_item(item));
  EXPECT_EQ(item.at("n"), json::parse(R"({"N":"1.5"})"));
  EXPECT_EQ(item.at("l"), json::parse(R"({"L":[{"N":"100"},{"L":[]}]})"));
  EXPECT_EQ(item.at("ns"), json::parse(R"({"NS":["1","2"]})"));
}

TEST(ItemRules, SaysWhatIsWrong) {
  EXPECT_EQ(problem(R"({"a":{}})"),
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(problem(R"({"a":"x"})"),
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(problem(R"({"a":{"X":"x"}})"),
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(problem(R"({"a":{"S":"x","N":"1"}})"),
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
            "supported datatypes");
  EXPECT_EQ(problem(R"({"a":{"N":"x"}})"), "The parameter cannot be converted to a numeric value: x");
  EXPECT_EQ(
      problem(R"({"a":{"NULL":false}})"),
      "One or more parameter values were invalid: Null attribute value types must have the value of true");
  EXPECT_EQ(problem(R"({"a":{"SS":[]}})"),
            "One or more parameter values were invalid: An string set  may not be empty");
  EXPECT_NE(problem(R"({"a":{"SS":["a","a"]}})").find("contains duplicates"), std::string::npos);
  EXPECT_NE(problem(R"({"a":{"NS":["1","1.0"]}})").find("contains duplicates"), std::string::npos);
  for (const char* bad :
       {R"({"a":{"S":1}})", R"({"a":{"N":1}})", R"({"a":{"B":"?"}})", R"({"a":{"BOOL":"true"}})",
        R"({"a":{"L":{}}})", R"({"a":{"M":[]}})", R"({"a":{"SS":"x"}})", R"({"a":{"SS":[1]}})",
        R"({"a":{"BS":["?"]}})", R"({"":{"S":"x"}})", R"({"a":{"M":{"b":{"L":[{"N":"x"}]}}}})"}) {
    EXPECT_NE(problem(bad), "") << bad;
  }
}

TEST(ItemRules, Depth) {
  Item deepest{{"a", nested(32)}}, deeper{{"a", nested(33)}};
  EXPECT_TRUE(normalize_item(deepest));
  EXPECT_EQ(normalize_item(deeper).error().message, "Nesting Levels have exceeded supported limits");
}

TEST(ItemRules, Sizes) {
  auto size = [](std::string_view text) { return item_bytes(json::parse(text).as_object()); };
  EXPECT_EQ(size(R"({"ab":{"S":"xyz"}})"), 5U);
  EXPECT_EQ(size(R"({"ab":{"S":"ä"}})"), 4U);
  EXPECT_EQ(size(R"({"a":{"BOOL":true},"b":{"NULL":true}})"), 4U);
  EXPECT_EQ(size(R"({"a":{"B":"AAEC"}})"), 4U);
  EXPECT_EQ(size(R"({"a":{"B":"AA=="}})"), 2U);
  EXPECT_EQ(size(R"({"a":{"N":"1234"}})"), 4U);
  EXPECT_EQ(size(R"({"a":{"N":"-1234"}})"), 5U);
  EXPECT_EQ(size(R"({"a":{"L":[{"S":"x"},{"S":"y"}]}})"), 8U);
  EXPECT_EQ(size(R"({"a":{"M":{"k":{"S":"x"}}}})"), 7U);
  EXPECT_EQ(size(R"({"a":{"SS":["x","yz"]}})"), 4U);
}

const TableDescription kTable{
    .name = "t", .partition = {"ImageID", KeyType::kString}, .sort = KeyAttribute{"At", KeyType::kNumber}};

std::string key_problem(std::string_view text) {
  const auto key = encode_key(kTable, json::parse(text).as_object());
  return key ? "" : key.error().message;
}

TEST(ItemKeys, SaysWhatIsWrong) {
  EXPECT_EQ(key_problem(R"({"ImageID":{"S":"x"},"At":{"N":"1"},"more":{"S":"y"}})"), "");
  EXPECT_EQ(key_problem(R"({"At":{"N":"1"}})"),
            "One or more parameter values were invalid: Missing the key ImageID in the item");
  EXPECT_EQ(key_problem(R"({"ImageID":{"S":"x"}})"),
            "One or more parameter values were invalid: Missing the key At in the item");
  EXPECT_EQ(key_problem(R"({"ImageID":{"N":"1"},"At":{"N":"1"}})"),
            "One or more parameter values were invalid: Type mismatch for key ImageID expected: S actual: N");
  EXPECT_EQ(key_problem(R"({"ImageID":{"S":""},"At":{"N":"1"}})"),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
            "contain an empty string value. "
            "Key: ImageID");
  EXPECT_EQ(key_problem(R"({"ImageID":{"S":")" + std::string(2048, 'k') + R"("},"At":{"N":"1"}})"), "");
  EXPECT_NE(key_problem(R"({"ImageID":{"S":")" + std::string(2049, 'k') + R"("},"At":{"N":"1"}})"), "");
}

TEST(ItemKeys, AKeyAloneIsExact) {
  auto exact = [](std::string_view text) { return encode_exact_key(kTable, json::parse(text).as_object()); };
  EXPECT_TRUE(exact(R"({"ImageID":{"S":"x"},"At":{"N":"1"}})"));
  for (const char* bad :
       {R"({})", R"({"ImageID":{"S":"x"}})", R"({"ImageID":{"S":"x"},"At":{"S":"1"}})",
        R"({"ImageID":{"S":"x"},"at":{"N":"1"}})", R"({"ImageID":{"S":"x"},"At":{"N":"1"},"c":{"S":"x"}})"}) {
    EXPECT_EQ(exact(bad).error().message, "The provided key element does not match the schema") << bad;
  }
}

}  // namespace
}  // namespace eyrie::store
