// What of items lies on disk: nothing in clear but keys, nothing that opens where it does not belong; and how items of
// before format 6 become so, killed or not.
#include <gtest/gtest.h>

#include "store/testing_at_rest.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kMarker = "Label-Nobody-May-Read";
constexpr int kOldItems = 3000;

class ItemsAtRestTest : public testing::AtRestTest<testing::StoreTest> {
 protected:
  static Item item(const std::string& p, const std::string& v) { return {{"p", {{"S", p}}}, {"v", {{"S", v}}}}; }
  static Item key(const std::string& p) { return {{"p", {{"S", p}}}}; }

  // The database as format 5 had it, with traces of deleted rows on free pages.
  void make_old() {
    ASSERT_TRUE(items().create_table({.name = "old", .partition = {"p", KeyType::kString}}));
    const std::string text = std::string(R"('{"p":{"S":"' || i || '"},"v":{"S":")") + std::string(kMarker) + R"(' || i || '"}}')";
    sql(testing::without_formats_after(7) + testing::kFaceTablesOfFormat6 +
        "ALTER TABLE tables DROP COLUMN data_key; PRAGMA user_version = 5;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(2 * kOldItems) + ")"
        " INSERT INTO items(name, partition, sort, item, size) SELECT 'old', CAST(i AS BLOB), x'', " + text + ", 30 FROM n;"
        "DELETE FROM items WHERE rowid > " + std::to_string(kOldItems) + ";");
    ASSERT_TRUE(on_disk(kMarker));
  }
  void expect_sealed() {
    EXPECT_FALSE(on_disk(kMarker));
    const auto page = items().scan("old", {.max_bytes = 64 << 20});
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->items.size(), static_cast<std::size_t>(kOldItems));
    for (int i : {1, 2, kOldItems / 2, kOldItems}) {
      const auto found = items().get("old", key(std::to_string(i)));
      ASSERT_TRUE(found && *found);
      EXPECT_EQ(**found, item(std::to_string(i), std::string(kMarker) + std::to_string(i)));
    }
  }
};

TEST_F(ItemsAtRestTest, NothingOfAnItemIsInClearButItsKeys) {
  ASSERT_TRUE(items().create_table({.name = "t", .partition = {"p", KeyType::kString}}));
  ASSERT_TRUE(items().put("t", item("the-key-in-clear", std::string(kMarker))));
  EXPECT_FALSE(on_disk(kMarker));
  reopen();
  EXPECT_FALSE(on_disk(kMarker));
  EXPECT_TRUE(on_disk("the-key-in-clear"));
  EXPECT_EQ(**items().get("t", key("the-key-in-clear")), item("the-key-in-clear", std::string(kMarker)));
}

TEST_F(ItemsAtRestTest, AnItemOpensOnlyInItsPlaceAndWhole) {
  for (const char* table : {"t", "u"}) {
    ASSERT_TRUE(items().create_table({.name = table, .partition = {"p", KeyType::kString}}));
    ASSERT_TRUE(items().put(table, item("a", "1")));
    ASSERT_TRUE(items().put(table, item("b", "2")));
  }
  sql("CREATE TABLE kept AS SELECT * FROM items");
  const std::string one = " WHERE name = 't' AND partition = CAST('a' AS BLOB)";
  for (const std::string& forged : std::vector<std::string>{
           "(SELECT item FROM items WHERE name = 't' AND partition = CAST('b' AS BLOB))",
           "(SELECT item FROM items WHERE name = 'u' AND partition = CAST('a' AS BLOB))",
           R"('{"p":{"S":"a"},"v":{"S":"clear"}}')", "x''", "substr(item, 1, length(item) - 1)", "item || x'00'",
           "substr(item, 1, 20) || CASE substr(item, 21, 1) WHEN x'00' THEN x'01' ELSE x'00' END || substr(item, 22)"}) {
    sql("UPDATE items SET item = CAST(" + forged + " AS BLOB)" + one);
    reopen();
    EXPECT_EQ(items().get("t", key("a")).error().code, Code::kCorrupt) << forged;
    EXPECT_EQ(items().scan("t", {}).error().code, Code::kCorrupt) << forged;
    EXPECT_TRUE(*items().get("t", key("b")));
    // Nobody can judge it by a condition; it can be written over and removed.
    EXPECT_EQ(items().put("t", item("a", "3"), [](const Item*) { return true; }).error().code, Code::kCorrupt) << forged;
    const auto replaced = items().put("t", item("a", "3"));
    ASSERT_TRUE(replaced) << forged << ": " << replaced.error().message;
    EXPECT_FALSE(*replaced) << "what was there is not made up";
    EXPECT_EQ(**items().get("t", key("a")), item("a", "3"));
    sql("UPDATE items SET item = CAST(" + forged + " AS BLOB)" + one);
    reopen();
    ASSERT_TRUE(items().remove("t", key("a"))) << forged;
    EXPECT_FALSE(*items().get("t", key("a")));
    EXPECT_EQ(items().describe("t")->item_count, 1U);
    ASSERT_TRUE(items().put("t", item("a", "1")));
    sql("UPDATE items SET item = (SELECT item FROM kept" + one + ")" + one);
    reopen();
    EXPECT_EQ(**items().get("t", key("a")), item("a", "1"));
  }
  sql(R"(UPDATE items SET item = '{"p":{"S":"a"},"v":{"S":"clear"}}')" + one);
  reopen();
  EXPECT_EQ(items().get("t", key("a")).error().code, Code::kCorrupt) << "clear text is never taken for an item";
  sql("UPDATE tables SET data_key = (SELECT data_key FROM tables WHERE name = 'u') WHERE name = 't'");
  reopen();
  EXPECT_EQ(items().get("t", key("b")).error().code, Code::kCorrupt) << "a table's key serves that table";
}

TEST_F(ItemsAtRestTest, OldItemsAreSealedAtTheFirstStart) {
  make_old();
  reopen();
  expect_sealed();
  EXPECT_EQ(*store_->setting("clear_items"), std::nullopt);
  reopen();
  expect_sealed();
}

TEST_F(ItemsAtRestTest, SealingGoesOnAfterAKill) {
  make_old();
  open_and_kill();
  reopen();
  expect_sealed();
}

}  // namespace
}  // namespace eyrie::store
