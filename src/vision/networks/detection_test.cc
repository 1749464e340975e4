#include "vision/networks/detection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;

Detection box(float left, float top, float right, float bottom, int cls = 0, float score = 0.5F) {
  return {left, top, right, bottom, cls, score};
}

std::vector<float> scores(const std::vector<Detection>& detections) {
  std::vector<float> all;
  for (const Detection& detection : detections) all.push_back(detection.score);
  return all;
}

TEST(Detection, AreaIsNeverNegative) {
  EXPECT_FLOAT_EQ(box(0.25F, 0.5F, 0.75F, 1).area(), 0.25F);
  EXPECT_EQ(box(0.5F, 0, 0.5F, 1).area(), 0);
  EXPECT_EQ(box(0.75F, 0.5F, 0.25F, 1).area(), 0);
  EXPECT_EQ(box(0.75F, 1, 0.25F, 0.5F).area(), 0);  // two negative sides make no area
}

TEST(Detection, IntersectionOverUnion) {
  const Detection whole = box(0, 0, 1, 1);
  EXPECT_FLOAT_EQ(iou(whole, whole), 1);
  EXPECT_FLOAT_EQ(iou(whole, box(0, 0, 0.5F, 0.5F)), 0.25F);
  EXPECT_FLOAT_EQ(iou(box(0, 0, 0.5F, 1), box(0.25F, 0, 0.75F, 1)), 1.0F / 3);
  EXPECT_FLOAT_EQ(iou(box(0.25F, 0, 0.75F, 1), box(0, 0, 0.5F, 1)), 1.0F / 3);
}

TEST(Detection, BoxesThatOnlyTouchOrAreEmptyShareNothing) {
  EXPECT_EQ(iou(box(0, 0, 0.5F, 1), box(0.5F, 0, 1, 1)), 0);
  EXPECT_EQ(iou(box(0, 0, 1, 0.5F), box(0, 0.5F, 1, 1)), 0);
  EXPECT_EQ(iou(box(0, 0, 0.25F, 0.25F), box(0.5F, 0.5F, 1, 1)), 0);
  const Detection point = box(0.5F, 0.5F, 0.5F, 0.5F);
  EXPECT_EQ(iou(point, point), 0);
  EXPECT_EQ(iou(point, box(0, 0, 1, 1)), 0);
}

TEST(Detection, KeepBestDropsTheLowestScores) {
  std::vector<Detection> detections;
  for (const float score : {0.1F, 0.9F, 0.3F, 0.7F, 0.5F}) detections.push_back(box(0, 0, 1, 1, 0, score));
  keep_best(detections, 10);
  EXPECT_EQ(detections.size(), 5U);
  keep_best(detections, 3);
  std::vector<float> kept = scores(detections);
  std::ranges::sort(kept);
  EXPECT_THAT(kept, ElementsAre(0.5F, 0.7F, 0.9F));
  keep_best(detections, 0);
  EXPECT_TRUE(detections.empty());
}

TEST(Detection, SuppressLeavesTheBestOfEachHeap) {
  const std::vector<Detection> kept =
      suppress({box(0, 0, 0.5F, 0.5F, 0, 0.6F), box(0.02F, 0, 0.5F, 0.5F, 0, 0.9F),
                box(0, 0.02F, 0.5F, 0.5F, 0, 0.7F), box(0.5F, 0.5F, 1, 1, 0, 0.2F)},
               0.5F, 10);
  EXPECT_THAT(scores(kept), ElementsAre(0.9F, 0.2F));
}

// The middle box covers both others, which do not cover each other: only a box that stays puts others down.
TEST(Detection, ASuppressedBoxSuppressesNothing) {
  const std::vector<Detection> kept =
      suppress({box(0, 0, 0.4F, 1, 0, 0.9F), box(0.1F, 0, 0.5F, 1, 0, 0.8F), box(0.2F, 0, 0.6F, 1, 0, 0.7F)},
               0.5F, 10);
  EXPECT_THAT(scores(kept), ElementsAre(0.9F, 0.7F));
}

TEST(Detection, SuppressComparesWithinAClassAlone) {
  const std::vector<Detection> kept = suppress({box(0, 0, 1, 1, 3, 0.6F), box(0, 0, 1, 1, 5, 0.9F),
                                                box(0, 0, 1, 1, 3, 0.8F), box(0, 0, 1, 1, 1, 0.7F)},
                                               0.5F, 10);
  EXPECT_THAT(scores(kept), ElementsAre(0.9F, 0.8F, 0.7F));
  EXPECT_EQ(kept[0].cls, 5);
  EXPECT_EQ(kept[1].cls, 3);
  EXPECT_EQ(kept[2].cls, 1);
}

TEST(Detection, AnOverlapAtTheLimitStays) {
  const std::vector<Detection> pair{box(0, 0, 1, 1, 0, 0.9F), box(0, 0, 0.5F, 1, 0, 0.8F)};
  EXPECT_EQ(suppress(pair, 0.5F, 10).size(), 2U);
  EXPECT_EQ(suppress(pair, 0.49F, 10).size(), 1U);
}

TEST(Detection, SuppressReturnsAtMostSoMany) {
  std::vector<Detection> detections;
  for (int i = 0; i < 10; ++i) {
    const float left = static_cast<float>(i) / 10;
    detections.push_back(box(left, 0, left + 0.1F, 1, i % 2, 0.1F + left));
  }
  const std::vector<Detection> kept = suppress(detections, 0.5F, 3);
  EXPECT_THAT(scores(kept), ElementsAre(0.1F + 0.9F, 0.1F + 0.8F, 0.1F + 0.7F));
  EXPECT_TRUE(suppress(detections, 0.5F, 0).empty());
  EXPECT_TRUE(suppress({}, 0.5F, 3).empty());
}

TEST(Detection, EqualScoresComeInOneOrderWhateverTheirOrderWas) {
  std::vector<Detection> detections{box(0.5F, 0, 1, 0.5F, 1), box(0, 0, 0.5F, 0.5F, 1),
                                    box(0, 0.5F, 0.5F, 1, 1), box(0, 0, 1, 1, 0)};
  const auto order = [](const std::vector<Detection>& all) {
    std::vector<std::vector<float>> text;
    for (const Detection& d : all)
      text.push_back({static_cast<float>(d.cls), d.left, d.top, d.right, d.bottom});
    return text;
  };
  const auto first = order(suppress(detections, 0.5F, 3));
  EXPECT_EQ(first.front().front(), 0);
  for (int i = 0; i < 4; ++i) {
    std::ranges::rotate(detections, detections.begin() + 1);
    EXPECT_EQ(order(suppress(detections, 0.5F, 3)), first);
  }
}

}  // namespace
}  // namespace eyrie::vision
