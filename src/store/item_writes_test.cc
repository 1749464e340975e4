// Several items written together, or none; several read at one moment; tables that go with their items.
#include <gtest/gtest.h>

#include <thread>

#include "store/testing.h"

namespace eyrie::store {
namespace {

class ItemWritesTest : public testing::StoreTest {
 protected:
  using Kind = ItemWrite::Kind;

  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(items().create_table({.name = "t", .partition = {"p", KeyType::kNumber}}));
  }
  static Item key(int p) { return {{"p", {{"N", std::to_string(p)}}}}; }
  static Item valued(int p, const std::string& v) {
    Item item = key(p);
    item["v"] = json::object{{"S", v}};
    return item;
  }
  static ItemWrite write(Kind kind, const Item& item, const Condition& condition = {}) {
    return {.kind = kind, .table = "t", .item = item, .condition = condition};
  }
  static ItemWrite edit(int p, Edit edit) { return {.kind = Kind::kEdit, .table = "t", .item = key(p), .condition = {}, .edit = std::move(edit)}; }
  std::string stored(int p) {
    const auto item = *items().get("t", key(p));
    return item ? std::string(item->at("v").at("S").as_string()) : "none";
  }
  Status run(const std::vector<ItemWrite>& writes) { return items().write(writes, written_); }

  std::vector<Written> written_;
};

TEST_F(ItemWritesTest, HappenTogether) {
  ASSERT_TRUE(items().put("t", valued(2, "two")));
  ASSERT_TRUE(items().put("t", valued(3, "three")));
  ASSERT_TRUE(run({write(Kind::kPut, valued(1, "one")), write(Kind::kRemove, key(2)), edit(3, [](const Item* current) -> Result<std::optional<Item>> {
                     Item changed = *current;
                     changed["v"] = json::object{{"S", "changed"}};
                     return changed;
                   }),
                   write(Kind::kCheck, key(4), [](const Item* current) { return current == nullptr; })}));
  EXPECT_EQ(stored(1), "one");
  EXPECT_EQ(stored(2), "none");
  EXPECT_EQ(stored(3), "changed");
  EXPECT_EQ(written_[0].before, std::nullopt);
  EXPECT_EQ(written_[1].before, valued(2, "two"));
  EXPECT_EQ(written_[2].before, valued(3, "three"));
  EXPECT_EQ(written_[2].after, valued(3, "changed"));
  EXPECT_EQ(items().describe("t")->item_count, 2U);
}

TEST_F(ItemWritesTest, OrNoneDoes) {
  ASSERT_TRUE(items().put("t", valued(2, "two")));
  const auto refuse = [](const Item*) { return false; };
  const Status done = run({write(Kind::kPut, valued(1, "one")), write(Kind::kPut, valued(2, "other"), refuse), write(Kind::kRemove, key(2)),
                           edit(3, [](const Item*) -> Result<std::optional<Item>> { return fail(Code::kInvalidArgument, "not this"); })});
  EXPECT_EQ(done.error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(written_[0].status);
  EXPECT_EQ(written_[1].status.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(written_[1].before, valued(2, "two"));
  EXPECT_EQ(written_[3].status.error().message, "not this");
  EXPECT_EQ(stored(1), "none");
  EXPECT_EQ(stored(2), "two");
  EXPECT_EQ(items().describe("t")->item_count, 1U);

  EXPECT_EQ(run({write(Kind::kPut, valued(1, "one")), {.table = "absent", .item = key(1), .condition = {}}}).error().code, Code::kNotFound);
  EXPECT_EQ(run({write(Kind::kPut, valued(1, "one")), write(Kind::kPut, valued(5, std::string(500'000, 'x')))}).error().code, Code::kTooLarge);
  EXPECT_EQ(stored(1), "none");
}

TEST_F(ItemWritesTest, EditsKeepTheKeyAndTheSize) {
  ASSERT_TRUE(items().put("t", valued(1, "one")));
  EXPECT_FALSE(run({edit(1, [](const Item*) -> Result<std::optional<Item>> { return valued(2, "moved"); })}));
  const Status grown = run({edit(1, [](const Item*) -> Result<std::optional<Item>> { return valued(1, std::string(500'000, 'x')); })});
  EXPECT_EQ(grown.error().message, "Item size to update has exceeded the maximum allowed size");
  EXPECT_TRUE(run({edit(2, [](const Item*) -> Result<std::optional<Item>> { return std::nullopt; })}));
  EXPECT_EQ(stored(1), "one");
  EXPECT_EQ(stored(2), "none");
}

TEST_F(ItemWritesTest, ManyAreReadAtOneMoment) {
  for (const int p : {1, 2}) ASSERT_TRUE(items().put("t", valued(p, "0")));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 1; !stop; ++i) {
      std::vector<Written> written;
      const std::string v = std::to_string(i);
      EXPECT_TRUE(items().write({write(Kind::kPut, valued(1, v)), write(Kind::kPut, valued(2, v))}, written));
    }
  });
  for (int i = 0; i < 200; ++i) {
    const auto both = items().get_all({{"t", key(1)}, {"t", key(2)}}, 1000);
    ASSERT_TRUE(both);
    EXPECT_EQ((*both)[0]->at("v"), (*both)[1]->at("v"));
  }
  stop = true;
  writer.join();
}

TEST_F(ItemWritesTest, ReadsEndWhereTheyBecomeTooMuch) {
  for (const int p : {1, 2, 3}) ASSERT_TRUE(items().put("t", valued(p, std::string(1000, 'x'))));
  EXPECT_EQ(items().get_all({{"t", key(1)}, {"t", key(9)}, {"t", key(2)}, {"t", key(3)}}, 2500)->size(), 3U);
  EXPECT_EQ(items().get_all({{"t", key(1)}, {"t", key(2)}}, 10)->size(), 1U) << "one at least";
  EXPECT_EQ(items().get_all({{"t", key(1)}, {"absent", key(2)}}, 10'000).error().code, Code::kNotFound);
}

TEST_F(ItemWritesTest, TablesGoWithTheirItems) {
  ASSERT_TRUE(items().create_table({.name = "other", .partition = {"p", KeyType::kNumber}}));
  for (int at = 0; at < 1200; at += 100) {  // more than go at once
    std::vector<ItemWrite> writes;
    for (int p = at; p < at + 100; ++p) writes.push_back(write(Kind::kPut, valued(p, "x")));
    ASSERT_TRUE(run(writes));
  }
  ASSERT_TRUE(items().put("other", valued(1, "stays")));
  ASSERT_TRUE(items().delete_table("t"));
  EXPECT_EQ(items().delete_table("t").error().code, Code::kNotFound);
  EXPECT_EQ(items().get("t", key(1)).error().code, Code::kNotFound);
  EXPECT_EQ(*items().tables(), std::vector<std::string>{"other"});
  ASSERT_TRUE(items().create_table({.name = "t", .partition = {"p", KeyType::kNumber}}));
  EXPECT_TRUE(items().scan("t", {})->items.empty());
  EXPECT_EQ(items().scan("other", {})->items.size(), 1U);
}

}  // namespace
}  // namespace eyrie::store
