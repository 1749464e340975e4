// parse_pack over good descriptions and over one wrong thing after the other. Reading whole folders:
// pack_folder_test.cc.
#include "vision/networks/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kDetector = R"({
  "id": "ssd", "title": "An SSD", "role": "detector", "task": "detect", "set": "default", "rank": 3,
  "licence": "MIT", "upstream": "someone", "package": "ssd@1.0.0", "sha256": "00ff", "bytes": 1234,
  "input": {"name": "image", "type": "uint8", "layout": "NHWC", "width": 320, "height": 240, "channels": "RGB",
            "mean": [0, 0, 0], "scale": [1, 1, 1], "fit": "letterbox", "align": "corner", "pad": 127},
  "output": {"decoder": "ssd-anchors", "boxes": "b", "logits": "l", "classes": 90, "activation": "sigmoid",
             "anchors": {"grids": [8, 4], "size": 4.0, "octaves": [1, 1.26, 1.59], "ratios": [1, 2, 0.5]},
             "box_scales": {"y": 10, "x": 9, "h": 5, "w": 4}}})";

constexpr std::string_view kYolo = R"({
  "id": "yolo", "title": "A YOLO", "role": "detector", "task": "detect", "set": "quality", "licence": "AGPL-3.0",
  "input": {"name": "images", "type": "float32", "layout": "NCHW", "width": 640, "height": 640,
            "scale": [255, 255, 255], "fit": "stretch"},
  "output": {"decoder": "yolo-v8", "output": "output0", "classes": 80, "activation": "none"}})";

constexpr std::string_view kTagger = R"({
  "id": "tags", "title": "Tags", "role": "tagger", "task": "tag", "set": "small", "licence": "MIT",
  "input": {"name": "image", "type": "float32", "layout": "NCHW", "width": 224, "height": 224, "channels": "BGR",
            "mean": [1, 2, 3], "scale": [4, 5, 6], "fit": "center-crop", "crop": 0.875},
  "output": {"decoder": "scores", "scores": "probabilities", "classes": 1000, "activation": "softmax"}})";

constexpr std::string_view kText = R"({
  "id": "ocr", "title": "OCR", "role": "text-recognizer", "task": "text", "set": "default", "licence": "MIT",
  "input": {"name": "x", "type": "float32", "layout": "NCHW", "width": 0, "height": 48, "fit": "stretch"},
  "output": {"decoder": "tensors", "tensors": ["out", "more"], "classes": 97}})";

constexpr std::string_view kFace = R"({
  "id": "eyes", "title": "Eyes", "role": "face-eyes", "task": "face", "set": "default", "licence": "MIT",
  "input": {"name": "x", "type": "float32", "shape": [1, 1, 24, 32]},
  "output": {"decoder": "scores", "scores": "y", "classes": 2, "activation": "softmax"}})";

// The description with the member at `path` ("output.anchors.size") set to a JSON value, or without it ("").
std::string changed(std::string_view text, std::string_view path, std::string_view value) {
  json::value root = parse_json(text).value();
  json::object* object = &root.as_object();
  while (path.contains('.')) {
    object = &object->at(path.substr(0, path.find('.'))).as_object();
    path.remove_prefix(path.find('.') + 1);
  }
  object->erase(path);
  if (!value.empty()) object->insert_or_assign(path, parse_json(value).value());
  return write_json(root);
}

// ---- what is understood

