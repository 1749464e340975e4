// The way from a look to a candidate, with networks that give the same answer to everything.
#include "vision/faces/detection/face_finders.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vision/faces/detection/close_look.h"
#include "vision/faces/detection/face_search.h"
#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

image::Image black(int width, int height) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  picture.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return picture;
}

class FaceFindersTest : public testing::RuntimeTest {
 protected:
  Pack pack(const std::string& id, Role role, InputSpec input,
            const std::vector<testing::OnnxConstant>& answers) const {
    const testing::OnnxValue in{"x", {1, input.height, input.width, 3}};
    write_file(directory_.path() / id / "model.onnx", testing::write_onnx_constants(in, answers));
    Pack made;
    made.id = id;
    made.role = role;
    made.input = std::move(input);
    made.output.decoder = DecoderKind::kTensors;
    for (const auto& answer : answers) made.output.tensors.push_back(answer.name);
    made.folder = directory_.path() / id;
    return made;
  }

  // Sees a face in the middle of every look, of a quarter of its side, eyes level; with a second, lesser box.
  Pack detector(float logit) const {
    std::vector<float> scores(512, -20), boxes(std::size_t{512} * 16, 0);
    const std::size_t anchor = (8 * 16 + 8) * 2;  // its middle: 136, 136
    for (const std::size_t at : {anchor, anchor + 1}) {
      scores[at] = at == anchor ? logit : logit - 1;
      float* const box = &boxes[at * 16];
      box[0] = box[1] = -8;
      box[2] = box[3] = 64;
      for (int i = 0; i < 6; ++i) {
        box[4 + 2 * i] = static_cast<float>(-8 + (i % 2 == 0 ? -10 : 10));
        box[5 + 2 * i] = static_cast<float>(-8 - 10 + 10 * (i / 2));
      }
    }
    return pack("detector", Role::kFaceDetector, {.name = "x", .width = 256, .height = 256},
                {{"s16", {1, 512, 1}, scores},
                 {"s8", {1, 384, 1}, std::vector<float>(384, -20)},
                 {"b16", {1, 512, 16}, boxes},
                 {"b8", {1, 384, 16}, std::vector<float>(std::size_t{384} * 16, 0)}});
  }

  // The same, of a third of its height.
  Pack scout(float score) const {
    return pack(
        "scout", Role::kFaceScout, {.name = "x", .width = 320, .height = 240},
        {{"s", {1, 1, 2}, {1 - score, score}}, {"b", {1, 1, 4}, {0.375F, 1.0F / 3, 0.625F, 2.0F / 3}}});
  }
};

TEST_F(FaceFindersTest, TellsOneFaceOfALookInThePicturesPixels) {
  const Networks networks({detector(2), scout(0.9F)});
  const FaceFinders finders(networks);
  const Look look{.centre = {300, 100}, .width = 80, .height = 80};
  const auto seen = finders.detect(image::Pyramid(black(640, 400)), look, 0.5);
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_EQ(seen->size(), 1U);
  EXPECT_NEAR(seen->front().centre.x, 300, 1e-4);
  EXPECT_NEAR(seen->front().centre.y, 100, 1e-4);
  EXPECT_NEAR(seen->front().width, 20, 1e-4);
  EXPECT_NEAR(seen->front().points[kSeedRightEye].x, 300 + 10.0 / 256 * 80, 1e-4);
  EXPECT_TRUE(finders.detect(image::Pyramid(black(640, 400)), look, 0.9)->empty());
  const auto scouted = finders.scout(image::Pyramid(black(640, 400)), look, 0.5);
  ASSERT_TRUE(scouted) << scouted.error().message;
  ASSERT_EQ(scouted->size(), 1U);
  EXPECT_NEAR(scouted->front().centre.x, 300, 1e-4);
}

TEST_F(FaceFindersTest, AScoutMayBeMissingADetectorMayNot) {
  const Networks no_scout({detector(2)});
  const FaceFinders alone(no_scout);
  EXPECT_FALSE(alone.has_scout());
  ASSERT_TRUE(alone.ready());
  const Look look{.centre = {32, 32}, .width = 64, .height = 64};
  const auto scouted = alone.scout(image::Pyramid(black(64, 64)), look, 0.5);
  ASSERT_TRUE(scouted);
  EXPECT_TRUE(scouted->empty());
  const Networks no_detector({scout(0.9F)});
  const FaceFinders blind(no_detector);
  EXPECT_EQ(blind.ready().error().code, Code::kUnavailable);
  EXPECT_EQ(blind.detect(image::Pyramid(black(64, 64)), look, 0.5).error().code, Code::kUnavailable);
}

