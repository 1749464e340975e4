#include "vision/networks/decoders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A network's answer of one or two results.
class Answer {
 public:
  Answer(std::vector<std::int64_t> shape, std::vector<float> values) {
    add(std::move(shape), std::move(values));
  }
  Answer& add(std::vector<std::int64_t> shape, std::vector<float> values) {
    owned_.push_back(std::make_shared<const std::vector<float>>(std::move(values)));
    views_.push_back({.values = *owned_.back(), .shape = std::move(shape)});
    return *this;
  }
  operator OutputViews() const { return views_; }

 private:
  std::vector<std::shared_ptr<const std::vector<float>>>
      owned_;  // copies share them, so their views stay good
  std::vector<Session::Outputs::View> views_;
};

void expect_box(const Detection& box, float left, float top, float right, float bottom) {
  EXPECT_NEAR(box.left, left, 1e-5);
  EXPECT_NEAR(box.top, top, 1e-5);
  EXPECT_NEAR(box.right, right, 1e-5);
  EXPECT_NEAR(box.bottom, bottom, 1e-5);
}

// ---- anchors

TEST(Anchors, ComeByGridRowColumnOctaveRatio) {
  const AnchorSpec spec{.grids = {2, 1}, .size = 0.5, .octaves = {1, 2}, .ratios = {1, 4}};
  const std::vector<Anchor> anchors = make_anchors(spec);
  ASSERT_EQ(anchors.size(), spec.count());
  ASSERT_EQ(anchors.size(), (4U + 1U) * 4U);
  // Cell (row 1, column 0) of the grid of two: third of four cells.
  const Anchor* cell = &anchors[8];
  for (int i = 0; i < 4; ++i) {
    EXPECT_FLOAT_EQ(cell[i].y, 0.75F);
    EXPECT_FLOAT_EQ(cell[i].x, 0.25F);
  }
  // 0.5 of a cell of 0.5; a ratio of 4 is twice as wide and half as high; then the same of the octave 2.
  EXPECT_FLOAT_EQ(cell[0].height, 0.25F);
  EXPECT_FLOAT_EQ(cell[0].width, 0.25F);
  EXPECT_FLOAT_EQ(cell[1].height, 0.125F);
  EXPECT_FLOAT_EQ(cell[1].width, 0.5F);
  EXPECT_FLOAT_EQ(cell[2].height, 0.5F);
  EXPECT_FLOAT_EQ(cell[3].width, 1);
  // The grid of one comes last.
  EXPECT_FLOAT_EQ(anchors[16].y, 0.5F);
  EXPECT_FLOAT_EQ(anchors[16].x, 0.5F);
  EXPECT_FLOAT_EQ(anchors[16].height, 0.5F);
}

// ---- SSD

OutputSpec ssd(int classes, Activation activation = Activation::kNone) {
  return {.decoder = DecoderKind::kSsdAnchors, .classes = classes, .activation = activation};
}

const std::vector<Anchor> kTwoAnchors{{0.5F, 0.5F, 0.2F, 0.4F}, {0.25F, 0.75F, 0.1F, 0.1F}};