TEST(Pack, ADetectorOverAnchors) {
  const auto pack = parse_pack(kDetector);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->id, "ssd");
  EXPECT_EQ(pack->title, "An SSD");
  EXPECT_EQ(pack->task, Task::kDetect);
  EXPECT_EQ(pack->role, Role::kDetector);
  EXPECT_EQ(pack->set, "default");
  EXPECT_EQ(pack->rank, 3);
  EXPECT_EQ(pack->licence, "MIT");
  EXPECT_EQ(pack->upstream, "someone");
  EXPECT_EQ(pack->package, "ssd@1.0.0");
  EXPECT_EQ(pack->sha256, "00ff");
  EXPECT_EQ(pack->bytes, 1234U);
  EXPECT_EQ(pack->input.type, ElementType::kUint8);
  EXPECT_EQ(pack->input.width, 320);
  EXPECT_EQ(pack->input.height, 240);
  EXPECT_EQ(pack->input.layout, Layout::kNhwc);
  EXPECT_EQ(pack->input.fit, Fit::kLetterbox);
  EXPECT_TRUE(pack->input.align_corner);
  EXPECT_EQ(pack->input.pad, 127);
  EXPECT_FALSE(pack->input.bgr);
  EXPECT_EQ(pack->output.decoder, DecoderKind::kSsdAnchors);
  EXPECT_EQ(pack->output.activation, Activation::kSigmoid);
  EXPECT_EQ(pack->output.classes, 90);
  EXPECT_THAT(pack->output.tensors, ElementsAre("b", "l"));
  EXPECT_THAT(pack->output.anchors.grids, ElementsAre(8, 4));
  EXPECT_EQ(pack->output.anchors.size, 4);
  EXPECT_THAT(pack->output.anchors.octaves, ElementsAre(1, 1.26, 1.59));
  EXPECT_THAT(pack->output.anchors.ratios, ElementsAre(1, 2, 0.5));
  EXPECT_EQ(pack->output.anchors.count(), (64U + 16U) * 9U);
  EXPECT_THAT(pack->output.box_scales, ElementsAre(10, 9, 5, 4));
  EXPECT_TRUE(pack->classes.empty());
  EXPECT_TRUE(pack->folder.empty());
}

TEST(Pack, AYoloWithWhatMayBeLeftOut) {
  const auto pack = parse_pack(kYolo);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->rank, 0);
  EXPECT_EQ(pack->bytes, 0U);
  EXPECT_EQ(pack->sha256, "");
  EXPECT_EQ(pack->input.layout, Layout::kNchw);
  EXPECT_EQ(pack->input.type, ElementType::kFloat32);
  EXPECT_THAT(pack->input.mean, ElementsAre(0, 0, 0));
  EXPECT_THAT(pack->input.scale, ElementsAre(255, 255, 255));
  EXPECT_FALSE(pack->input.bgr);
  EXPECT_EQ(pack->input.crop, 1);
  EXPECT_FALSE(pack->input.align_corner);
  EXPECT_EQ(pack->output.decoder, DecoderKind::kYoloV8);
  EXPECT_THAT(pack->output.tensors, ElementsAre("output0"));
}

// Packs tell mean and scale in the order of their channels; specs are in RGB.
TEST(Pack, ATaggerInBgr) {
  const auto pack = parse_pack(kTagger);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->task, Task::kTag);
  EXPECT_TRUE(pack->input.bgr);
  EXPECT_THAT(pack->input.mean, ElementsAre(3, 2, 1));
  EXPECT_THAT(pack->input.scale, ElementsAre(6, 5, 4));
  EXPECT_EQ(pack->input.fit, Fit::kCenterCrop);
  EXPECT_EQ(pack->input.crop, 0.875);
  EXPECT_EQ(pack->output.activation, Activation::kSoftmax);
  EXPECT_THAT(pack->output.tensors, ElementsAre("probabilities"));
  const auto rgb = parse_pack(changed(kTagger, "input.channels", R"("RGB")"));
  ASSERT_TRUE(rgb);
  EXPECT_THAT(rgb->input.mean, ElementsAre(1, 2, 3));
}

TEST(Pack, RawTensorsOfAPictureWithAFreeSide) {
  const auto pack = parse_pack(kText);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->role, Role::kTextRecognizer);
  EXPECT_EQ(pack->output.decoder, DecoderKind::kTensors);
  EXPECT_THAT(pack->output.tensors, ElementsAre("out", "more"));
  EXPECT_EQ(pack->output.classes, 97);
  EXPECT_EQ(parse_pack(changed(kText, "output.classes", ""))->output.classes, 0);
  EXPECT_THAT(pack->session_file().input_shape, ElementsAre(1, 3, 48, -1));
  EXPECT_THAT(pack->session_file().outputs, ElementsAre("out", "more"));
}

TEST(Pack, AnInputThatIsNoPicture) {
  const auto pack = parse_pack(kFace);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_THAT(pack->input.shape, ElementsAre(1, 1, 24, 32));
  EXPECT_EQ(pack->input.width, 0);
  EXPECT_THAT(pack->session_file().input_shape, ElementsAre(1, 1, 24, 32));
  EXPECT_EQ(pack->output.decoder, DecoderKind::kScores);
  EXPECT_TRUE(parse_pack(changed(kFace, "output", R"({"decoder": "tensors", "tensors": ["a"]})")));
}

