#include "vision/faces/detection/face_decoders.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace eyrie::vision {
namespace {

constexpr float kNothing = -20;  // a logit
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A network's outputs, with room to change them.
template <std::size_t N>
struct Answer {
  std::array<std::vector<float>, N> tensors;

  std::vector<Session::Outputs::View> views() const {
    std::vector<Session::Outputs::View> all;
    for (const std::vector<float>& values : tensors) all.push_back({.values = values, .shape = {}});
    return all;
  }
};

Answer<4> no_blazeface() {
  Answer<4> answer;
  answer.tensors[0].assign(512, kNothing);
  answer.tensors[1].assign(384, kNothing);
  answer.tensors[2].assign(std::size_t{512} * 16, 0);
  answer.tensors[3].assign(std::size_t{384} * 16, 0);
  return answer;
}

// A face of 32 x 16 pixels, `right` and `down` of anchor `at` of a level; its points go on from there.
void put_face(Answer<4>& answer, std::size_t level, std::size_t at, float logit, float right, float down) {
  answer.tensors[level][at] = logit;
  float* const box = &answer.tensors[2 + level][at * 16];
  box[0] = right;
  box[1] = down;
  box[2] = 32;
  box[3] = 16;
  for (int i = 0; i < 6; ++i) {
    box[4 + 2 * i] = right + static_cast<float>(i);
    box[5 + 2 * i] = down - static_cast<float>(i);
  }
}

constexpr double kPixel = 1.0 / 256;

TEST(BlazeFace, BoxesAndPointsAreRelativeToTheAnchorsMiddle) {
  Answer<4> answer = no_blazeface();
  put_face(answer, 0, (3 * 16 + 5) * 2 + 1, 3, 4, -2);  // row 3, column 5, the second anchor
  const auto hits = decode_blazeface(answer.views(), 0.5);
  ASSERT_TRUE(hits) << hits.error().message;
  ASSERT_EQ(hits->size(), 1U);
  const LookHit& hit = (*hits)[0];
  const double x = (5.5 * 16 + 4) * kPixel, y = (3.5 * 16 - 2) * kPixel;
  EXPECT_NEAR(hit.left, x - 16 * kPixel, 1e-9);
  EXPECT_NEAR(hit.right, x + 16 * kPixel, 1e-9);
  EXPECT_NEAR(hit.top, y - 8 * kPixel, 1e-9);
  EXPECT_NEAR(hit.bottom, y + 8 * kPixel, 1e-9);
  EXPECT_NEAR(hit.points[kSeedLeftEye].x, x, 1e-9);
  EXPECT_NEAR(hit.points[kSeedNose].x, x + 2 * kPixel, 1e-9);
  EXPECT_NEAR(hit.points[kSeedRightEar].y, y - 5 * kPixel, 1e-9);
  EXPECT_NEAR(hit.score, 1 / (1 + std::exp(-3.0)), 1e-9);
}

TEST(BlazeFace, TheCoarseGridHasSixAnchorsACell) {
  Answer<4> answer = no_blazeface();
  put_face(answer, 1, (7 * 8 + 2) * 6 + 5, 1, 0, 0);  // row 7, column 2, the sixth anchor
  const auto hits = decode_blazeface(answer.views(), 0.5);
  ASSERT_TRUE(hits);
  ASSERT_EQ(hits->size(), 1U);
  EXPECT_NEAR((hits->front().left + hits->front().right) / 2, 2.5 / 8, 1e-9);
  EXPECT_NEAR((hits->front().top + hits->front().bottom) / 2, 7.5 / 8, 1e-9);
}

TEST(BlazeFace, KeepsScoresFromTheLeastOn) {
  Answer<4> answer = no_blazeface();
  put_face(answer, 0, 10, 0, 0, 0);    // 0.5
  put_face(answer, 0, 20, -1, 0, 0);   // 0.27
  put_face(answer, 1, 30, 100, 0, 0);  // 1
  EXPECT_EQ(decode_blazeface(answer.views(), 0.2)->size(), 3U);
  EXPECT_EQ(decode_blazeface(answer.views(), 0.5)->size(), 2U);
  EXPECT_EQ(decode_blazeface(answer.views(), 0.51)->size(), 1U);
  EXPECT_TRUE(decode_blazeface(no_blazeface().views(), 0.05)->empty());
}

TEST(BlazeFace, RefusesOutputsOfAnotherSize) {
  const auto expect_refused = [](const std::vector<Session::Outputs::View>& views) {
    const auto hits = decode_blazeface(views, 0.5);
    ASSERT_FALSE(hits);
    EXPECT_EQ(hits.error().code, Code::kInternal);
  };
  for (std::size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    Answer<4> answer = no_blazeface();
    answer.tensors[i].pop_back();
    expect_refused(answer.views());
    answer.tensors[i].resize(answer.tensors[i].size() + 2);
    expect_refused(answer.views());
  }
  auto views = no_blazeface().views();
  expect_refused({views.begin(), views.begin() + 3});
  views.push_back(views.back());
  expect_refused(views);
  expect_refused({});
}

TEST(BlazeFace, DropsWhatIsNotFiniteOrHasNoSize) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t value = 0; value < 16; ++value) {
      Answer<4> answer = no_blazeface();
      put_face(answer, 0, 10, 5, 0, 0);
      put_face(answer, 0, 11, 5, 0, 0);
      answer.tensors[2][10 * 16 + value] = bad;
      EXPECT_EQ(decode_blazeface(answer.views(), 0.5)->size(), 1U) << bad << " at " << value;
    }
    Answer<4> answer = no_blazeface();
    put_face(answer, 1, 10, bad, 0, 0);
    EXPECT_TRUE(decode_blazeface(answer.views(), 0.5)->empty()) << bad;
  }
  for (const std::size_t size : {2U, 3U}) {
    Answer<4> answer = no_blazeface();
    put_face(answer, 0, 10, 5, 0, 0);
    answer.tensors[2][10 * 16 + size] = -8;
    EXPECT_TRUE(decode_blazeface(answer.views(), 0.5)->empty());
  }
}

