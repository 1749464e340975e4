// kill -9 at random moments, of items: what is written together is there together; additions that were acknowledged are counted, each
// once; a table that was being deleted is there whole or not at all, and nothing is left of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "base/killing.h"
#include "store/check/check.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

constexpr int kItemsOfATable = 700;  // more than go at once

Item numbered_item(int p) { return {{"p", {{"N", std::to_string(p)}}}}; }

long counted(const Item* item) { return item == nullptr ? 0 : std::stol(std::string(item->at("n").at("N").as_string())); }

ItemWrite addition(int p) {
  return {.kind = ItemWrite::Kind::kEdit, .table = "t", .item = numbered_item(p), .condition = {}, .edit = [p](const Item* current) -> Result<std::optional<Item>> {
            Item item = numbered_item(p);
            item["n"] = json::object{{"N", std::to_string(counted(current) + 1)}};
            return item;
          }};
}

void say(int pipe, const std::string& line) {
  if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(4);
}

class ItemCrashTest : public ::testing::Test {
 protected:
  std::unique_ptr<EmbeddedStore> open() {
    auto store = EmbeddedStore::open({.directory = directory_.path()});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  void expect_sound() {
    const auto checked = check_store({.directory = directory_.path()}, {.found = [](const Finding& finding) { ADD_FAILURE() << finding.place << ": " << finding.what; }});
    EXPECT_TRUE(checked) << checked.error().message;
  }

  testing::TemporaryDirectory directory_;
};

TEST_F(ItemCrashTest, AdditionsKilledAtRandomMoments) {
  ASSERT_TRUE(open()->items().create_table({.name = "t", .partition = {"p", KeyType::kNumber}}));
  Killings killings({.rounds = 8, .least = std::chrono::milliseconds(20), .most = std::chrono::milliseconds(200), .enough = 20});
  long acknowledged = 0;
  while (killings.more()) {
    const std::string lines = killings.run([&](int pipe) {
      const auto store = open();
      while (store) {
        std::vector<Written> written;
        if (!store->items().write({addition(1), addition(2)}, written)) ::_exit(2);
        say(pipe, "added\n");
      }
      ::_exit(1);
    });
    acknowledged += std::ranges::count(lines, '\n');
    const auto store = open();
    ASSERT_TRUE(store);
    const auto both = store->items().get_all({{"t", numbered_item(1)}, {"t", numbered_item(2)}}, 1000);
    ASSERT_TRUE(both);
    const long first = counted((*both)[0] ? &*(*both)[0] : nullptr), second = counted((*both)[1] ? &*(*both)[1] : nullptr);
    EXPECT_EQ(first, second);
    EXPECT_TRUE(first == acknowledged || first == acknowledged + 1) << first << " of " << acknowledged;
    acknowledged = first;
  }
  EXPECT_TRUE(killings.enough());
  expect_sound();
}

TEST_F(ItemCrashTest, DeletionsKilledAtRandomMoments) {
  Killings killings({.rounds = 8, .least = std::chrono::milliseconds(1), .most = std::chrono::milliseconds(60), .enough = 3});
  while (killings.more()) {
    {
      const auto store = open();
      ASSERT_TRUE(store);
      const Status made = store->items().create_table({.name = "t", .partition = {"p", KeyType::kNumber}});
      ASSERT_TRUE(made || made.error().code == Code::kAlreadyExists);
      for (int at = 0; at < kItemsOfATable; at += 100) {
        std::vector<ItemWrite> writes;
        for (int p = at; p < at + 100; ++p) writes.push_back({.table = "t", .item = numbered_item(p), .condition = {}});
        std::vector<Written> written;
        ASSERT_TRUE(store->items().write(writes, written));
      }
    }
    const std::string lines = killings.run([&](int pipe) {
      const auto store = open();
      if (!store) ::_exit(1);
      say(pipe, "opened\n");
      if (!store->items().delete_table("t")) ::_exit(2);
      say(pipe, "deleted\n");
      while (true) ::pause();
    });
    const auto store = open();
    ASSERT_TRUE(store);
    const auto table = store->items().describe("t");
    if (lines.contains("deleted")) EXPECT_FALSE(table);
    if (table) EXPECT_EQ(table->item_count, static_cast<std::uint64_t>(kItemsOfATable));
  }
  EXPECT_TRUE(killings.enough());
  expect_sound();
}

}  // namespace
}  // namespace eyrie::store
