#include "vision/networks/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace eyrie::vision {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using Bytes = std::vector<std::uint8_t>;

image::Image filled(int width, int height, std::array<std::uint8_t, 3> colour = {0, 0, 0}) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height; ++i)
    picture.rgb.insert(picture.rgb.end(), colour.begin(), colour.end());
  return picture;
}

void paint(image::Image& picture, const image::Rect& part, std::array<std::uint8_t, 3> colour) {
  for (int y = part.y; y < part.y + part.height; ++y) {
    for (int x = part.x; x < part.x + part.width; ++x) std::memcpy(picture.row(y) + x * 3, colour.data(), 3);
  }
}

// Two pixels side by side, six different values.
image::Image pair_of_pixels() {
  return {.width = 2, .height = 1, .rgb = {10, 20, 30, 40, 50, 60}};
}

InputSpec input(int width, int height, ElementType type = ElementType::kUint8) {
  return {.name = "x", .width = width, .height = height, .type = type};
}

std::vector<float> floats(const Tensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

Tensor tensor_of(const image::Image& picture, const InputSpec& spec) {
  return prepare(picture, View::whole(picture), spec).tensor;
}

// ---- how values lie

TEST(Prepare, BytesInEitherLayout) {
  InputSpec spec = input(2, 1);
  const Tensor interleaved = tensor_of(pair_of_pixels(), spec);
  EXPECT_EQ(interleaved.type, ElementType::kUint8);
  EXPECT_THAT(interleaved.shape, ElementsAre(1, 1, 2, 3));
  EXPECT_EQ(interleaved.bytes, (Bytes{10, 20, 30, 40, 50, 60}));
  spec.layout = Layout::kNchw;
  const Tensor planar = tensor_of(pair_of_pixels(), spec);
  EXPECT_THAT(planar.shape, ElementsAre(1, 3, 1, 2));
  EXPECT_EQ(planar.bytes, (Bytes{10, 40, 20, 50, 30, 60}));
}

TEST(Prepare, BytesInBgr) {
  InputSpec spec = input(2, 1);
  spec.bgr = true;
  EXPECT_EQ(tensor_of(pair_of_pixels(), spec).bytes, (Bytes{30, 20, 10, 60, 50, 40}));
  spec.layout = Layout::kNchw;
  EXPECT_EQ(tensor_of(pair_of_pixels(), spec).bytes, (Bytes{30, 60, 20, 50, 10, 40}));
}

TEST(Prepare, FloatsByMeanAndScaleOfTheirChannel) {
  InputSpec spec = input(2, 1, ElementType::kFloat32);
  spec.mean = {10, 0, -10};
  spec.scale = {1, 2, 4};
  const Tensor interleaved = tensor_of(pair_of_pixels(), spec);
  EXPECT_EQ(interleaved.type, ElementType::kFloat32);
  EXPECT_THAT(floats(interleaved), ElementsAre(0, 10, 10, 30, 25, 17.5F));
  spec.layout = Layout::kNchw;
  EXPECT_THAT(floats(tensor_of(pair_of_pixels(), spec)), ElementsAre(0, 30, 10, 25, 10, 17.5F));
  // Mean and scale stay with their colour where the channels are turned round.
  spec.bgr = true;
  EXPECT_THAT(floats(tensor_of(pair_of_pixels(), spec)), ElementsAre(10, 17.5F, 10, 25, 0, 30));
  spec.layout = Layout::kNhwc;
  EXPECT_THAT(floats(tensor_of(pair_of_pixels(), spec)), ElementsAre(10, 10, 0, 17.5F, 25, 30));
}

// ---- where the picture lies

void expect_placement(const Placement& placement, double left, double top, double width, double height) {
  EXPECT_NEAR(placement.left, left, 1e-9);
  EXPECT_NEAR(placement.top, top, 1e-9);
  EXPECT_NEAR(placement.width, width, 1e-9);
  EXPECT_NEAR(placement.height, height, 1e-9);
}

// The red values of an input in bytes, a row a string: 0 ".", the pad "p", else "#".
std::vector<std::string> drawing(const Tensor& tensor, std::uint8_t pad) {
  std::vector<std::string> rows;
  const auto height = static_cast<std::size_t>(tensor.shape[1]);
  const auto width = static_cast<std::size_t>(tensor.shape[2]);
  for (std::size_t y = 0; y < height; ++y) {
    std::string& row = rows.emplace_back();
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t red = tensor.bytes[(y * width + x) * 3];
      row += red == 0 ? '.' : red == pad ? 'p' : '#';
    }
  }
  return rows;
}

TEST(Prepare, StretchFillsTheInput) {
  const image::Image picture = filled(40, 10, {200, 200, 200});
  const Prepared prepared = prepare(picture, View::whole(picture), input(4, 4));
  expect_placement(prepared.placement, 0, 0, 1, 1);
  EXPECT_THAT(prepared.tensor.bytes, Each(200));
  EXPECT_EQ(prepared.tensor.bytes.size(), 4U * 4U * 3U);
}

