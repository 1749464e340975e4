// ItemTable as the embedded store keeps it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "store/testing.h"

namespace eyrie::store {
namespace {

class ItemsTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(items().create_table(
        {.name = "t", .partition = {"p", KeyType::kString}, .sort = KeyAttribute{"s", KeyType::kNumber}}));
    ASSERT_TRUE(items().create_table({.name = "plain", .partition = {"p", KeyType::kString}}));
    ASSERT_TRUE(items().create_table({.name = "bytes",
                                      .partition = {"p", KeyType::kNumber},
                                      .sort = KeyAttribute{"s", KeyType::kBinary}}));
    ASSERT_TRUE(items().create_table(
        {.name = "text", .partition = {"p", KeyType::kBinary}, .sort = KeyAttribute{"s", KeyType::kString}}));
  }
  static Item parse(std::string_view text) { return json::parse(text).as_object(); }
  static Item item(const std::string& p, const std::string& s, const std::string& v = "v") {
    return {{"p", {{"S", p}}}, {"s", {{"N", s}}}, {"v", {{"S", v}}}};
  }
  static Item key(const std::string& p, const std::string& s) {
    return {{"p", {{"S", p}}}, {"s", {{"N", s}}}};
  }
};

TEST_F(ItemsTest, Tables) {
  EXPECT_EQ(*items().tables(), (std::vector<std::string>{"bytes", "plain", "t", "text"}));
  const auto duplicate = items().create_table({.name = "t", .partition = {"x", KeyType::kString}});
  EXPECT_EQ(duplicate.error().code, Code::kAlreadyExists);
  const auto table = items().describe("t");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->partition.name, "p");
  ASSERT_TRUE(table->sort);
  EXPECT_EQ(table->sort->type, KeyType::kNumber);
  EXPECT_EQ(table->created_ms, clock_.now_ms());
  EXPECT_TRUE(is_uuid(table->id));
  EXPECT_FALSE(items().describe("plain")->sort);
  for (const Error& error :
       {items().describe("none").error(), items().put("none", item("a", "1")).error(),
        items().get("none", key("a", "1")).error(), items().remove("none", key("a", "1")).error(),
        items().query("none", {}, {}, true, {}).error(), items().scan("none", {}).error()}) {
    EXPECT_EQ(error.code, Code::kNotFound);
    EXPECT_TRUE(error.message.starts_with("Requested resource not found")) << error.message;
  }
}

TEST_F(ItemsTest, PutGetRemove) {
  EXPECT_EQ(*items().put("t", item("a", "1", "first")), std::nullopt);
  EXPECT_EQ(*items().get("t", key("a", "1.0")), item("a", "1", "first")) << "equal numbers are one key";
  EXPECT_EQ(*items().put("t", item("a", "1", "second")), item("a", "1", "first"));
  reopen();
  EXPECT_EQ(*items().get("t", key("a", "1")), item("a", "1", "second"));
  EXPECT_EQ(*items().get("t", key("a", "2")), std::nullopt);
  EXPECT_EQ(*items().remove("t", key("a", "1")), item("a", "1", "second"));
  EXPECT_EQ(*items().remove("t", key("a", "1")), std::nullopt);
  EXPECT_EQ(*items().get("t", key("a", "1")), std::nullopt);
}

TEST_F(ItemsTest, CountsAndSizes) {
  ASSERT_TRUE(items().put("t", item("a", "1", "0123456789")));
  ASSERT_TRUE(items().put("t", item("a", "2", "")));
  EXPECT_EQ(items().describe("t")->item_count, 2U);
  const std::uint64_t both = items().describe("t")->size_bytes;
  EXPECT_EQ(both, 10 + 2 * (2U + 3U + 1U)) << "p and one character; s and two bytes; v";
  ASSERT_TRUE(items().put("t", item("a", "1", "")));
  EXPECT_EQ(items().describe("t")->size_bytes, both - 10);
  ASSERT_TRUE(items().remove("t", key("a", "1")));
  ASSERT_TRUE(items().remove("t", key("a", "2")));
  EXPECT_EQ(items().describe("t")->item_count, 0U);
  EXPECT_EQ(items().describe("t")->size_bytes, 0U);
}

