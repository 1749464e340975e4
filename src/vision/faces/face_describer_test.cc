#include "vision/faces/face_describer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "image/decode.h"
#include "vision/faces/face_analyzer.h"
#include "vision/networks/model_set.h"
#include "vision/networks/runtime.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {
namespace {

Networks installed() {
  std::vector<Pack> packs;
  if (auto models = read_models(user_cache_directory() / "models")) {
    if (const auto selected = select_models(models->packs, "default")) {
      for (const std::size_t index : *selected) packs.push_back(std::move(models->packs[index]));
    }
  }
  return Networks(std::move(packs));
}

std::optional<image::Image> astronaut() {
  std::ifstream file(user_cache_directory() / "samples" / "astronaut.png", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  auto decoded = image::decode(as_bytes(bytes));
  if (!decoded) return std::nullopt;
  return std::move(decoded->image);
}

// A rectangle of one grey.
void fill(image::Image& picture, int x, int y, int width, int height, std::uint8_t grey) {
  for (int row = y; row < y + height; ++row)
    std::fill_n(picture.row(row) + static_cast<std::ptrdiff_t>(x) * 3, static_cast<std::ptrdiff_t>(width) * 3, grey);
}

// A woman who smiles into the camera.
class Astronaut : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const Role role : {Role::kFaceDetector, Role::kFaceLandmarks, Role::kFaceBlendshapes,
                            Role::kFaceAttributes, Role::kFaceEmotion, Role::kFaceParsing}) {
      if (networks_.find(role) == nullptr) GTEST_SKIP() << "no model is installed for " << role_name(role);
    }
    if (!picture_) GTEST_SKIP() << "the sample photos are not there";
  }

  Face described(std::uint32_t attributes) {
    const auto faces = FaceAnalyzer(networks_).analyze(*picture_, {.attributes = attributes});
    EXPECT_TRUE(faces) << faces.error().message;
    if (!faces) return {};
    EXPECT_EQ(faces->size(), 1U);
    return faces->empty() ? Face{} : faces->front();
  }

  const Networks networks_ = installed();
  const std::optional<image::Image> picture_ = astronaut();
};

void expect_trait(const std::optional<Trait>& trait, bool value, const char* name) {
  ASSERT_TRUE(trait) << name;
  EXPECT_EQ(trait->value, value) << name;
  EXPECT_GE(trait->confidence, 50) << name;
  EXPECT_LT(trait->confidence, 100) << name;
}

TEST_F(Astronaut, IsDescribed) {
  const Face face = described(kAllFaceAttributes);
  expect_trait(face.smile, true, "smile");
  expect_trait(face.mouth_open, true, "mouth open");
  expect_trait(face.eyes_open, true, "eyes open");
  expect_trait(face.eyeglasses, false, "eyeglasses");
  expect_trait(face.sunglasses, false, "sunglasses");
  expect_trait(face.beard, false, "beard");
  expect_trait(face.mustache, false, "mustache");
  expect_trait(face.occluded, false, "occluded");
  ASSERT_TRUE(face.gender && face.age_range && face.eye_direction);
  EXPECT_EQ(face.gender->first, Gender::kFemale);
  EXPECT_LT(face.age_range->first, 40);
  EXPECT_GT(face.age_range->second, 30);
  EXPECT_NEAR(face.eye_direction->yaw, 0, 10);
  ASSERT_EQ(face.emotions.size(), 8U);
  EXPECT_EQ(face.emotions[0].type, "HAPPY");
}

// The landmark network draws open eyes on the glasses.
TEST_F(Astronaut, EyesBehindSunglassesAreNotCalledOpen) {
  ASSERT_GT(described(kEyesOpen).eyes_open->confidence, 90);
  image::Image dark = *picture_;
  for (const int middle : {204, 246}) fill(dark, middle - 20, 90, 40, 25, 10);
  fill(dark, 190, 94, 70, 4, 10);
  for (const std::uint32_t asked : {kAllFaceAttributes, std::uint32_t{kEyesOpen | kEyeDirection}}) {
    const auto faces = FaceAnalyzer(networks_).analyze(dark, {.attributes = asked});
    ASSERT_TRUE(faces);
    ASSERT_EQ(faces->size(), 1U);
    const Face& face = faces->front();
    if (face.sunglasses) {
      EXPECT_TRUE(face.sunglasses->value);
      EXPECT_GT(face.sunglasses->confidence, 80);
    }
    EXPECT_LT(face.eyes_open->confidence, 75);
    EXPECT_LT(face.eye_direction->confidence, 50);
  }
}

TEST_F(Astronaut, LooksStraightAhead) {
  const Face face = described(0);
  EXPECT_NEAR(face.pose.roll, 2, 5);
  EXPECT_NEAR(face.pose.yaw, 0, 8);
  EXPECT_NEAR(face.pose.pitch, 5, 12);
  ASSERT_EQ(face.landmarks.size(), kLandmarkTypes);
  // Pixels of a photo of 512 x 512, by eye.
  EXPECT_NEAR(face.landmarks[0].at.x * 512, 204, 4);
  EXPECT_NEAR(face.landmarks[0].at.y * 512, 102, 4);
  EXPECT_NEAR(face.landmarks[1].at.x * 512, 246, 4);
  EXPECT_NEAR(face.landmarks[1].at.y * 512, 104, 4);
}

TEST_F(Astronaut, WhatIsNotAskedForIsAbsent) {
  const Face face = described(kSmile | kAgeRange);
  EXPECT_TRUE(face.smile && face.age_range);
  EXPECT_FALSE(face.mouth_open || face.eyes_open || face.eye_direction || face.gender || face.beard ||
               face.mustache || face.eyeglasses || face.sunglasses || face.occluded);
  EXPECT_TRUE(face.emotions.empty());
}

TEST(FaceDescriber, SaysWhichModelIsMissing) {
  const Networks none({});
  const image::Image picture{.width = 2, .height = 2, .rgb = std::vector<std::uint8_t>(12)};
  Face face;
  const Status described = FaceDescriber(none).describe(picture, FaceSeed{}, FaceMesh{}, kAllFaceAttributes, face);
  ASSERT_FALSE(described);
  EXPECT_EQ(described.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace eyrie::vision
