#include "vision/faces/similarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eyrie::vision {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Similarity, RisesStrictlyFrom0To100) {
  EXPECT_EQ(similarity_of_cosine(-1), 0);
  EXPECT_EQ(similarity_of_cosine(1), 100);
  double last = -1;
  for (int i = -1000; i <= 1000; ++i) {
    const double now = similarity_of_cosine(i / 1000.0);
    EXPECT_GT(now, last) << i;
    last = now;
  }
  EXPECT_LE(last, 100);
}

TEST(Similarity, CosinesThatNoneAreStayOnTheScale) {
  EXPECT_EQ(similarity_of_cosine(1.0000002), 100);  // two floats of unit length
  EXPECT_EQ(similarity_of_cosine(-7), 0);
  for (const double none : {kNan, kInfinity, -kInfinity}) EXPECT_EQ(similarity_of_cosine(none), 0);
}

TEST(Similarity, GoesBackToItsCosine) {
  for (int i = 0; i <= 1000; ++i) {
    const double similarity = i / 10.0;
    EXPECT_NEAR(similarity_of_cosine(cosine_of_similarity(similarity)), similarity, 1e-9);
  }
  for (int i = -100; i <= 100; ++i) {
    EXPECT_NEAR(cosine_of_similarity(similarity_of_cosine(i / 100.0)), i / 100.0, 1e-9);
  }
}

TEST(Similarity, AThresholdThatIsNoneLetsOnlyEqualsThrough) {
  EXPECT_EQ(cosine_of_similarity(-3), -1);
  EXPECT_EQ(cosine_of_similarity(250), 1);
  EXPECT_EQ(cosine_of_similarity(kNan), 1);
}

// What people set thresholds by: strangers' usual cosines are low on the scale, one person's high.
TEST(Similarity, SpreadsWhatNetworksTell) {
  EXPECT_LT(similarity_of_cosine(0.04), 20);
  EXPECT_GT(similarity_of_cosine(0.61), 99);
  EXPECT_NEAR(cosine_of_similarity(80), 0.43, 1e-9);
}

TEST(Similarity, OfEmbeddings) {
  const std::vector<float> a{0.6F, 0.8F, 0}, b{0.8F, 0.6F, 0}, across{0, 0, 1}, back{-0.6F, -0.8F, 0};
  EXPECT_NEAR(similarity(a, a), 100, 1e-4);
  EXPECT_NEAR(similarity(a, b), similarity_of_cosine(0.96), 1e-4);
  EXPECT_EQ(similarity(a, b), similarity(b, a));
  EXPECT_NEAR(similarity(a, across), similarity_of_cosine(0), 1e-4);
  EXPECT_NEAR(similarity(a, back), 0, 1e-4);
}

TEST(Similarity, OfWhatCannotBeComparedIsNone) {
  const std::vector<float> a{0.6F, 0.8F}, longer{0.6F, 0.8F, 0}, none;
  EXPECT_EQ(similarity(a, longer), 0);
  EXPECT_EQ(similarity(a, none), 0);
  EXPECT_EQ(similarity(none, none), 0);
  const std::vector<float> broken{std::numeric_limits<float>::quiet_NaN(), 0};
  EXPECT_EQ(similarity(a, broken), 0);
}

}  // namespace
}  // namespace eyrie::vision
