#include "vision/faces/description/emotion.h"

#include <gtest/gtest.h>

#include <set>

namespace eyrie::vision {
namespace {

const std::vector<std::string> kClasses{"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};

double sum_of(const std::vector<Emotion>& emotions) {
  double sum = 0;
  for (const Emotion& emotion : emotions) sum += emotion.confidence;
  return sum;
}

TEST(Emotion, AllEightComeSurestFirstAndMakeAHundred) {
  const std::vector<float> shares{0.02F, 0.01F, 0.01F, 0.9F, 0.01F, 0.01F, 0.04F};
  const std::vector<Emotion> emotions = emotions_of(kClasses, shares, 0.9);
  ASSERT_EQ(emotions.size(), 8U);
  std::set<std::string_view> types;
  for (std::size_t i = 0; i < emotions.size(); ++i) {
    types.insert(emotions[i].type);
    if (i > 0) EXPECT_LE(emotions[i].confidence, emotions[i - 1].confidence);
  }
  EXPECT_EQ(types, (std::set<std::string_view>{"ANGRY", "CALM", "CONFUSED", "DISGUSTED", "FEAR", "HAPPY",
                                               "SAD", "SURPRISED"}));
  EXPECT_EQ(emotions[0].type, "HAPPY");
  EXPECT_EQ(emotions[1].type, "CALM");
  EXPECT_NEAR(sum_of(emotions), 100, 1e-9);
  EXPECT_EQ(confidence_in("CONFUSED", emotions), 0);  // no evidence says it
  EXPECT_EQ(confidence_in("BORED", emotions), 0);
}

TEST(Emotion, NobodyIsHappyWithoutASmile) {
  const std::vector<float> shares{0, 0, 0, 0.9F, 0.02F, 0, 0.08F};
  const auto smiling = emotions_of(kClasses, shares, 1.0);
  const auto straight = emotions_of(kClasses, shares, 0.0);
  EXPECT_EQ(smiling[0].type, "HAPPY");
  EXPECT_EQ(straight[0].type, "CALM");
  EXPECT_LT(confidence_in("HAPPY", straight), confidence_in("HAPPY", smiling) / 2);
  EXPECT_NEAR(sum_of(straight), 100, 1e-9);
}

TEST(Emotion, UnknownClassesAndBadSharesSayNothing) {
  EXPECT_EQ(sum_of(emotions_of({}, {}, std::nullopt)), 0);
  const std::vector<std::string> classes{"happy", "hungry"};
  const std::vector<float> shares{-0.5F, 2};
  for (const Emotion& emotion : emotions_of(classes, shares, std::nullopt)) EXPECT_EQ(emotion.confidence, 0);
}

}  // namespace
}  // namespace eyrie::vision