Answer<2> ultra_light(std::vector<float> scores, std::vector<float> boxes) {
  return {{std::move(scores), std::move(boxes)}};
}

TEST(UltraLight, TakesTheSecondShareAndTheBoxAsItIs) {
  const Answer<2> answer =
      ultra_light({0.9F, 0.1F, 0.25F, 0.75F}, {0, 0, 1, 1, 0.125F, 0.25F, 0.375F, 0.75F});
  const auto hits = decode_ultra_light(answer.views(), 0.5);
  ASSERT_TRUE(hits) << hits.error().message;
  ASSERT_EQ(hits->size(), 1U);
  EXPECT_EQ(hits->front().left, 0.125);
  EXPECT_EQ(hits->front().top, 0.25);
  EXPECT_EQ(hits->front().right, 0.375);
  EXPECT_EQ(hits->front().bottom, 0.75);
  EXPECT_EQ(hits->front().score, 0.75);
  EXPECT_EQ(decode_ultra_light(answer.views(), 0.05)->size(), 2U);
}

TEST(UltraLight, NoScoreIsOverOne) {
  EXPECT_EQ(decode_ultra_light(ultra_light({0, 1.5F}, {0, 0, 1, 1}).views(), 0.5)->front().score, 1);
}

TEST(UltraLight, RefusesOutputsOfAnotherSize) {
  const auto code = [](const Answer<2>& answer) {
    return decode_ultra_light(answer.views(), 0.5).error().code;
  };
  EXPECT_EQ(code(ultra_light({0, 1, 0}, {0, 0, 1, 1, 0, 0})), Code::kInternal);
  EXPECT_EQ(code(ultra_light({0, 1}, {0, 0, 1})), Code::kInternal);
  EXPECT_EQ(code(ultra_light({0, 1}, {0, 0, 1, 1, 0, 0, 1, 1})), Code::kInternal);
  EXPECT_EQ(code(ultra_light({0, 1}, {})), Code::kInternal);
  auto views = ultra_light({0, 1}, {0, 0, 1, 1}).views();
  views.pop_back();
  EXPECT_EQ(decode_ultra_light(views, 0.5).error().code, Code::kInternal);
}

TEST(UltraLight, DropsWhatIsNotFiniteOrHasNoSize) {
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t value = 0; value < 4; ++value) {
      Answer<2> answer = ultra_light({0, 1, 0, 1}, {0, 0, 1, 1, 0, 0, 1, 1});
      answer.tensors[1][value] = bad;
      EXPECT_EQ(decode_ultra_light(answer.views(), 0.5)->size(), 1U) << bad << " at " << value;
    }
    EXPECT_TRUE(decode_ultra_light(ultra_light({0, bad}, {0, 0, 1, 1}).views(), 0.5)->empty()) << bad;
  }
  EXPECT_TRUE(decode_ultra_light(ultra_light({0, 1}, {0.5F, 0, 0.5F, 1}).views(), 0.5)->empty());
  EXPECT_TRUE(decode_ultra_light(ultra_light({0, 1}, {0, 0.75F, 1, 0.5F}).views(), 0.5)->empty());
}

}  // namespace
}  // namespace eyrie::vision
