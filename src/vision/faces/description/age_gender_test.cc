#include "vision/faces/description/age_gender.h"

#include <gtest/gtest.h>

#include <vector>

namespace eyrie::vision {
namespace {

TEST(Age, MiddleYearHalvesTheShares) {
  std::vector<float> shares(100);
  EXPECT_EQ(middle_year(shares), 0);  // none at all
  shares[30] = 1;
  EXPECT_DOUBLE_EQ(middle_year(shares), 30.5);
  shares[10] = 1;
  EXPECT_DOUBLE_EQ(middle_year(shares), 11);  // the end of the year that completes a half
  shares[50] = 2;
  EXPECT_DOUBLE_EQ(middle_year(shares), 31);
}

TEST(Age, EvenedSharesLeanAwayFromTheThirties) {
  std::vector<float> alike(100, 0.01F);
  even_shares(alike);
  EXPECT_NEAR(alike[32], 0.01, 1e-5);
  EXPECT_NEAR(alike[2], alike[63], 1e-6);  // as far from 33
  for (std::size_t year = 33; year + 1 < 100; ++year) EXPECT_LT(alike[year], alike[year + 1]);
  for (std::size_t year = 0; year < 32; ++year) EXPECT_GT(alike[year], alike[year + 1]);
  std::vector<float> sure(100);
  sure[70] = 1;
  even_shares(sure);
  EXPECT_DOUBLE_EQ(middle_year(sure), 70.5) << "what is sure stays";
}

TEST(Age, YearsGrowWithTheNetworksOwnAndTheRangeIsAboutThem) {
  double before = -1;
  for (double raw = 0; raw <= 100; raw += 0.5) {
    const AgeGender found{.raw_age = raw};
    const double years = years_of(found);
    EXPECT_GT(years, before);
    before = years;
    const auto [low, high] = age_range_of(found);
    EXPECT_GE(low, 0);
    EXPECT_LE(low, years + 0.5);
    EXPECT_GE(high, years - 0.5);
    EXPECT_NEAR((low + high) / 2.0, years, 1);
    EXPECT_LT(high - low, 40);
  }
  EXPECT_LT(age_range_of({.raw_age = 2}).second, 6);
  EXPECT_GT(age_range_of({.raw_age = 65}).first, 50);
}

TEST(Gender, EvenOddsAreNoMoreThanAGuess) {
  const auto woman = gender_of({.male_odds = -3});
  EXPECT_EQ(woman.first, Gender::kFemale);
  EXPECT_GT(woman.second, 95);
  const auto man = gender_of({.male_odds = 4});
  EXPECT_EQ(man.first, Gender::kMale);
  EXPECT_GT(man.second, 95);
  EXPECT_NEAR(gender_of({.male_odds = 0.6}).second, 50, 0.01);
  EXPECT_LE(gender_of({.male_odds = 50}).second, 99.9);
}

}  // namespace
}  // namespace eyrie::vision
