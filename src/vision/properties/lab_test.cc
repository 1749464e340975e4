#include "vision/properties/lab.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

TEST(LabTest, KnownColours) {
  const Lab white = to_lab(255, 255, 255);
  EXPECT_NEAR(white.lightness, 100, 0.01);
  EXPECT_NEAR(white.a, 0, 0.05);
  EXPECT_NEAR(white.b, 0, 0.05);
  const Lab red = to_lab(255, 0, 0);
  EXPECT_NEAR(red.lightness, 53.24, 0.05);
  EXPECT_NEAR(red.a, 80.09, 0.05);
  EXPECT_NEAR(red.b, 67.20, 0.05);
}

// From the table of examples of Sharma, Wu and Dalal.
TEST(LabTest, KnownDifferences) {
  struct Pair {
    Lab one, other;
    float difference;
  };
  constexpr Pair kPairs[] = {
      {{50, 2.6772F, -79.7751F}, {50, 0, -82.7485F}, 2.0425F},
      {{50, 0, 0}, {50, -1, 2}, 2.3669F},
      {{50, 2.4900F, -0.0010F}, {50, -2.4900F, 0.0009F}, 7.1792F},
      {{50, 2.5F, 0}, {73, 25, -18}, 27.1492F},
      {{50, 2.5F, 0}, {61, -5, 29}, 22.8977F},
      {{60.2574F, -34.0099F, 36.2677F}, {60.4626F, -34.1751F, 39.4387F}, 1.2644F},
      {{2.0776F, 0.0795F, -1.1350F}, {0.9033F, -0.0636F, -0.5514F}, 0.9082F},
  };
  for (const Pair& pair : kPairs) {
    EXPECT_NEAR(color_difference(pair.one, pair.other), pair.difference, 1e-3F);
    EXPECT_NEAR(color_difference(pair.other, pair.one), pair.difference, 1e-3F);
  }
}

}  // namespace
}  // namespace eyrie::vision
