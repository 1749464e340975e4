#include "vision/labels/detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

image::Image picture(int width, int height) {
  image::Image made{.width = width, .height = height, .rgb = {}};
  made.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return made;
}

// Without pixels: for what looks at sizes alone.
image::Image size_only(int width, int height) {
  return {.width = width, .height = height, .rgb = {}};
}

InputSpec input(int width, int height) {
  return {.name = "x", .width = width, .height = height};
}

std::vector<View> views(int width, int height, int side = 320) {
  return detector_views(size_only(width, height), input(side, side));
}

// ---- views

TEST(DetectorViews, TheWholePictureComesFirst) {
  for (const auto& [width, height] :
       std::vector<std::pair<int, int>>{{640, 480}, {100, 3000}, {7, 7}, {1, 1}}) {
    const View first = views(width, height).front();
    EXPECT_EQ(first.part.width, width);
    EXPECT_EQ(first.part.height, height);
    EXPECT_FALSE(first.mirrored);
  }
}

TEST(DetectorViews, SquaresOnlyWhereThePictureIsLongAndTheNetworkSmall) {
  EXPECT_EQ(views(1000, 1000).size(), 1U);
  EXPECT_EQ(views(1140, 1000).size(), 1U);
  EXPECT_EQ(views(1150, 1000).size(), 3U);
  EXPECT_EQ(views(1000, 1150).size(), 3U);
  EXPECT_EQ(views(1500, 1000, kSmallInput).size(), 3U);
  EXPECT_EQ(views(1500, 1000, kSmallInput + 1).size(), 1U);
  EXPECT_EQ(detector_views(size_only(1500, 1000), input(320, 640)).size(), 1U);
}