TEST(Prepare, LetterboxLeavesABorder) {
  InputSpec spec = input(6, 6);
  spec.fit = Fit::kLetterbox;
  spec.pad = 7;
  const image::Image wide = filled(60, 20, {200, 200, 200});
  const Prepared middle = prepare(wide, View::whole(wide), spec);
  expect_placement(middle.placement, 0, 2.0 / 6, 1, 2.0 / 6);
  EXPECT_THAT(drawing(middle.tensor, 7),
              ElementsAre("pppppp", "pppppp", "######", "######", "pppppp", "pppppp"));
  const image::Image high = filled(1, 2, {200, 200, 200});
  const Prepared upright = prepare(high, View::whole(high), spec);
  expect_placement(upright.placement, 1.0 / 6, 0, 0.5, 1);  // half of a border of three, rounded down
  EXPECT_THAT(drawing(upright.tensor, 7), Each("p###pp"));
  spec.align_corner = true;
  const Prepared corner = prepare(high, View::whole(high), spec);
  expect_placement(corner.placement, 0, 0, 0.5, 1);
  EXPECT_THAT(drawing(corner.tensor, 7), Each("###ppp"));
  const image::Image same = filled(3, 3, {200, 200, 200});
  expect_placement(prepare(same, View::whole(same), spec).placement, 0, 0, 1, 1);
}

TEST(Prepare, TheThinnestPictureKeepsAPixel) {
  InputSpec spec = input(8, 8);
  spec.fit = Fit::kLetterbox;
  spec.pad = 7;
  const image::Image line = filled(1000, 1, {200, 200, 200});
  const Prepared prepared = prepare(line, View::whole(line), spec);
  expect_placement(prepared.placement, 0, 3.0 / 8, 1, 1.0 / 8);
  EXPECT_EQ(drawing(prepared.tensor, 7)[3], "########");
}

TEST(Prepare, CenterCropTakesTheMiddleOfTheInputsForm) {
  InputSpec spec = input(2, 2);
  spec.fit = Fit::kCenterCrop;
  image::Image picture = filled(8, 4);
  paint(picture, {2, 0, 4, 4}, {200, 200, 200});
  const Prepared whole = prepare(picture, View::whole(picture), spec);
  EXPECT_THAT(whole.tensor.bytes, Each(200));
  // The picture is twice as wide as the input, which lies over its middle.
  expect_placement(whole.placement, -0.5, 0, 2, 1);
  spec.crop = 0.5;
  paint(picture, {3, 1, 2, 2}, {90, 90, 90});
  const Prepared part = prepare(picture, View::whole(picture), spec);
  EXPECT_THAT(part.tensor.bytes, Each(90));
  expect_placement(part.placement, -1.5, -0.5, 4, 2);
  spec = input(4, 2);
  spec.fit = Fit::kCenterCrop;
  const image::Image high = filled(4, 8);
  expect_placement(prepare(high, View::whole(high), spec).placement, 0, -1.5, 1, 4);
}

TEST(Prepare, AViewShowsItsPartAlone) {
  image::Image picture = filled(9, 9, {90, 90, 90});
  paint(picture, {3, 2, 4, 5}, {200, 200, 200});
  for (const Fit fit : {Fit::kStretch, Fit::kLetterbox, Fit::kCenterCrop}) {
    InputSpec spec = input(4, 5);
    spec.fit = fit;
    const Prepared prepared = prepare(picture, {.part = {3, 2, 4, 5}}, spec);
    EXPECT_THAT(prepared.tensor.bytes, Each(200));
    expect_placement(prepared.placement, 0, 0, 1, 1);
  }
}

TEST(Prepare, MirroredSwapsLeftAndRightWithinTheBorder) {
  InputSpec spec = input(2, 1);
  const image::Image picture = pair_of_pixels();
  const View view{.part = {0, 0, 2, 1}, .mirrored = true};
  EXPECT_EQ(prepare(picture, view, spec).tensor.bytes, (Bytes{40, 50, 60, 10, 20, 30}));
  spec = input(4, 1);
  spec.fit = Fit::kLetterbox;
  spec.align_corner = true;
  spec.pad = 7;
  EXPECT_EQ(prepare(picture, view, spec).tensor.bytes, (Bytes{40, 50, 60, 10, 20, 30, 7, 7, 7, 7, 7, 7}));
}

// ---- and back