TEST(DecodeSsd, OffsetsOfZeroAreTheAnchor) {
  const Answer answer = Answer({1, 2, 4}, std::vector<float>(8)).add({1, 2, 2}, {0.9F, 0.1F, 0.2F, 0.8F});
  const auto found = decode_ssd(ssd(2), kTwoAnchors, answer, 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  expect_box((*found)[0], 0.3F, 0.4F, 0.7F, 0.6F);
  EXPECT_EQ((*found)[0].cls, 0);
  EXPECT_FLOAT_EQ((*found)[0].score, 0.9F);
  expect_box((*found)[1], 0.7F, 0.2F, 0.8F, 0.3F);
  EXPECT_EQ((*found)[1].cls, 1);
}

TEST(DecodeSsd, OffsetsAreScaledByThePack) {
  OutputSpec spec = ssd(1);
  spec.box_scales = {10, 5, 2, 4};  // y, x, height, width
  const float two = std::log(2.0F);
  const Answer answer = Answer({1, 1, 4}, {5, -5, 2 * two, -4 * two}).add({1, 1, 1}, {1});
  const auto found = decode_ssd(spec, std::span(kTwoAnchors).first(1), answer, 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  // Half a height down and one width to the left; twice as high, half as wide.
  expect_box((*found)[0], 0.1F - 0.1F, 0.6F - 0.2F, 0.1F + 0.1F, 0.6F + 0.2F);
}

TEST(DecodeSsd, ABoxHasEveryClassThatReachesTheScore) {
  const Answer answer = Answer({1, 1, 4}, std::vector<float>(4)).add({1, 1, 3}, {0.5F, 0.49F, 0.7F});
  const auto found = decode_ssd(ssd(3), std::span(kTwoAnchors).first(1), answer, 0.5F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].cls, 0);
  EXPECT_EQ((*found)[1].cls, 2);
}

TEST(DecodeSsd, SigmoidOfLogits) {
  const Answer answer = Answer({1, 1, 4}, std::vector<float>(4)).add({1, 1, 3}, {0, std::log(3.0F), -20});
  const OutputSpec spec = ssd(3, Activation::kSigmoid);
  const auto found = decode_ssd(spec, std::span(kTwoAnchors).first(1), answer, 0.4F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_NEAR((*found)[0].score, 0.5, 1e-6);
  EXPECT_NEAR((*found)[1].score, 0.75, 1e-6);
  const auto all = decode_ssd(spec, std::span(kTwoAnchors).first(1), answer, 0);
  EXPECT_EQ(all->size(), 3U);
}

TEST(DecodeSsd, BoxesAreClippedAndEmptyOnesDropped) {
  // The first far to the left of the input, the second over its right edge.
  const Answer answer = Answer({1, 2, 4}, {0, -10, 0, 0, 0, 2.5F, 0, 0}).add({1, 2, 1}, {1, 1});
  const auto found = decode_ssd(ssd(1), kTwoAnchors, answer, 0.5F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  expect_box((*found)[0], 0.95F, 0.2F, 1, 0.3F);
}

TEST(DecodeSsd, WhatIsNotFiniteIsDropped) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t at = 0; at < 4; ++at) {
      std::vector<float> boxes(8);
      boxes[at] = bad;
      const Answer answer = Answer({1, 2, 4}, boxes).add({1, 2, 1}, {1, 1});
      const auto found = decode_ssd(ssd(1), kTwoAnchors, answer, 0.5F);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1U) << bad << " at " << at;
      expect_box((*found)[0], 0.7F, 0.2F, 0.8F, 0.3F);
    }
    for (const Activation activation : {Activation::kNone, Activation::kSigmoid}) {
      const Answer answer = Answer({1, 2, 4}, std::vector<float>(8)).add({1, 2, 1}, {bad, 0.9F});
      const auto found = decode_ssd(ssd(1, activation), kTwoAnchors, answer, 0.5F);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1U) << bad;
      expect_box((*found)[0], 0.7F, 0.2F, 0.8F, 0.3F);
    }
  }
}

TEST(DecodeSsd, ScoresAreNeverMoreThanOne) {
  const Answer answer = Answer({1, 1, 4}, std::vector<float>(4)).add({1, 1, 1}, {7});
  const auto found = decode_ssd(ssd(1), std::span(kTwoAnchors).first(1), answer, 0.5F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].score, 1);
}