TEST_F(FaceFindersTest, ANetworkThatIsNoFaceDetectorIsRefused) {
  const Networks networks({pack("odd", Role::kFaceDetector, {.name = "x", .width = 8, .height = 8},
                                {{"a", {1, 2}, {0, 1}}, {"b", {1, 2}, {0, 1}}})});
  const FaceFinders finders(networks);
  const Look look{.centre = {32, 32}, .width = 64, .height = 64};
  const auto seen = finders.detect(image::Pyramid(black(64, 64)), look, 0.5);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::kInternal);
}

TEST_F(FaceFindersTest, ASearchTellsFacesInPixelsOfTheLargePicture) {
  const Networks networks({detector(2)});
  const FaceFinders finders(networks);
  const image::Image picture = black(2560, 1280);
  const image::Pyramid pyramid(picture);
  FaceSearch search(finders, pyramid, 0);
  ASSERT_TRUE(search.look_briefly());
  // The halves: three looks across, two down. The whole, and the whole with a margin: the two in the middle.
  const auto candidates = search.candidates();
  ASSERT_FALSE(candidates.empty());
  bool middle = false;
  for (const Candidate& candidate : candidates) {
    EXPECT_GT(candidate.detector, 0.8);
    EXPECT_EQ(candidate.scout, 0);
    EXPECT_GE(candidate.face.centre.x, 0);
    EXPECT_LE(candidate.face.centre.x, 2560);
    middle = middle || (std::abs(candidate.face.centre.x - 1280) < 1 && candidate.face.width > 600);
  }
  EXPECT_TRUE(middle);
}

TEST_F(FaceFindersTest, WhatBothSawIsOneCandidate) {
  const Networks networks({detector(2), scout(0.9F)});
  const FaceFinders finders(networks);
  const image::Image picture = black(400, 300);
  const image::Pyramid pyramid(picture);
  FaceSearch search(finders, pyramid, 90);
  ASSERT_TRUE(search.look_briefly());
  const auto candidates = search.candidates();
  ASSERT_FALSE(candidates.empty());
  const Candidate& surest = candidates.front();
  EXPECT_NEAR(surest.scout, 0.9, 1e-6);
  EXPECT_GT(surest.detector, 0.8);
  EXPECT_EQ(surest.angle, 90);
  EXPECT_NEAR(surest.face.centre.x, 200, 1e-3);
  EXPECT_NEAR(surest.face.centre.y, 150, 1e-3);
}

TEST_F(FaceFindersTest, ACloseLookTakesOverWhatTheDetectorSees) {
  const Networks networks({detector(2), scout(0.9F)});
  const FaceFinders finders(networks);
  const Hit face{.centre = {100, 100}, .width = 40, .height = 40, .score = 0.5};
  const image::Image picture = black(400, 300);
  const auto seen = look_closely(finders, image::Pyramid(picture), {.face = face, .detector = 0.5, .angle = 90});
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_NEAR(seen->face.centre.x, 100, 1e-3);
  EXPECT_NEAR(seen->face.width, 40, 1e-3);  // a quarter of a look of four faces
  EXPECT_NEAR(seen->angle, 90, 1e-3);
  EXPECT_GT(seen->detector, 0.8);
  EXPECT_NEAR(seen->scout, 0.9, 1e-6);
  // Points turned with the look: the right eye is below.
  EXPECT_GT(seen->face.points[kSeedRightEye].y, seen->face.points[kSeedLeftEye].y + 5);
}

TEST_F(FaceFindersTest, WhatACloseLookDoesNotSeeHasNoScore) {
  const Networks networks({detector(-10), scout(0)});
  const FaceFinders finders(networks);
  const Hit face{.centre = {100, 100}, .width = 40, .height = 40, .score = 0.5};
  const image::Image picture = black(400, 300);
  const auto seen = look_closely(finders, image::Pyramid(picture), {.face = face, .detector = 0.5});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->detector, 0);
  EXPECT_EQ(seen->scout, 0);
  EXPECT_EQ(seen->face.width, 40);
}

}  // namespace
}  // namespace eyrie::vision