TEST(DetectorViews, LongerPicturesHaveMoreSquaresUpToFour) {
  EXPECT_EQ(views(1500, 1000).size(), 1U + 2U);
  EXPECT_EQ(views(1900, 1000).size(), 1U + 3U);
  EXPECT_EQ(views(3000, 1000).size(), 1U + 4U);
  EXPECT_EQ(views(1000, 30'000).size(), 1U + 4U);
}

TEST(DetectorViews, SquaresLieAlongThePictureFromEndToEndWithoutGaps) {
  for (int length = 115; length <= 400; length += 5) {
    for (const bool wide : {true, false}) {
      std::vector<View> all = wide ? views(length, 100) : views(100, length);
      all.erase(all.begin());
      int end = 0;
      for (const View& view : all) {
        EXPECT_EQ(view.part.width, 100);
        EXPECT_EQ(view.part.height, 100);
        EXPECT_EQ(wide ? view.part.y : view.part.x, 0);
        const int start = wide ? view.part.x : view.part.y;
        EXPECT_LE(start, end) << length;
        end = start + 100;
      }
      EXPECT_EQ(end, length);
    }
  }
}

// ---- cut boxes

Detection box(float left, float top, float right, float bottom) {
  return {left, top, right, bottom, 0, 0.5F};
}

TEST(CutByView, ThePicturesOwnEdgesCutNothing) {
  const image::Image whole = size_only(200, 100);
  EXPECT_FALSE(cut_by_view(box(0, 0, 1, 1), View::whole(whole), whole));
  EXPECT_FALSE(cut_by_view(box(0, 0, 0.3F, 1), {.part = {0, 0, 100, 100}}, whole));
  EXPECT_FALSE(cut_by_view(box(0.7F, 0, 1, 1), {.part = {100, 0, 100, 100}}, whole));
}

TEST(CutByView, InnerEdgesDo) {
  const image::Image whole = size_only(200, 100);
  const View left{.part = {0, 0, 100, 100}}, middle{.part = {50, 0, 100, 100}};
  EXPECT_TRUE(cut_by_view(box(0.1F, 0, 0.5F, 1), left, whole));
  EXPECT_TRUE(cut_by_view(box(0.1F, 0, 0.495F, 1), left, whole));  // so near that it counts as cut
  EXPECT_FALSE(cut_by_view(box(0.1F, 0, 0.48F, 1), left, whole));
  EXPECT_TRUE(cut_by_view(box(0.25F, 0, 0.6F, 1), middle, whole));
  EXPECT_TRUE(cut_by_view(box(0.4F, 0, 0.75F, 1), middle, whole));
  EXPECT_FALSE(cut_by_view(box(0.27F, 0, 0.73F, 1), middle, whole));
}

TEST(CutByView, UprightPicturesLikewise) {
  const image::Image whole = size_only(100, 200);
  const View middle{.part = {0, 50, 100, 100}};
  EXPECT_TRUE(cut_by_view(box(0, 0.25F, 1, 0.6F), middle, whole));
  EXPECT_TRUE(cut_by_view(box(0, 0.4F, 1, 0.75F), middle, whole));
  EXPECT_FALSE(cut_by_view(box(0, 0.27F, 1, 0.73F), middle, whole));
  EXPECT_FALSE(cut_by_view(box(0, 0, 1, 0.4F), {.part = {0, 0, 100, 100}}, whole));
}

// ---- a network that finds the same in every view

class DetectObjectsTest : public testing::RuntimeTest {
 protected:
  struct Found {
    float x, y, width, height, score;  // the first four in ratios of the input
  };

  // Its input is `side` pixels.
  Pack finds(const std::vector<Found>& boxes, int side = 64) const {
    std::vector<float> values;
    for (float Found::*row : {&Found::x, &Found::y, &Found::width, &Found::height}) {
      for (const Found& found : boxes) values.push_back(found.*row * static_cast<float>(side));
    }
    for (const Found& found : boxes) values.push_back(found.score);
    const auto count = static_cast<std::int64_t>(boxes.size());
    write_file(directory_.path() / "model.onnx",
               testing::write_onnx_constants({"x", {1, side, side, 3}}, {{"y", {1, 5, count}, values}}));
    Pack pack;
    pack.id = "same";
    pack.task = Task::kDetect;
    pack.role = Role::kDetector;
    pack.input = input(side, side);
    pack.output = {.decoder = DecoderKind::kYoloV8, .tensors = {"y"}, .classes = 1};
    pack.folder = directory_.path();
    return pack;
  }

  static std::vector<float> lefts(const std::vector<Detection>& found) {
    std::vector<float> all;
    for (const Detection& detection : found) all.push_back(detection.left);
    std::ranges::sort(all);
    return all;
  }
};

TEST_F(DetectObjectsTest, GathersTheBoxesOfEveryView) {
  Network network(finds({{0.5F, 0.5F, 0.5F, 0.5F, 0.9F}}));
  const auto found = detect_objects(network, picture(200, 100));  // the whole and three squares
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(lefts(*found), ::testing::ElementsAre(0.125F, 0.25F, 0.375F, 0.625F));
  EXPECT_EQ(detect_objects(network, picture(100, 100))->size(), 1U);
}

TEST_F(DetectObjectsTest, LeavesCutBoxesToTheOtherViews) {
  Network network(finds({{0.75F, 0.5F, 0.5F, 0.5F, 0.9F}}));  // up to the right edge
  const auto found = detect_objects(network, picture(200, 100));
  ASSERT_TRUE(found);
  EXPECT_THAT(lefts(*found), ::testing::ElementsAre(0.5F, 0.75F));  // of the whole and of the last square
}

TEST_F(DetectObjectsTest, ACutBoxPutsDownTheFragmentsInIt) {
  // In each square the second lies within the first, which is cut: it must not outlive it.
  Network network(finds({{0.75F, 0.5F, 0.5F, 1, 0.9F}, {0.74F, 0.5F, 0.46F, 1, 0.5F}}));
  const auto found = detect_objects(network, picture(200, 100));
  ASSERT_TRUE(found);
  EXPECT_THAT(lefts(*found), ::testing::ElementsAre(0.5F, 0.75F));
}

TEST_F(DetectObjectsTest, ReturnsABoundedNumberTheSurestFirst) {
  std::vector<Found> boxes;
  for (int i = 0; i < 256; ++i) {
    const auto x = static_cast<float>(i % 16), y = static_cast<float>(i / 16);
    boxes.push_back(
        {(x + 0.5F) / 16, (y + 0.5F) / 16, 1.0F / 16, 1.0F / 16, 0.2F + static_cast<float>(i) / 512});
  }
  Network network(finds(boxes));
  const auto found = detect_objects(network, picture(64, 64));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), kMaxDetections);
  EXPECT_FLOAT_EQ(found->front().score, 0.2F + 255.0F / 512);
  EXPECT_FLOAT_EQ(found->back().score, 0.2F + 156.0F / 512);
  EXPECT_TRUE(std::ranges::is_sorted(*found, std::ranges::greater(), &Detection::score));
}

TEST_F(DetectObjectsTest, AFailureIsTheCallers) {
  Pack pack = finds({{0.5F, 0.5F, 0.5F, 0.5F, 0.9F}});
  pack.output.classes = 2;
  Network network(std::move(pack));
  EXPECT_EQ(detect_objects(network, picture(64, 64)).error().code, Code::kInternal);
}

}  // namespace
}  // namespace eyrie::vision
