#include "analysis/pictures/search_terms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> words(std::string_view typed) {
  std::vector<std::string> all;
  for (const SearchTerm& term : search_terms(typed)) all.push_back(term.text);
  return all;
}

constexpr Place kArezzo{.latitude = 43.4674F, .longitude = 11.8851F};
constexpr Place kLima{.latitude = -12.0464F, .longitude = -77.0428F};

bool all_of(std::string_view typed, const Place& place) {
  for (const SearchTerm& term : search_terms(typed)) {
    if (!term.coordinate || !term.coordinate->of(place)) return false;
  }
  return true;
}

TEST(SearchTerms, AreWords) {
  EXPECT_THAT(words("  Sports CAR,\n red; "), ElementsAre("sports", "car", "red"));
  EXPECT_THAT(words(""), ElementsAre());
  EXPECT_THAT(words(","), ElementsAre(","));
  EXPECT_THAT(words("a,b"), ElementsAre("a,b"));
  EXPECT_EQ(search_terms("a b c d e f g h i j k l m n o p q r").size(), kMaxWords);
}

TEST(SearchTerms, AreCoordinates) {
  for (const char* typed : {"43.4", "43.46", "43.467", "43.4674", "43.46, 11.88", "43.46,11.88", "43,46", "43.4674\u00b0 N, 11.8851\u00b0 E", "43,4674\u00b0 N, 11,8851\u00b0 O", "11.88",
                            "+43.46", "43.46 n"})
    EXPECT_TRUE(all_of(typed, kArezzo)) << typed;
  for (const char* typed : {"43.48", "43.46, 11.90", "-43.46", "43", "43.", ".46", "43.46 e", "11.88 n", "43.46 s", "43.4674x", "1e1.5", "inf", "nan", "443.46"})
    EXPECT_FALSE(all_of(typed, kArezzo)) << typed;
  for (const char* typed : {"12.04", "-12.04, -77.04", "12.0464\u00b0 S, 77.0428\u00b0 W"}) EXPECT_TRUE(all_of(typed, kLima)) << typed;
  EXPECT_FALSE(all_of("12.0464\u00b0 N", kLima));
  EXPECT_THAT(words("43.46,11.88 n cat"), ElementsAre("43.46", "11.88", "cat"));
}

}  // namespace
}  // namespace eyrie::analysis
