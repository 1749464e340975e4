// Networks whose answers are known: constants, or the picture itself.
#include "vision/networks/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "vision/networks/model_set.h"
#include "vision/networks/networks.h"
#include "vision/networks/testing.h"

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using testing::OnnxGraph;
using testing::write_onnx;
using testing::write_onnx_constants;

image::Image grey(int width, int height, std::uint8_t value) {
  image::Image picture{.width = width, .height = height, .rgb = {}};
  picture.rgb.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, value);
  return picture;
}

InputSpec picture_input(int width, int height, Layout layout = Layout::kNhwc) {
  return {.name = "x", .width = width, .height = height, .layout = layout};
}

class NetworkTest : public testing::RuntimeTest {
 protected:
  Pack pack(const std::string& id, std::string_view onnx, InputSpec input, OutputSpec output,
            Role role = Role::kTagger) const {
    write_file(directory_.path() / id / "model.onnx", onnx);
    Pack made;
    made.id = id;
    made.role = role;
    made.input = std::move(input);
    made.output = std::move(output);
    made.folder = directory_.path() / id;
    return made;
  }

  // Scores of a picture of 2 x 1 pixels are its six values.
  Pack mirror_of_pixels() const {
    InputSpec input = picture_input(2, 1);
    input.scale = {255, 255, 255};
    return pack("pixels",
                write_onnx({.inputs = {{"x", {1, 1, 2, 3}}},
                            .outputs = {{"y", {1, 6}}},
                            .nodes = {{"Flatten", {"x"}, {"y"}}}}),
                input, {.tensors = {"y"}, .classes = 6});
  }

  // Finds one box of class 1 in the middle of any input: (0.25, 0.25) to (0.75, 0.75).
  Pack one_yolo_box(InputSpec input) const {
    const auto w = static_cast<float>(input.width), h = static_cast<float>(input.height);
    const std::string onnx =
        write_onnx_constants({"x", {1, 3, input.height, input.width}},
                             {{"y", {1, 6, 1}, {w / 2, h / 2, w / 2, h / 2, 0.1F, 0.9F}}});
    return pack("yolo", onnx, std::move(input),
                {.decoder = DecoderKind::kYoloV8, .tensors = {"y"}, .classes = 2}, Role::kDetector);
  }
};

void expect_found(const Detection& box, float left, float top, float right, float bottom) {
  EXPECT_NEAR(box.left, left, 1e-6);
  EXPECT_NEAR(box.top, top, 1e-6);
  EXPECT_NEAR(box.right, right, 1e-6);
  EXPECT_NEAR(box.bottom, bottom, 1e-6);
}

TEST_F(NetworkTest, TagsAreTheNetworksScores) {
  Network network(mirror_of_pixels());
  const image::Image picture{.width = 2, .height = 1, .rgb = {0, 51, 102, 153, 204, 255}};
  const auto scores = network.tag(picture, View::whole(picture));
  ASSERT_TRUE(scores) << scores.error().message;
  const auto near = [](float value) { return FloatNear(value, 1e-6F); };
  EXPECT_THAT(*scores, ElementsAre(0, near(0.2F), near(0.4F), near(0.6F), near(0.8F), 1));
  const auto mirrored = network.tag(picture, {.part = {0, 0, 2, 1}, .mirrored = true});
  ASSERT_TRUE(mirrored);
  EXPECT_THAT(*mirrored, ElementsAre(near(0.6F), near(0.8F), 1, 0, near(0.2F), near(0.4F)));
}

TEST_F(NetworkTest, IsLoadedByTheFirstCall) {
  Network network(mirror_of_pixels());
  EXPECT_FALSE(network.loaded());
  ASSERT_TRUE(network.warm_up());
  EXPECT_TRUE(network.loaded());
  std::filesystem::remove(network.pack().session_file().path);
  EXPECT_TRUE(network.warm_up());  // it is in memory
  EXPECT_TRUE(network.tag(grey(2, 1, 0), {.part = {0, 0, 2, 1}}));
}