TEST(DecodeSsd, HugeSizesStayFinite) {
  const Answer answer = Answer({1, 1, 4}, {0, 0, 1e30F, 1e30F}).add({1, 1, 1}, {1});
  const auto found = decode_ssd(ssd(1), std::span(kTwoAnchors).first(1), answer, 0.5F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  expect_box((*found)[0], 0, 0, 1, 1);
}

TEST(DecodeSsd, OutputsOfAnotherSizeAreRefused) {
  const std::vector<float> boxes(8), scores(4);
  struct Case {
    Answer answer;
    const char* what;
  };
  const Case cases[] = {
      {Answer({1, 1, 4}, std::vector<float>(4)).add({1, 2, 2}, scores), "boxes are missing"},
      {Answer({1, 3, 4}, std::vector<float>(12)).add({1, 2, 2}, scores), "more boxes than anchors"},
      {Answer({1, 2, 4}, boxes).add({1, 2, 1}, std::vector<float>(2)), "a class is missing"},
      {Answer({1, 2, 4}, boxes).add({1, 3, 2}, std::vector<float>(6)), "more scores than anchors"},
      {Answer({1, 2, 4}, boxes).add({0}, {}), "no scores"},
      {Answer({1, 4, 2}, boxes).add({1, 2, 2}, scores), "boxes lie the other way round"},
      {Answer({8}, boxes).add({1, 2, 2}, scores), "boxes have no rows"},
  };
  for (const Case& c : cases) {
    const auto found = decode_ssd(ssd(2), kTwoAnchors, c.answer, 0.5F);
    ASSERT_FALSE(found) << c.what;
    EXPECT_EQ(found.error().code, Code::kInternal) << c.what;
  }
}

// A network gone wild: every anchor is everything.
TEST(DecodeSsd, LooksAtABoundedNumberOfBoxes) {
  const std::vector<Anchor> anchors(kMaxCandidates, Anchor{0.5F, 0.5F, 0.2F, 0.2F});
  std::vector<float> scores(kMaxCandidates * 3, 0.5F);
  scores[1] = 0.9F;
  scores.back() = 0.8F;
  const Answer answer =
      Answer({1, static_cast<std::int64_t>(kMaxCandidates), 4}, std::vector<float>(kMaxCandidates * 4))
          .add({1, static_cast<std::int64_t>(kMaxCandidates), 3}, scores);
  const auto found = decode_ssd(ssd(3), anchors, answer, 0.4F);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), kMaxCandidates);
  EXPECT_EQ(std::ranges::count(*found, 0.9F, &Detection::score), 1);
  EXPECT_EQ(std::ranges::count(*found, 0.8F, &Detection::score), 1);
}

// ---- YOLO

OutputSpec yolo(int classes, Activation activation = Activation::kNone) {
  return {.decoder = DecoderKind::kYoloV8, .classes = classes, .activation = activation};
}

TEST(DecodeYolo, RowsOfCentresSizesAndScores) {
  // Two boxes in an input of 100 x 200 pixels, two classes.
  const Answer answer({1, 6, 2}, {50, 10,   // x
                                  100, 20,  // y
                                  20, 10,   // width
                                  40, 20,   // height
                                  0.9F, 0.1F, 0.2F, 0.6F});
  const auto found = decode_yolo(yolo(2), 100, 200, answer, 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  expect_box((*found)[0], 0.4F, 0.4F, 0.6F, 0.6F);
  EXPECT_EQ((*found)[0].cls, 0);
  EXPECT_FLOAT_EQ((*found)[0].score, 0.9F);
  expect_box((*found)[1], 0.05F, 0.05F, 0.15F, 0.15F);
  EXPECT_EQ((*found)[1].cls, 1);
  EXPECT_FLOAT_EQ((*found)[1].score, 0.6F);
}

TEST(DecodeYolo, SigmoidWhereThePackSaysSo) {
  const Answer answer({1, 5, 2}, {50, 50, 50, 50, 20, 20, 20, 20, std::log(3.0F), -1});
  const auto found = decode_yolo(yolo(1, Activation::kSigmoid), 100, 100, answer, 0.5F);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_NEAR((*found)[0].score, 0.75, 1e-6);
}

TEST(DecodeYolo, WhatIsNotFiniteOrEmptyIsDropped) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t at = 0; at < 5; ++at) {
      std::vector<float> values{50, 50, 50, 50, 20, 20, 20, 20, 0.9F, 0.8F};
      values[at * 2] = bad;
      const auto found = decode_yolo(yolo(1), 100, 100, Answer({1, 5, 2}, values), 0.5F);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1U) << bad << " at " << at;
      EXPECT_FLOAT_EQ((*found)[0].score, 0.8F);
    }
  }
  const Answer empty({1, 5, 3}, {50, 50, 500, 50, 50, 50, 0, -20, 20, 20, -20, 20, 1, 1, 1});
  EXPECT_TRUE(decode_yolo(yolo(1), 100, 100, empty, 0.5F)->empty());
}

