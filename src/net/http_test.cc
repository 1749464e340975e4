#include "net/http.h"

#include <gtest/gtest.h>

namespace eyrie::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Headers, NamesCompareWithoutCase) {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("X-One", "1");
  headers.add("x-one", "2");
  EXPECT_EQ(headers.get("content-TYPE"), "a");
  EXPECT_EQ(headers.get("x-One"), "1");
  EXPECT_EQ(headers.count("X-ONE"), 2U);
  EXPECT_EQ(headers.find("x-two"), nullptr);
  EXPECT_EQ(headers.get("x-two"), "");
  headers.set("X-ONE", "3");
  EXPECT_EQ(headers.count("x-one"), 1U);
  EXPECT_EQ(headers.get("x-one"), "3");
  headers.remove("x-ONE");
  EXPECT_FALSE(headers.has("x-one"));
  EXPECT_EQ(headers.size(), 1U);
}

TEST(ParseQuery, DecodesInOrder) {
  EXPECT_EQ(parse_query(""), Pairs{});
  EXPECT_EQ(parse_query("b=2&a=1&b=3"), (Pairs{{"b", "2"}, {"a", "1"}, {"b", "3"}}));
  EXPECT_EQ(parse_query("uploads&prefix="), (Pairs{{"uploads", ""}, {"prefix", ""}}));
  EXPECT_EQ(parse_query("k=a%2Fb%20c+d&x=a=b"), (Pairs{{"k", "a/b c+d"}, {"x", "a=b"}}));
  EXPECT_EQ(parse_query("&&a=1&"), (Pairs{{"a", "1"}}));
  EXPECT_EQ(parse_query("=v"), (Pairs{{"", "v"}}));
  EXPECT_EQ(parse_query("a=%4"), std::nullopt);
  EXPECT_EQ(parse_query("%zz=1"), std::nullopt);
}

TEST(MemoryBudget, NeverGivesMoreThanItsLimit) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_FALSE(budget.take(~0ULL));
  EXPECT_TRUE(budget.take(40));
  EXPECT_EQ(budget.used(), 100U);
  budget.give(60);
  EXPECT_TRUE(budget.take(1));
}

class CollectBodyTest : public ::testing::Test {
 protected:
  std::unique_ptr<RequestSink> sink(std::optional<std::uint64_t> content_length) {
    RequestHead head;
    head.content_length = content_length;
    head.path = "/p";
    CollectOptions options{.max_bytes = 10, .budget = &budget_, .too_large = {}, .busy = {}};
    return collect_body(std::move(head), std::move(options), [this](const RequestHead& h, Bytes body) {
      used_in_handler_ = budget_.used();
      return text_response(200, h.path + ":" + std::string(as_text(body)));
    });
  }
  static std::string text_of(const Response& response) { return std::get<std::string>(response.body); }

  MemoryBudget budget_{15};
  std::uint64_t used_in_handler_ = 0;
};

TEST_F(CollectBodyTest, GathersPieces) {
  auto collecting = sink(6);
  EXPECT_FALSE(collecting->write(as_bytes("abc")));
  EXPECT_FALSE(collecting->write(as_bytes("def")));
  EXPECT_EQ(text_of(collecting->finish()), "/p:abcdef");
  EXPECT_EQ(used_in_handler_, 6U);
  collecting.reset();
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(CollectBodyTest, EmptyBodyNeedsNoMemory) {
  EXPECT_EQ(text_of(sink(std::nullopt)->finish()), "/p:");
  EXPECT_EQ(used_in_handler_, 0U);
}

TEST_F(CollectBodyTest, RefusesOverTheLimit) {
  EXPECT_EQ(sink(11)->write(as_bytes("a"))->status, 413);
  auto untold = sink(std::nullopt);
  EXPECT_FALSE(untold->write(as_bytes("0123456789")));
  EXPECT_EQ(untold->write(as_bytes("x"))->status, 413);
}

TEST_F(CollectBodyTest, RefusesWhereTheBudgetIsSpent) {
  auto first = sink(9);
  EXPECT_FALSE(first->write(as_bytes("a")));  // takes all that was told, at once
  EXPECT_EQ(budget_.used(), 9U);
  auto second = sink(9);
  const auto refused = second->write(as_bytes("a"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.get("Retry-After"), "1");
  first.reset();
  EXPECT_FALSE(second->write(as_bytes("a")));
  second.reset();
  EXPECT_EQ(budget_.used(), 0U);
}

}  // namespace
}  // namespace eyrie::net