TEST(Pack, WhatASessionIsToldOfAPicture) {
  auto pack = parse_pack(kDetector).value();
  pack.folder = "/models/ssd";
  const SessionFile file = pack.session_file();
  EXPECT_EQ(file.path, "/models/ssd/model.onnx");
  EXPECT_EQ(file.input, "image");
  EXPECT_EQ(file.type, ElementType::kUint8);
  EXPECT_THAT(file.input_shape, ElementsAre(1, 240, 320, 3));
  EXPECT_THAT(file.outputs, ElementsAre("b", "l"));
  pack.input.layout = Layout::kNchw;
  EXPECT_THAT(pack.session_file().input_shape, ElementsAre(1, 3, 240, 320));
  pack.input.height = 0;
  EXPECT_THAT(pack.session_file().input_shape, ElementsAre(1, 3, -1, 320));
}

TEST(Pack, EveryRoleHasANameOfItsOwnAndOneTask) {
  const std::string_view tasks[] = {"detect", "tag", "face", "text", "moderate"};
  std::set<std::string_view> names;
  for (std::size_t r = 0; r < kRoles; ++r) {
    const std::string_view name = role_name(static_cast<Role>(r));
    ASSERT_FALSE(name.empty()) << r;
    EXPECT_TRUE(names.insert(name).second) << name;
    const std::string text =
        changed(name == "detector" ? kDetector : kTagger, "role", '"' + std::string(name) + '"');
    int fitting = 0;
    for (const std::string_view task : tasks) {
      const auto pack = parse_pack(changed(text, "task", '"' + std::string(task) + '"'));
      if (!pack) continue;
      ++fitting;
      EXPECT_EQ(pack->role, static_cast<Role>(r));
      EXPECT_EQ(task_name(pack->task), task);
    }
    EXPECT_EQ(fitting, 1) << name;
  }
  EXPECT_EQ(role_name(static_cast<Role>(kRoles)), "");
}

TEST(Pack, UnknownMembersAreLeftAlone) {
  EXPECT_TRUE(parse_pack(changed(kTagger, "calibration", R"({"any": [1]})")));
  EXPECT_TRUE(parse_pack(changed(kTagger, "input.comment", R"("later")")));
}

// ---- what is refused

struct Wrong {
  std::string_view text, path, value;  // value "": the member is taken out
  std::string_view named = {};         // what the message names; "": the path
};

void PrintTo(const Wrong& wrong, std::ostream* out) {
  *out << wrong.path << " = " << wrong.value;
}

class PackRefusal : public ::testing::TestWithParam<Wrong> {};

TEST_P(PackRefusal, NamesTheMember) {
  const Wrong& wrong = GetParam();
  const auto pack = parse_pack(changed(wrong.text, wrong.path, wrong.value));
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, Code::kInvalidArgument);
  EXPECT_THAT(pack.error().message,
              HasSubstr('"' + std::string(wrong.named.empty() ? wrong.path : wrong.named) + '"'));
}

const std::string kLongName = '"' + std::string(257, 'a') + '"';

INSTANTIATE_TEST_SUITE_P(
    Head, PackRefusal,
    ::testing::Values(  //
        Wrong{kTagger, "id", ""}, Wrong{kTagger, "id", "7"}, Wrong{kTagger, "id", R"("")"},
        Wrong{kTagger, "id", R"("Tags")"}, Wrong{kTagger, "id", R"("../tags")"},
        Wrong{kTagger, "id", R"(".tags")"}, Wrong{kTagger, "id", R"("a b")"},
        Wrong{kTagger, "id", R"("a\u0000b")"},
        Wrong{kTagger, "id", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""},
        Wrong{kTagger, "title", ""}, Wrong{kTagger, "title", R"("")"}, Wrong{kTagger, "title", kLongName},
        Wrong{kTagger, "licence", ""}, Wrong{kTagger, "licence", "null"}, Wrong{kTagger, "upstream", "[]"},
        Wrong{kTagger, "package", "1"}, Wrong{kTagger, "sha256", "{}"}, Wrong{kTagger, "sha256", kLongName},
        Wrong{kTagger, "set", ""}, Wrong{kTagger, "set", R"("")"}, Wrong{kTagger, "rank", "-1"},
        Wrong{kTagger, "rank", "1001"}, Wrong{kTagger, "rank", "1.5"}, Wrong{kTagger, "rank", R"("1")"},
        Wrong{kTagger, "rank", "18446744073709551615"}, Wrong{kTagger, "bytes", "-1"},
        Wrong{kTagger, "bytes", "1099511627777"}, Wrong{kTagger, "bytes", "1.5"}, Wrong{kTagger, "task", ""},
        Wrong{kTagger, "task", R"("classify")"}, Wrong{kTagger, "role", ""},
        Wrong{kTagger, "role", R"("juggler")"}, Wrong{kTagger, "role", R"("detector")", "task"},
        Wrong{kText, "task", R"("face")", "task"}));