TEST_F(ItemsTest, Conditions) {
  const Condition absent = [](const Item* current) { return current == nullptr; };
  ASSERT_TRUE(items().put("t", item("a", "1", "first"), absent));
  const auto refused = items().put("t", item("a", "1", "second"), absent);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().message, "The conditional request failed");
  EXPECT_EQ(*items().get("t", key("a", "1")), item("a", "1", "first"));
  const Condition is_second = [](const Item* current) { return current->at("v").at("S") == "second"; };
  EXPECT_EQ(items().remove("t", key("a", "1"), is_second).error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(*items().get("t", key("a", "1")));
  const Condition throws = [](const Item*) -> bool { throw std::runtime_error("no"); };
  EXPECT_EQ(items().put("t", item("a", "1"), throws).error().code, Code::kInternal);
  EXPECT_TRUE(items().put("t", item("a", "1", "after"))) << "the writer goes on";
}

TEST_F(ItemsTest, OnlyOneOfManyWinsTheCondition) {
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const auto put = items().put("t", item("race", "1", std::to_string(i)),
                                   [](const Item* current) { return current == nullptr; });
      if (put) ++won;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_F(ItemsTest, Limits) {
  // p, a, s, two bytes of the number, v: six bytes besides the text.
  const std::string most(400 * 1024 - 6, 'x');
  EXPECT_TRUE(items().put("t", item("a", "1", most)));
  EXPECT_EQ(items().get("t", key("a", "1"))->value(), item("a", "1", most));
  const auto larger = items().put("t", item("a", "1", most + "x"));
  EXPECT_EQ(larger.error().code, Code::kTooLarge);
  EXPECT_EQ(larger.error().message, "Item size has exceeded the maximum allowed size");

  json::value deep = json::object{{"N", "1"}};
  for (int i = 1; i < 32; ++i) deep = json::object{{"L", json::array{deep}}};
  Item nested = item("a", "2");
  nested["deep"] = deep;
  ASSERT_TRUE(items().put("t", nested));
  const auto back = items().get("t", key("a", "2"));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(**back, nested);
}

// Query and scan against a model: items sorted in memory, conditions by plain comparison.
TEST_F(ItemsTest, QueriesAsAModelDoes) {
  std::mt19937 random(11);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::map<std::string, std::map<int, Item>> model;
  for (int i = 0; i < 300; ++i) {
    const std::string p(1, static_cast<char>('a' + below(3)));
    const int s = below(400) - 200;
    const Item made = item(p, std::to_string(s), std::string(static_cast<std::size_t>(below(300)), 'x'));
    ASSERT_TRUE(items().put("t", made));
    model[p][s] = made;
  }
  const SortOp ops[] = {SortOp::kNone,    SortOp::kEqual,        SortOp::kLess,   SortOp::kLessEqual,
                        SortOp::kGreater, SortOp::kGreaterEqual, SortOp::kBetween};
  for (int round = 0; round < 300; ++round) {
    const std::string p(1, static_cast<char>('a' + below(4)));
    const SortOp op = ops[below(7)];
    const int low = below(420) - 210, high = low + below(100);
    const bool forward = below(2) == 0;
    auto wanted = [&](int s) {
      switch (op) {
        case SortOp::kEqual:
          return s == low;
        case SortOp::kLess:
          return s < low;
        case SortOp::kLessEqual:
          return s <= low;
        case SortOp::kGreater:
          return s > low;
        case SortOp::kGreaterEqual:
          return s >= low;
        case SortOp::kBetween:
          return s >= low && s <= high;
        default:
          return true;
      }
    };
    std::vector<Item> expected;
    for (const auto& [s, made] : model[p]) {
      if (wanted(s)) expected.push_back(made);
    }
    if (!forward) std::ranges::reverse(expected);
    const SortCondition condition{
        .op = op, .low = {{"N", std::to_string(low)}}, .high = {{"N", std::to_string(high)}}};
    PageOptions options{.limit = static_cast<std::size_t>(below(9)), .max_bytes = 1000};
    std::vector<Item> got;
    for (std::size_t pages = 0; pages <= expected.size() + 1; ++pages) {
      const auto page = items().query("t", {{"S", p}}, condition, forward, options);
      ASSERT_TRUE(page) << page.error().message;
      if (options.limit != 0) ASSERT_LE(page->items.size(), options.limit);
      got.insert(got.end(), page->items.begin(), page->items.end());
      if (!page->last_key) break;
      ASSERT_FALSE(page->items.empty());
      options.exclusive_start = page->last_key;
    }
    ASSERT_EQ(got, expected) << "round " << round;
  }

  PageOptions options{.limit = 7};
  std::vector<Item> all, expected;
  for (const auto& [p, sorted] : model) {
    for (const auto& [s, made] : sorted) expected.push_back(made);
  }
  while (true) {
    const auto page = items().scan("t", options);
    ASSERT_TRUE(page);
    all.insert(all.end(), page->items.begin(), page->items.end());
    if (!page->last_key) break;
    options.exclusive_start = page->last_key;
  }
  EXPECT_EQ(all, expected);
}

TEST_F(ItemsTest, PagesEndBeforeTheirBytesAreOver) {
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(items().put("t", item("a", std::to_string(i), std::string(994, 'x'))));
  const auto page = items().query("t", {{"S", "a"}}, {}, true, {.max_bytes = 3500});
  EXPECT_EQ(page->items.size(), 3U);
  EXPECT_TRUE(page->last_key);
  EXPECT_EQ(items().query("t", {{"S", "a"}}, {}, true, {.max_bytes = 10})->items.size(), 1U)
      << "a page is never empty";
  EXPECT_FALSE(items().query("t", {{"S", "a"}}, {}, true, {})->last_key);
}

TEST_F(ItemsTest, BinaryAndTextKeysOrderByBytes) {
  // "", 0x00, 0x00 0x00, 0x01, 0xFF, 0xFF 0x01; empty keys are refused.
  const std::vector<std::string> ordered = {"AA==", "AAA=", "AQ==", "/w==", "/wE="};
  for (const std::string& s : ordered)
    ASSERT_TRUE(items().put("bytes", {{"p", {{"N", "1"}}}, {"s", {{"B", s}}}}));
  EXPECT_FALSE(items().put("bytes", {{"p", {{"N", "1"}}}, {"s", {{"B", ""}}}}));
  auto names = [&](const SortCondition& condition) {
    std::vector<std::string> got;
    for (const Item& found : items().query("bytes", {{"N", "1.0"}}, condition, true, {})->items)
      got.emplace_back(found.at("s").at("B").as_string());
    return got;
  };
  EXPECT_EQ(names({}), ordered);
  EXPECT_EQ(names({.op = SortOp::kBeginsWith, .low = {{"B", "AA=="}}}),
            (std::vector<std::string>{"AA==", "AAA="}));
  EXPECT_EQ(names({.op = SortOp::kBeginsWith, .low = {{"B", "/w=="}}}),
            (std::vector<std::string>{"/w==", "/wE="}));
  for (const char* s : {"a", "ab", "b", "ä", "B"})
    ASSERT_TRUE(items().put("text", {{"p", {{"B", "AA=="}}}, {"s", {{"S", s}}}}));
  std::string order;
  for (const Item& found : items().query("text", {{"B", "AA=="}}, {}, true, {})->items)
    order += std::string(found.at("s").at("S").as_string()) + " ";
  EXPECT_EQ(order, "B a ab b ä ");
}

TEST_F(ItemsTest, RefusesConditionsThatDoNotFit) {
  auto problem = [&](const char* table, json::value partition, const SortCondition& sort,
                     const PageOptions& options = {}) {
    const auto page = items().query(table, partition, sort, true, options);
    return page ? "" : page.error().message;
  };
  const std::string mismatch =
      "One or more parameter values were invalid: Condition parameter type does not match schema type";
  EXPECT_EQ(problem("t", {{"N", "1"}}, {}), mismatch);
  EXPECT_EQ(problem("t", {{"S", "a"}}, {.op = SortOp::kEqual, .low = {{"S", "1"}}}), mismatch);
  EXPECT_NE(problem("t", {{"S", "a"}}, {.op = SortOp::kBeginsWith, .low = {{"N", "1"}}}), "");
  EXPECT_NE(problem("t", {{"S", "a"}}, {.op = SortOp::kBetween, .low = {{"N", "2"}}, .high = {{"N", "1"}}}),
            "");
  EXPECT_NE(problem("plain", {{"S", "a"}}, {.op = SortOp::kEqual, .low = {{"N", "1"}}}), "");
  EXPECT_NE(
      problem("t", {{"S", "a"}}, {}, {.exclusive_start = parse(R"({"p":{"S":"a"}})")}).find("starting key"),
      std::string::npos);
  EXPECT_NE(problem("t", {{"S", "a"}}, {}, {.exclusive_start = key("b", "1")}).find("starting key"),
            std::string::npos);
  EXPECT_EQ(problem("t", nullptr, {}), mismatch);
  EXPECT_EQ(items().scan("t", {.exclusive_start = parse(R"({})")}).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace eyrie::store
