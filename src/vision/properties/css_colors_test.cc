#include "vision/properties/css_colors.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace eyrie::vision {
namespace {

const CssColor& of(int red, int green, int blue) {
  return nearest_css_color(
      to_lab(static_cast<float>(red), static_cast<float>(green), static_cast<float>(blue)));
}

TEST(CssColorsTest, TheirOwnValuesHaveTheirNames) {
  EXPECT_EQ(of(47, 79, 79).name, "darkslategrey");
  EXPECT_EQ(of(85, 107, 47).name, "darkolivegreen");
  EXPECT_EQ(of(128, 128, 128).name, "gray");
  EXPECT_EQ(of(105, 105, 105).name, "dimgrey");
  EXPECT_EQ(of(102, 51, 153).name, "rebeccapurple");
}

// As Rekognition answers them.
TEST(CssColorsTest, SimpleColoursOfKnownAnswers) {
  EXPECT_EQ(of(47, 79, 79).simple, "grey");
  EXPECT_EQ(of(85, 107, 47).simple, "green");
  EXPECT_EQ(of(128, 128, 128).simple, "grey");
  EXPECT_EQ(of(0, 0, 0).simple, "black");
}

TEST(CssColorsTest, TwelveSimpleColours) {
  std::set<std::string_view> simple;
  std::set<std::string_view> names;
  for (int red = 0; red < 256; red += 15) {
    for (int green = 0; green < 256; green += 15) {
      for (int blue = 0; blue < 256; blue += 15) {
        simple.insert(of(red, green, blue).simple);
        names.insert(of(red, green, blue).name);
      }
    }
  }
  const std::set<std::string_view> twelve{"black",  "blue", "brown",  "cyan", "green", "grey",
                                          "orange", "pink", "purple", "red",  "white", "yellow"};
  EXPECT_EQ(simple, twelve);
  EXPECT_GT(names.size(), 120U);
}

TEST(CssColorsTest, DullColoursKeepTheirHue) {
  EXPECT_EQ(of(111, 83, 69).simple, "brown");
  EXPECT_EQ(of(195, 143, 102).simple, "brown");
  EXPECT_EQ(of(74, 107, 138).simple, "blue");
}

}  // namespace
}  // namespace eyrie::vision