INSTANTIATE_TEST_SUITE_P(
    Input, PackRefusal,
    ::testing::Values(  //
        Wrong{kTagger, "input", ""}, Wrong{kTagger, "input", "[]"}, Wrong{kTagger, "input", R"("image")"},
        Wrong{kTagger, "input.name", ""}, Wrong{kTagger, "input.name", R"("")"},
        Wrong{kTagger, "input.name", kLongName}, Wrong{kTagger, "input.type", ""},
        Wrong{kTagger, "input.type", R"("float16")"}, Wrong{kTagger, "input.width", ""},
        Wrong{kTagger, "input.width", "-1"}, Wrong{kTagger, "input.width", "4097"},
        Wrong{kTagger, "input.width", "224.5"}, Wrong{kTagger, "input.height", ""},
        Wrong{kTagger, "input.height", "1e9"}, Wrong{kTagger, "input.width", "0", "input"},
        Wrong{kTagger, "input.height", "0", "input"}, Wrong{kYolo, "input.height", "0", "input"},
        Wrong{kDetector, "input.width", "0", "input"}, Wrong{kTagger, "input.layout", ""},
        Wrong{kTagger, "input.layout", R"("CHWN")"}, Wrong{kTagger, "input.channels", R"("GRAY")"},
        Wrong{kTagger, "input.channels", "null"}, Wrong{kTagger, "input.mean", "[1, 2]"},
        Wrong{kTagger, "input.mean", "[1, 2, 3, 4]"}, Wrong{kTagger, "input.mean", R"([1, 2, "3"])"},
        Wrong{kTagger, "input.mean", "127.5"}, Wrong{kTagger, "input.mean", "[0, 0, 1e7]"},
        Wrong{kTagger, "input.scale", "[1, 0, 1]"}, Wrong{kTagger, "input.scale", "[1, 1, -1]"},
        Wrong{kTagger, "input.scale", "[1, 1, 1e400]"}, Wrong{kTagger, "input.fit", ""},
        Wrong{kTagger, "input.fit", R"("cover")"}, Wrong{kTagger, "input.crop", "0"},
        Wrong{kTagger, "input.crop", "1.01"}, Wrong{kTagger, "input.crop", R"("all")"},
        Wrong{kDetector, "input.align", R"("left")"}, Wrong{kDetector, "input.pad", "256"},
        Wrong{kDetector, "input.pad", "-1"}, Wrong{kDetector, "input.pad", "0.5"},
        Wrong{kDetector, "input.mean", "[1, 1, 1]"},
        Wrong{kDetector, "input.scale", "[2, 2, 2]", "input.mean"},
        Wrong{kDetector, "input.fit", R"("center-crop")"}, Wrong{kFace, "input.shape", "[]"},
        Wrong{kFace, "input.shape", "[1, 0, 24, 24]"}, Wrong{kFace, "input.shape", "[1, 1, 24.5, 24]"},
        Wrong{kFace, "input.shape", "[1, 4097]"}, Wrong{kFace, "input.shape", "[1, 1, 1, 1, 1, 1, 1]"},
        Wrong{kFace, "input.shape", "24"}, Wrong{kFace, "input.shape", R"(["24"])"},
        // Only the code of a role can fill what is no picture: never that of detectors and taggers.
        Wrong{kTagger, "input.shape", "[1, 3, 224, 224]", "input"},
        Wrong{kYolo, "input.shape", "[1, 3, 640, 640]", "input"}));

