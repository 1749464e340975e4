#include "api/dynamodb/expressions/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eyrie::api::dynamodb {
namespace {

const char* const kItem = R"({"a":{"M":{"b":{"S":"x"},"c":{"M":{"d":{"N":"1"},"e":{"N":"2"}}}}},
  "l":{"L":[{"N":"0"},{"N":"1"},{"M":{"x":{"S":"X"},"y":{"S":"Y"}}},{"N":"3"}]},"s":{"S":"t"}})";

Wire<Projection> parse(const std::string& text) {
  auto placeholders =
      Placeholders::read(parse_json(R"({"ExpressionAttributeNames": {"#a": "a"}})")->as_object(), true);
  return Projection::parse(text, *placeholders);
}

std::string projected(const std::string& text) {
  const auto projection = parse(text);
  if (!projection) return projection.error().message;
  return write_json(projection->apply(parse_json(kItem)->as_object()));
}

TEST(Projection, KeepsWhatWasChosen) {
  EXPECT_EQ(projected("s"), R"({"s":{"S":"t"}})");
  EXPECT_EQ(projected("s, absent"), R"({"s":{"S":"t"}})");
  EXPECT_EQ(projected("absent"), "{}");
  EXPECT_EQ(projected("#a.b"), R"({"a":{"M":{"b":{"S":"x"}}}})");
  EXPECT_EQ(projected("a.c.e, a.b"), R"({"a":{"M":{"b":{"S":"x"},"c":{"M":{"e":{"N":"2"}}}}}})");
  EXPECT_EQ(projected("l[3], l[1]"), R"({"l":{"L":[{"N":"1"},{"N":"3"}]}})");
  EXPECT_EQ(projected("l[2].y"), R"({"l":{"L":[{"M":{"y":{"S":"Y"}}}]}})");
  EXPECT_EQ(projected("l[9], s.x, s[0], a[0], l.x"), "{}");
}

TEST(Projection, RefusesOverlaps) {
  for (const char* text : {"a, a", "a, a.b", "a.b, a", "l[1], l", "l, l[1]", "a.c, a.c.d", "s, #a, a.c"}) {
    EXPECT_THAT(projected(text), testing::HasSubstr("Two document paths overlap with each other")) << text;
  }
  EXPECT_THAT(projected("s, a.c, a.c.d"), testing::HasSubstr("path one: [a, c], path two: [a, c, d]"));
}

TEST(Projection, RefusesWhatIsNoPath) {
  for (const char* text : {"", ",", "a,", "a b", "a[", "a[-1]", "size(a)", ":v", "a = b"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

}  // namespace
}  // namespace eyrie::api::dynamodb