TEST(ToPicture, WhatLiesInTheBorderHasNoArea) {
  const image::Image picture = filled(60, 20);
  const Placement placement{.left = 0, .top = 0.25, .width = 1, .height = 0.5};
  const View view = View::whole(picture);
  EXPECT_EQ(to_picture({0, 0, 1, 0.25F}, placement, view, picture).area(), 0);
  EXPECT_EQ(to_picture({0, 0.8F, 1, 1}, placement, view, picture).area(), 0);
  const Detection reaching = to_picture({0.25F, 0, 0.75F, 0.5F, 3, 0.5F}, placement, view, picture);
  EXPECT_FLOAT_EQ(reaching.left, 0.25F);
  EXPECT_FLOAT_EQ(reaching.top, 0);
  EXPECT_FLOAT_EQ(reaching.right, 0.75F);
  EXPECT_FLOAT_EQ(reaching.bottom, 0.5F);
  EXPECT_EQ(reaching.cls, 3);
  EXPECT_EQ(reaching.score, 0.5F);
}

TEST(ToPicture, StaysWithinTheView) {
  const image::Image picture = filled(100, 50);
  const View view{.part = {20, 10, 50, 25}};
  const Detection box = to_picture({-1, -1, 2, 2}, {}, view, picture);
  EXPECT_FLOAT_EQ(box.left, 0.2F);
  EXPECT_FLOAT_EQ(box.top, 0.2F);
  EXPECT_FLOAT_EQ(box.right, 0.7F);
  EXPECT_FLOAT_EQ(box.bottom, 0.7F);
}

struct RoundTrip {
  Fit fit;
  bool corner, mirrored;
  double crop;
  int width, height;  // of the input
};

void PrintTo(const RoundTrip& trip, std::ostream* out) {
  const char* const fits[] = {"stretch", "letterbox", "center-crop"};
  *out << fits[static_cast<int>(trip.fit)] << (trip.corner ? " corner" : "")
       << (trip.mirrored ? " mirrored" : "") << " crop " << trip.crop << " to " << trip.width << "x"
       << trip.height;
}

class ToPictureOf : public ::testing::TestWithParam<RoundTrip> {};

// The bounds of what is bright in an input of bytes, in ratios of it.
Detection bright_part(const Tensor& tensor) {
  const auto height = static_cast<int>(tensor.shape[1]);
  const auto width = static_cast<int>(tensor.shape[2]);
  int left = width, top = height, right = 0, bottom = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (tensor.bytes[static_cast<std::size_t>(y * width + x) * 3] < 128) continue;
      left = std::min(left, x);
      top = std::min(top, y);
      right = std::max(right, x + 1);
      bottom = std::max(bottom, y + 1);
    }
  }
  const auto w = static_cast<float>(width), h = static_cast<float>(height);
  return {static_cast<float>(left) / w, static_cast<float>(top) / h, static_cast<float>(right) / w,
          static_cast<float>(bottom) / h};
}

// A bright block is found in the input and must come back to where it was painted, to a pixel of the input.
TEST_P(ToPictureOf, WhatWasPreparedComesBack) {
  const RoundTrip& trip = GetParam();
  InputSpec spec = input(trip.width, trip.height);
  spec.fit = trip.fit;
  spec.align_corner = trip.corner;
  spec.crop = trip.crop;
  image::Image picture = filled(301, 203);
  const image::Rect block{120, 90, 40, 20};
  paint(picture, block, {255, 255, 255});
  for (const image::Rect& part :
       {image::Rect{0, 0, 301, 203}, image::Rect{40, 31, 205, 151}, image::Rect{101, 13, 99, 187}}) {
    const View view{.part = part, .mirrored = trip.mirrored};
    const Prepared prepared = prepare(picture, view, spec);
    const Detection box = to_picture(bright_part(prepared.tensor), prepared.placement, view, picture);
    // Pixels of the picture that one of the input covers.
    const double across = part.width / (prepared.placement.width * trip.width);
    const double down = part.height / (prepared.placement.height * trip.height);
    EXPECT_NEAR(box.left * 301, 120, across) << part.x;
    EXPECT_NEAR(box.right * 301, 160, across) << part.x;
    EXPECT_NEAR(box.top * 203, 90, down) << part.x;
    EXPECT_NEAR(box.bottom * 203, 110, down) << part.x;
  }
}

INSTANTIATE_TEST_SUITE_P(Fits, ToPictureOf,
                         ::testing::Values(RoundTrip{Fit::kStretch, false, false, 1, 64, 64},
                                           RoundTrip{Fit::kStretch, false, true, 1, 96, 40},
                                           RoundTrip{Fit::kLetterbox, false, false, 1, 128, 128},
                                           RoundTrip{Fit::kLetterbox, true, false, 1, 97, 61},
                                           RoundTrip{Fit::kLetterbox, false, true, 1, 64, 101},
                                           RoundTrip{Fit::kLetterbox, true, true, 1, 128, 96},
                                           RoundTrip{Fit::kLetterbox, false, false, 1, 640, 640},
                                           RoundTrip{Fit::kCenterCrop, false, false, 1, 64, 64},
                                           RoundTrip{Fit::kCenterCrop, false, true, 0.9, 99, 64},
                                           RoundTrip{Fit::kCenterCrop, false, false, 0.8, 64, 77}));

}  // namespace
}  // namespace eyrie::vision