INSTANTIATE_TEST_SUITE_P(
    Output, PackRefusal,
    ::testing::Values(  //
        Wrong{kTagger, "output", ""}, Wrong{kTagger, "output", "[]"}, Wrong{kTagger, "output.decoder", ""},
        Wrong{kTagger, "output.decoder", R"("yolo-v5")"}, Wrong{kTagger, "output.scores", ""},
        Wrong{kTagger, "output.scores", R"("")"}, Wrong{kTagger, "output.classes", ""},
        Wrong{kTagger, "output.classes", "0"}, Wrong{kTagger, "output.classes", "100001"},
        Wrong{kTagger, "output.classes", "10.5"}, Wrong{kTagger, "output.activation", ""},
        Wrong{kTagger, "output.activation", R"("relu")"}, Wrong{kYolo, "output.output", ""},
        // The sum of all classes is no measure of one box.
        Wrong{kYolo, "output.activation", R"("softmax")"},
        Wrong{kDetector, "output.activation", R"("softmax")"}, Wrong{kDetector, "output.boxes", ""},
        Wrong{kDetector, "output.logits", "1"}, Wrong{kDetector, "output.logits", R"("b")"},
        Wrong{kDetector, "output.anchors", ""}, Wrong{kDetector, "output.anchors", "[]"},
        Wrong{kDetector, "output.anchors.grids", "[]"}, Wrong{kDetector, "output.anchors.grids", "[0]"},
        Wrong{kDetector, "output.anchors.grids", "[8.5]"}, Wrong{kDetector, "output.anchors.grids", "[1025]"},
        Wrong{kDetector, "output.anchors.grids", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"},
        Wrong{kDetector, "output.anchors.grids", "[512]"},  // two million anchors
        Wrong{kDetector, "output.anchors.size", "0"}, Wrong{kDetector, "output.anchors.size", ""},
        Wrong{kDetector, "output.anchors.octaves", "[0]"},
        Wrong{kDetector, "output.anchors.octaves", R"(["1"])"},
        Wrong{kDetector, "output.anchors.ratios", "[-1]"}, Wrong{kDetector, "output.anchors.ratios", "[1e9]"},
        Wrong{kDetector, "output.box_scales", ""}, Wrong{kDetector, "output.box_scales.y", ""},
        Wrong{kDetector, "output.box_scales.w", "0"}, Wrong{kDetector, "output.box_scales.h", R"("1")"},
        Wrong{kText, "output.tensors", ""}, Wrong{kText, "output.tensors", "[]"},
        Wrong{kText, "output.tensors", R"("out")"}, Wrong{kText, "output.tensors", R"(["out", ""])"},
        Wrong{kText, "output.tensors", R"(["out", 1])"}, Wrong{kText, "output.tensors", R"(["out", "out"])"},
        Wrong{kText, "output.classes", "-1"}, Wrong{kText, "output.classes", R"("many")"},
        // Decoders that the task has no use for.
        Wrong{kTagger, "output", R"({"decoder": "tensors", "tensors": ["a"]})", "output.decoder"},
        Wrong{kTagger, "output",
              R"({"decoder": "yolo-v8", "output": "a", "classes": 3, "activation": "none"})",
              "output.decoder"},
        Wrong{kYolo, "output", R"({"decoder": "scores", "scores": "a", "classes": 3, "activation": "none"})",
              "output.decoder"},
        Wrong{kText, "output", R"({"decoder": "yolo-v8", "output": "a", "classes": 3, "activation": "none"})",
              "output.decoder"}));

TEST(Pack, TooManyTensorsAreRefused) {
  const auto tensors = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? ",\"t" : "\"t") + std::to_string(i) + '"';
    return parse_pack(changed(kText, "output.tensors", '[' + list + ']'));
  };
  EXPECT_TRUE(tensors(64));
  EXPECT_FALSE(tensors(65));
}

TEST(Pack, TheFirstThingWrongIsNamed) {
  const std::string text = changed(changed(kTagger, "output.classes", "0"), "input.width", "-5");
  EXPECT_THAT(parse_pack(text).error().message, HasSubstr("\"input.width\""));
}

TEST(Pack, WhatIsNoObjectIsRefused) {
  for (const std::string_view text : {"", "{", "[]", "null", "7", "\"pack\"", "{}", "{} {}", "\xff"}) {
    const auto pack = parse_pack(text);
    ASSERT_FALSE(pack) << text;
    EXPECT_EQ(pack.error().code, Code::kInvalidArgument) << text;
  }
  EXPECT_FALSE(parse_pack(std::string(100'000, '[')));
}

TEST(Pack, EveryTruncationIsRefused) {
  for (std::size_t length = 0; length < kDetector.size(); ++length) {
    EXPECT_FALSE(parse_pack(kDetector.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace eyrie::vision