TEST(DecodeYolo, ScoresAreNeverMoreThanOne) {
  const auto found = decode_yolo(yolo(1), 100, 100, Answer({1, 5, 1}, {50, 50, 20, 20, 3}), 0.5F);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].score, 1);
}

TEST(DecodeYolo, OutputsOfAnotherSizeAreRefused) {
  const std::vector<float> values(42);
  struct Case {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
    const char* what;
  };
  const Case cases[] = {
      {{1, 5, 7}, std::vector<float>(35), "a class is missing"},
      {{1, 7, 6}, values, "boxes and rows the other way round"},
      {{1, 12, 7}, std::vector<float>(84), "twice the rows"},
      {{1, 6, 0}, {}, "no boxes"},
      {{42}, values, "no rows"},
      {{6, 7}, values, "no batch"},
  };
  for (const Case& c : cases) {
    const auto found = decode_yolo(yolo(2), 100, 100, Answer(c.shape, c.values), 0.5F);
    ASSERT_FALSE(found) << c.what;
    EXPECT_EQ(found.error().code, Code::kInternal) << c.what;
  }
  EXPECT_TRUE(decode_yolo(yolo(2), 100, 100, Answer({1, 6, 7}, values), 0.5F));
}

// ---- scores

OutputSpec tags(int classes, Activation activation = Activation::kNone) {
  return {.decoder = DecoderKind::kScores, .classes = classes, .activation = activation};
}

TEST(DecodeScores, AsTheyAreClippedToShares) {
  const auto scores = decode_scores(tags(4), Answer({1, 4}, {0.25F, -0.5F, 1.5F, 1}));
  ASSERT_TRUE(scores);
  EXPECT_THAT(*scores, ElementsAre(0.25F, 0, 1, 1));
}

TEST(DecodeScores, Sigmoid) {
  const auto scores =
      decode_scores(tags(4, Activation::kSigmoid), Answer({1, 4}, {0, std::log(3.0F), -200, 200}));
  ASSERT_TRUE(scores);
  EXPECT_THAT(*scores, ElementsAre(0.5F, FloatNear(0.75F, 1e-6F), 0, 1));
}

TEST(DecodeScores, SoftmaxSumsToOneHoweverLargeTheLogits) {
  for (const float base : {0.0F, 1000.0F, -1000.0F}) {
    const Answer answer({1, 3}, {base, base + std::log(2.0F), base + std::log(5.0F)});
    const auto scores = decode_scores(tags(3, Activation::kSoftmax), answer);
    ASSERT_TRUE(scores);
    EXPECT_THAT(*scores,
                ElementsAre(FloatNear(0.125F, 1e-4F), FloatNear(0.25F, 1e-4F), FloatNear(0.625F, 1e-4F)));
  }
}

TEST(DecodeScores, WhatIsNotFiniteIsNothing) {
  for (const Activation activation : {Activation::kNone, Activation::kSigmoid, Activation::kSoftmax}) {
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      const auto scores = decode_scores(tags(3, activation), Answer({1, 3}, {bad, 0.5F, 0.25F}));
      ASSERT_TRUE(scores);
      EXPECT_EQ((*scores)[0], 0);
      EXPECT_GT((*scores)[1], (*scores)[2]);
      // Of nothing but nonsense nothing is made.
      const auto none = decode_scores(tags(2, activation), Answer({1, 2}, {bad, bad}));
      ASSERT_TRUE(none);
      EXPECT_THAT(*none, ElementsAre(0, 0)) << static_cast<int>(activation) << " of " << bad;
    }
  }
}

TEST(DecodeScores, AnotherNumberOfClassesIsRefused) {
  for (const std::size_t count : {0U, 2U, 4U}) {
    const auto scores =
        decode_scores(tags(3), Answer({1, static_cast<std::int64_t>(count)}, std::vector<float>(count)));
    ASSERT_FALSE(scores);
    EXPECT_EQ(scores.error().code, Code::kInternal);
  }
}

}  // namespace
}  // namespace eyrie::vision