TEST_F(NetworkTest, AFailureToOpenIsTriedAnew) {
  Network network(mirror_of_pixels());
  const auto path = network.pack().session_file().path;
  const auto aside = directory_.path() / "aside.onnx";
  std::filesystem::rename(path, aside);
  write_file(path, "broken");
  const auto scores = network.tag(grey(2, 1, 0), {.part = {0, 0, 2, 1}});
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().code, Code::kUnavailable);
  EXPECT_FALSE(network.loaded());
  std::filesystem::rename(aside, path);
  EXPECT_TRUE(network.warm_up());
}

TEST_F(NetworkTest, ManyThreadsOpenItOnce) {
  Network network(mirror_of_pixels());
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto scores = network.tag(grey(4, 4, 255), {.part = {0, 0, 4, 4}});
      if (scores && scores->size() == 6 && scores->back() == 1) ++right;
    });
  }
  threads.clear();
  EXPECT_EQ(right, 4);
}

TEST_F(NetworkTest, BoxesComeInRatiosOfThePicture) {
  const image::Image picture = grey(200, 100, 0);
  Network stretched(one_yolo_box(picture_input(32, 64, Layout::kNchw)));
  const auto found = stretched.detect(picture, View::whole(picture), 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  expect_found((*found)[0], 0.25F, 0.25F, 0.75F, 0.75F);
  EXPECT_EQ((*found)[0].cls, 1);
  EXPECT_FLOAT_EQ((*found)[0].score, 0.9F);
  EXPECT_EQ(stretched.detect(picture, View::whole(picture), 0.05F)->size(), 2U);
  EXPECT_TRUE(stretched.detect(picture, View::whole(picture), 0.95F)->empty());
  const auto part = stretched.detect(picture, {.part = {100, 50, 100, 50}}, 0.5F);
  ASSERT_EQ(part->size(), 1U);
  expect_found((*part)[0], 0.625F, 0.625F, 0.875F, 0.875F);
}

TEST_F(NetworkTest, BordersOfALetterboxAreTakenOff) {
  InputSpec input = picture_input(64, 64, Layout::kNchw);
  input.fit = Fit::kLetterbox;
  const image::Image picture = grey(200, 100, 0);
  Network middle(one_yolo_box(input));
  const auto found = middle.detect(picture, View::whole(picture), 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  expect_found((*found)[0], 0.25F, 0, 0.75F, 1);  // the picture is the middle half of the input
  // Four times as wide as high, in the corner: the box lies wholly in the border.
  input.align_corner = true;
  Network corner(one_yolo_box(input));
  const image::Image flat = grey(400, 100, 0);
  const auto none = corner.detect(flat, View::whole(flat), 0.5F);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(NetworkTest, BoxesOverAnchors) {
  OutputSpec output{.decoder = DecoderKind::kSsdAnchors, .tensors = {"b", "l"}, .classes = 1};
  output.anchors = {.grids = {2}, .size = 1, .octaves = {1}, .ratios = {1}};
  const std::string onnx = write_onnx_constants(
      {"x", {1, 8, 8, 3}}, {{"l", {1, 4, 1}, {0, 0, 0.8F, 0}}, {"b", {1, 4, 4}, std::vector<float>(16)}});
  Network network(pack("ssd", onnx, picture_input(8, 8), output, Role::kDetector));
  const image::Image picture = grey(8, 8, 0);
  const auto found = network.detect(picture, View::whole(picture), 0.5F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  expect_found((*found)[0], 0, 0.5F, 0.5F, 1);
}

TEST_F(NetworkTest, AnAnswerOfAnotherSizeNamesThePack) {
  Pack tags = mirror_of_pixels();
  tags.output.classes = 7;
  const image::Image picture = grey(2, 1, 0);
  const auto scores = Network(std::move(tags)).tag(picture, View::whole(picture));
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().code, Code::kInternal);
  EXPECT_THAT(scores.error().message, HasSubstr("pixels"));
  Pack boxes = one_yolo_box(picture_input(8, 8, Layout::kNchw));
  boxes.output.classes = 3;
  const auto found = Network(std::move(boxes)).detect(picture, View::whole(picture), 0.5F);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kInternal);
  EXPECT_THAT(found.error().message, HasSubstr("yolo"));
}

TEST_F(NetworkTest, RawTensorsInAndOut) {
  InputSpec input{.name = "x", .shape = {1, 2, 2}};
  Network network(pack("raw",
                       write_onnx({.inputs = {{"x", {1, 2, 2}}},
                                   .outputs = {{"n", {1, 2, 2}}, {"f", {1, 4}}},
                                   .nodes = {{"Neg", {"x"}, {"n"}}, {"Flatten", {"x"}, {"f"}}}}),
                       input, {.decoder = DecoderKind::kTensors, .tensors = {"f", "n"}}, Role::kFacePose));
  Tensor tensor{.type = ElementType::kFloat32, .shape = {1, 2, 2}, .bytes = std::vector<std::uint8_t>(16)};
  const float values[] = {1, 2, 3, 4};
  std::memcpy(tensor.bytes.data(), values, sizeof values);
  const auto outputs = network.run(tensor);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_THAT((*outputs)[0].values, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT((*outputs)[1].values, ElementsAre(-1, -2, -3, -4));
  EXPECT_THAT((*outputs)[1].shape, ElementsAre(1, 2, 2));
}

// A pack whose input is no picture of fixed size is its role's code's to fill.
TEST_F(NetworkTest, WhatIsNoPictureIsNotAskedWithOne) {
  const image::Image picture = grey(2, 1, 0);
  Pack shaped = mirror_of_pixels();
  shaped.input = {.name = "x", .shape = {1, 1, 2, 3}};
  const auto scores = Network(std::move(shaped)).tag(picture, View::whole(picture));
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().code, Code::kInternal);
  EXPECT_THAT(scores.error().message, HasSubstr("pixels"));
  Pack free = one_yolo_box(picture_input(8, 8, Layout::kNchw));
  free.input.width = 0;
  EXPECT_FALSE(Network(std::move(free)).detect(picture, View::whole(picture), 0.5F));
}

// ---- several of them

TEST_F(NetworkTest, NetworksAreFoundByRoleInTheirOrder) {
  Pack second = mirror_of_pixels();
  second.id = "second";
  const Networks networks({mirror_of_pixels(), second, one_yolo_box(picture_input(8, 8, Layout::kNchw))});
  EXPECT_EQ(networks.all().size(), 3U);
  EXPECT_EQ(networks.find(Role::kTagger)->pack().id, "pixels");
  EXPECT_EQ(networks.find(Role::kDetector)->pack().id, "yolo");
  EXPECT_EQ(networks.find(Role::kModeration), nullptr);
  const auto required = networks.require(Role::kDetector);
  ASSERT_TRUE(required);
  EXPECT_EQ(*required, networks.find(Role::kDetector));
  const auto missing = networks.require(Role::kModeration);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kUnavailable);
  EXPECT_THAT(missing.error().message, HasSubstr("\"moderation\""));
  EXPECT_THAT(missing.error().message, HasSubstr("scripts/models fetch"));
}

TEST_F(NetworkTest, NetworksWarmUpTogether) {
  const Networks networks({mirror_of_pixels(), one_yolo_box(picture_input(8, 8, Layout::kNchw))});
  EXPECT_TRUE(networks.warm_up());
  for (const auto& network : networks.all()) EXPECT_TRUE(network->loaded());
  const Networks broken({mirror_of_pixels(), pack("broken", "x", picture_input(8, 8), {})});
  const Status status = broken.warm_up();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("broken"));
  EXPECT_TRUE(Networks({}).warm_up());
}

// ---- the packs of this machine

TEST(InstalledNetworks, AnswerAsTheirPacksSay) {
  if (const auto runtime = Runtime::get(); !runtime) GTEST_SKIP() << runtime.error().message;
  auto models = read_models(testing::installed_models());
  if (!models) GTEST_SKIP() << models.error().message;
  const image::Image picture = grey(160, 120, 128);
  for (Pack& pack : models->packs) {
    SCOPED_TRACE(pack.id);
    Network network(std::move(pack));
    const Status loaded = network.warm_up();
    ASSERT_TRUE(loaded) << loaded.error().message;
    const Task task = network.pack().task;
    if (task == Task::kDetect) {
      const auto found = network.detect(picture, View::whole(picture), 0.01F);
      EXPECT_TRUE(found) << found.error().message;
    } else if (task == Task::kTag) {
      const auto scores = network.tag(picture, View::whole(picture));
      ASSERT_TRUE(scores) << scores.error().message;
      EXPECT_EQ(scores->size(), network.pack().classes.size());
    }
  }
}

}  // namespace
}  // namespace eyrie::vision
