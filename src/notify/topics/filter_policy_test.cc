#include "notify/topics/filter_policy.h"

#include <gtest/gtest.h>

namespace eyrie::notify::topics {
namespace {

Attributes attributes(const std::string& name, const std::string& value, const std::string& type = "String") { return {{name, {.type = type, .value = value}}}; }

bool takes(const char* policy, const Attributes& attributes) {
  const auto parsed = FilterPolicy::parse(policy, FilterScope::kAttributes);
  EXPECT_TRUE(parsed) << policy << ": " << parsed.error().message;
  return parsed && parsed->matches(attributes, "");
}

bool takes_body(const char* policy, const char* body) {
  const auto parsed = FilterPolicy::parse(policy, FilterScope::kBody);
  EXPECT_TRUE(parsed) << policy << ": " << parsed.error().message;
  return parsed && parsed->matches({}, body);
}

std::string refusal(const std::string& policy, FilterScope scope = FilterScope::kAttributes) {
  const auto parsed = FilterPolicy::parse(policy, scope);
  EXPECT_FALSE(parsed) << policy;
  return parsed ? "" : parsed.error().message;
}

TEST(FilterPolicyTest, Strings) {
  EXPECT_TRUE(takes(R"({"a": ["x", "y"]})", attributes("a", "y")));
  EXPECT_FALSE(takes(R"({"a": ["x", "y"]})", attributes("a", "Y")));
  EXPECT_FALSE(takes(R"({"a": ["x"]})", attributes("b", "x")));
  EXPECT_TRUE(takes(R"({"a": [{"prefix": "bas"}]})", attributes("a", "baseball")));
  EXPECT_FALSE(takes(R"({"a": [{"prefix": "ball"}]})", attributes("a", "baseball")));
  EXPECT_TRUE(takes(R"({"a": [{"suffix": "ball"}]})", attributes("a", "baseball")));
  EXPECT_FALSE(takes(R"({"a": [{"suffix": "bas"}]})", attributes("a", "baseball")));
  EXPECT_TRUE(takes(R"({"a": [{"equals-ignore-case": "Tennis"}]})", attributes("a", "tENNIS")));
  EXPECT_FALSE(takes(R"({"a": [{"equals-ignore-case": "Tennis"}]})", attributes("a", "tennis ")));
  EXPECT_TRUE(takes(R"({})", {}));
}

TEST(FilterPolicyTest, AnythingBut) {
  EXPECT_TRUE(takes(R"({"a": [{"anything-but": "x"}]})", attributes("a", "y")));
  EXPECT_FALSE(takes(R"({"a": [{"anything-but": ["x", "y"]}]})", attributes("a", "y")));
  EXPECT_FALSE(takes(R"({"a": [{"anything-but": "x"}]})", {}));
  EXPECT_FALSE(takes(R"({"a": [{"anything-but": {"prefix": "ord"}}]})", attributes("a", "order-1")));
  EXPECT_TRUE(takes(R"({"a": [{"anything-but": {"suffix": "-1"}}]})", attributes("a", "order-2")));
  EXPECT_FALSE(takes(R"({"a": [{"anything-but": [100]}]})", attributes("a", "100", "Number")));
  // Of a list none may be what is excluded.
  EXPECT_FALSE(takes(R"({"a": [{"anything-but": "x"}]})", attributes("a", R"(["x", "y"])", "String.Array")));
  EXPECT_TRUE(takes(R"({"a": [{"anything-but": "z"}]})", attributes("a", R"(["x", "y"])", "String.Array")));
}

TEST(FilterPolicyTest, Numbers) {
  EXPECT_TRUE(takes(R"({"a": [301.5]})", attributes("a", "3.015e2", "Number")));
  EXPECT_FALSE(takes(R"({"a": [301.5]})", attributes("a", "301.5", "String")));
  EXPECT_FALSE(takes(R"({"a": ["301.5"]})", attributes("a", "301.5", "Number")));
  EXPECT_TRUE(takes(R"({"a": [{"numeric": ["=", 5]}]})", attributes("a", "5.0", "Number")));
  EXPECT_TRUE(takes(R"({"a": [{"numeric": [">", 0, "<=", 150]}]})", attributes("a", "150", "Number")));
  EXPECT_FALSE(takes(R"({"a": [{"numeric": [">", 0, "<=", 150]}]})", attributes("a", "0", "Number")));
  EXPECT_FALSE(takes(R"({"a": [{"numeric": ["<", 0]}]})", attributes("a", "0", "Number")));
  EXPECT_FALSE(takes(R"({"a": [{"numeric": ["<", 9]}]})", attributes("a", "1", "String")));
}

TEST(FilterPolicyTest, ExistsAndAddresses) {
  EXPECT_TRUE(takes(R"({"a": [{"exists": true}]})", attributes("a", "AAA=", "Binary")));
  EXPECT_FALSE(takes(R"({"a": [{"exists": true}]})", {}));
  EXPECT_TRUE(takes(R"({"a": [{"exists": false}]})", attributes("b", "x")));
  EXPECT_FALSE(takes(R"({"a": [{"exists": false}]})", attributes("a", "x")));
  EXPECT_FALSE(takes(R"({"a": [{"exists": false}]})", {})) << "a message without any attribute";
  EXPECT_TRUE(takes(R"({"a": [{"cidr": "10.0.0.0/24"}]})", attributes("a", "10.0.0.255")));
  EXPECT_FALSE(takes(R"({"a": [{"cidr": "10.0.0.0/24"}]})", attributes("a", "10.0.1.0")));
  EXPECT_TRUE(takes(R"({"a": [{"cidr": "2001:db8::/33"}]})", attributes("a", "2001:db8:7fff::1")));
  EXPECT_FALSE(takes(R"({"a": [{"cidr": "2001:db8::/33"}]})", attributes("a", "2001:db8:8000::1")));
  EXPECT_FALSE(takes(R"({"a": [{"cidr": "0.0.0.0/0"}]})", attributes("a", "::1")));
  EXPECT_FALSE(takes(R"({"a": [{"cidr": "10.0.0.0/24"}]})", attributes("a", "nowhere")));
}

TEST(FilterPolicyTest, KeysAreAndedAlternativesOred) {
  const char* const both = R"({"a": ["x"], "b": ["y"]})";
  EXPECT_FALSE(takes(both, attributes("a", "x")));
  EXPECT_TRUE(takes(both, {{"a", {.type = "String", .value = "x"}}, {"b", {.type = "String", .value = "y"}}}));
  const char* const either = R"({"c": [{"exists": false}], "$or": [{"a": ["x"]}, {"b": [{"numeric": [">", 3]}]}]})";
  EXPECT_TRUE(takes(either, attributes("a", "x")));
  EXPECT_TRUE(takes(either, attributes("b", "4", "Number")));
  EXPECT_FALSE(takes(either, attributes("b", "3", "Number")));
  EXPECT_FALSE(takes(either, {{"a", {.type = "String", .value = "x"}}, {"c", {.type = "String", .value = "y"}}}));
  // With one alternative it is a name like any other.
  EXPECT_TRUE(takes(R"({"$or": ["x"]})", attributes("$or", "x")));
}

TEST(FilterPolicyTest, Bodies) {
  EXPECT_TRUE(takes_body(R"({"person": {"name": [{"prefix": "An"}]}, "ok": [true]})", R"({"person": {"name": "Ana"}, "ok": true})"));
  EXPECT_FALSE(takes_body(R"({"person": {"name": [{"prefix": "An"}]}, "ok": [true]})", R"({"person": {"name": "Ana"}, "ok": false})"));
  EXPECT_TRUE(takes_body(R"({"a": [null]})", R"({"a": null})"));
  EXPECT_FALSE(takes_body(R"({"a": [null]})", R"({"b": 1})"));
  EXPECT_TRUE(takes_body(R"({"a": ["y"]})", R"({"a": ["x", "y"]})"));
  EXPECT_TRUE(takes_body(R"({"a": {"b": [{"exists": false}]}})", R"({"c": 1})"));
  EXPECT_FALSE(takes_body(R"({"a": [{"exists": true}]})", R"({"a": {"b": 1}})"));
  for (const char* const nothing : {R"({"a": null})", R"({"a": ""})", R"({"a": []})"}) {
    EXPECT_FALSE(takes_body(R"({"a": [{"exists": true}]})", nothing)) << nothing;
    EXPECT_TRUE(takes_body(R"({"a": [{"exists": false}]})", nothing)) << nothing;
  }
  EXPECT_TRUE(takes_body(R"({"a": [null]})", R"({"a": null})"));
  // Both of one and the same element.
  const char* const one = R"({"list": {"kind": ["cat"], "size": [{"numeric": [">", 5]}]}})";
  EXPECT_TRUE(takes_body(one, R"({"list": [{"kind": "dog", "size": 9}, {"kind": "cat", "size": 6}]})"));
  EXPECT_FALSE(takes_body(one, R"({"list": [{"kind": "dog", "size": 9}, {"kind": "cat", "size": 5}]})"));
  EXPECT_FALSE(takes_body(R"({"a": ["x"]})", "no JSON"));
  EXPECT_FALSE(takes_body(R"({"a": ["x"]})", R"(["x"])"));
  EXPECT_TRUE(takes_body("{}", "no JSON"));
}

TEST(FilterPolicyTest, Refusals) {
  EXPECT_EQ(refusal("[]"), "FilterPolicy: Filter is not an object");
  EXPECT_EQ(refusal("{"), "FilterPolicy: failed to parse JSON.");
  EXPECT_EQ(refusal(R"({"a": "x"})"), "FilterPolicy: \"a\" must be an object or an array");
  EXPECT_EQ(refusal(R"({"a": []})"), "FilterPolicy: Empty arrays are not allowed");
  EXPECT_EQ(refusal(R"({"a": [["x"]]})"), "FilterPolicy: Match value must be String, number, true, false, or null");
  EXPECT_EQ(refusal(R"({"a": [{"exists": "yes"}]})"), "FilterPolicy: exists match pattern must be either true or false.");
  EXPECT_EQ(refusal(R"({"a": [{"like": "x"}]})"), "FilterPolicy: Unrecognized match type like");
  EXPECT_EQ(refusal(R"({"a": [{"prefix": "x", "suffix": "y"}]})"), "FilterPolicy: Only one key allowed in match expression");
  EXPECT_EQ(refusal(R"({"a": [{"numeric": [">", 5, "<", 5]}]})"), "FilterPolicy: Bottom must be less than top");
  for (const char* wrong : {R"({"a": [{"numeric": [">"]}]})", R"({"a": [{"numeric": ["<", 1, ">", 0]}]})", R"({"a": [{"numeric": ["=", 1e10]}]})",
                            R"({"a": [{"numeric": ["=", 1, "<", 2]}]})", R"({"a": [{"cidr": "10.0.0.0"}]})", R"({"a": [{"cidr": "10.0.0.0/33"}]})",
                            R"({"a": [{"anything-but": []}]})", R"({"a": [{"anything-but": {"cidr": "x"}}]})", R"({"a": {}})"})
    EXPECT_FALSE(refusal(wrong).empty()) << wrong;
  EXPECT_EQ(refusal(R"({"a": {"b": ["x"]}})"), "FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy");
  EXPECT_EQ(refusal(R"({"a":["x"],"b":["x"],"c":["x"],"d":["x"],"e":["x"],"f":["x"]})"), "FilterPolicy: Filter policy can not have more than 5 keys");
  // 151 combinations; in the body's scope a key's depth counts as well.
  std::string many = R"({"a": [0)";
  for (int i = 1; i < 151; ++i) many += ", " + std::to_string(i);
  EXPECT_EQ(refusal(many + "]}"), "FilterPolicy: Filter policy is too complex");
  std::string nested = R"({"a": {"b": [0)";
  for (int i = 1; i < 76; ++i) nested += ", " + std::to_string(i);
  EXPECT_EQ(refusal(nested + "]}}", FilterScope::kBody), "FilterPolicy: Filter policy is too complex");
  EXPECT_EQ(FilterPolicy::parse("{\"a\": [\"" + std::string(300'000, 'x') + "\"]}", FilterScope::kAttributes).error().code, Code::kTooLarge);
}

}  // namespace
}  // namespace eyrie::notify::topics
