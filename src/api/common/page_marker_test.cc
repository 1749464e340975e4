#include "api/common/page_marker.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace eyrie::api {
namespace {

using Names = std::vector<std::string>;

// All names that pages of `most` show while `between` changes the list after each.
Names walk(std::set<std::string> list, std::size_t most, const std::function<void(std::set<std::string>&, const Names& page)>& between) {
  Names seen;
  std::optional<std::string> after;
  while (true) {
    const Names entries(list.begin(), list.end());
    const PageSpan span = page_span(entries, after, most, std::identity());
    const Names page(entries.begin() + static_cast<std::ptrdiff_t>(span.begin), entries.begin() + static_cast<std::ptrdiff_t>(span.end));
    EXPECT_LE(page.size(), most);
    seen.insert(seen.end(), page.begin(), page.end());
    if (span.next.empty()) return seen;
    between(list, page);
    after = marked_key(span.next);
    EXPECT_TRUE(after);
  }
}

TEST(PageMarkerTest, PagesAreOfTheListAsItIs) {
  const std::set<std::string> all = {"a", "b", "c", "d", "e", "f"};
  const Names every(all.begin(), all.end());
  for (std::size_t most = 1; most < 8; ++most) {
    EXPECT_EQ(walk(all, most, [](auto&, auto&) {}), every) << most;
    EXPECT_EQ(walk(all, most, [](auto& list, const Names& page) { for (const std::string& name : page) list.erase(name); }), every) << most;
    EXPECT_EQ(walk(all, most, [](auto& list, auto&) { list.insert("0"); }), every) << most << ": what is made before the page is not seen";
  }
  EXPECT_EQ(walk(all, 2, [](auto& list, auto&) { list.erase("c"); list.insert("d2"); }), (Names{"a", "b", "d", "d2", "e", "f"}));
  EXPECT_EQ(walk(all, 2, [](auto& list, auto&) { list.clear(); }), (Names{"a", "b"}));
  EXPECT_EQ(walk({}, 2, [](auto&, auto&) {}), Names());
}

TEST(PageMarkerTest, Markers) {
  for (const char* key : {"", "a", "arn:aws:iam::000000000000:policy/p", "\xFF"}) EXPECT_EQ(marked_key(page_marker(key)), key);
  for (const char* none : {"", "nonsense", "Mg==", "=", "YWZ0ZXI=", "after:a"}) EXPECT_EQ(marked_key(none), std::nullopt) << none;
}

TEST(PageMarkerTest, NumbersCompareAsNumbers) {
  EXPECT_LT(number_key(0), number_key(9));
  EXPECT_LT(number_key(9), number_key(10));
  EXPECT_LT(number_key(10), number_key(INT64_MAX));
}

}  // namespace
}  // namespace eyrie::api
