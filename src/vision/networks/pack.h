// A model pack: a folder with model.onnx, labels.txt and pack.json that says how to ask the network and how
// to read its answer. A model is data; what a pack may say is written down in models/README.md.
//
// Packs come from set-up but also from users, so parsing trusts nothing: sizes, counts and names are bounded.
//
// Errors: kNotFound - no such pack; kInvalidArgument - the pack says something wrong or unknown (the message
// names the field); kTooLarge - a file of it is over its limit. Thread safety: plain data and functions.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/networks/session.h"

namespace eyrie::vision {

enum class Task { kDetect, kTag, kFace, kText, kModerate };

// What the network is asked for. Labels: everything (detector, tagger), or only where the tagger saw a plant or food. The others
// are described where they are used: vision/faces, vision/text, vision/moderation.
enum class Role {
  kDetector,
  kTagger,
  kPlants,
  kDishes,
  kFaceDetector,
  kFaceScout,
  kFaceLandmarks,
  kFaceBlendshapes,
  kFaceAttributes,
  kFaceEmotion,
  kFaceParsing,
  kFaceEmbedding,
  kFacePose,
  kFaceEyes,
  kTextDetector,
  kTextRecognizer,
  kTextSecondRecognizer,
  kTextAngle,
  kModeration,
};
inline constexpr std::size_t kRoles = 19;

// False for roles whose models were compared with what does their work here and lost (docs/decisions.md): nothing asks them.
constexpr bool in_use(Role role) {
  return role != Role::kFacePose && role != Role::kFaceEyes && role != Role::kTextAngle;
}

// How a picture comes to the network's size: stretched; scaled to fit with a border; its middle cut out.
enum class Fit { kStretch, kLetterbox, kCenterCrop };

enum class Layout { kNhwc, kNchw };
enum class Activation { kNone, kSigmoid, kSoftmax };
// kTensors: the raw outputs, which the code of the pack's role reads.
enum class DecoderKind { kSsdAnchors, kYoloV8, kScores, kTensors };

struct InputSpec {
  std::string name;
  std::vector<std::int64_t> shape;  // of an input that is no picture; such a one has none of what follows but type
  int width = 0;                    // pixels; 0: any
  int height = 0;                   // pixels; 0: any
  Layout layout = Layout::kNhwc;
  ElementType type = ElementType::kFloat32;
  std::array<float, 3> mean{0, 0, 0};  // value = (pixel - mean) / scale, in RGB order; not for uint8
  std::array<float, 3> scale{1, 1, 1};
  bool bgr = false;
  Fit fit = Fit::kStretch;
  double crop = 1;            // center-crop: the part of the shorter side that is kept
  bool align_corner = false;  // letterbox: picture at the top left, else in the middle
  std::uint8_t pad = 0;       // letterbox: grey of the border
};

// Anchors of a grid of n x n cells, each with every octave and ratio, in the order grid, row, column, octave,
// ratio; in units of the picture: height = size / n * octave / sqrt(ratio), width = size / n * octave *
// sqrt(ratio).
struct AnchorSpec {
  std::vector<int> grids;
  double size = 0;
  std::vector<double> octaves, ratios;

  std::size_t count() const;
};

struct OutputSpec {
  DecoderKind decoder = DecoderKind::kScores;
  std::vector<std::string> tensors;  // ssd-anchors: boxes, logits; yolo-v8: output; scores: scores
  int classes = 0;                   // tensors: 0 where it has no labels
  Activation activation = Activation::kNone;
  AnchorSpec anchors;                           // ssd-anchors
  std::array<float, 4> box_scales{1, 1, 1, 1};  // ssd-anchors: y, x, height, width
};

struct Pack {
  std::string id, title, licence, upstream, package, sha256;
  Task task = Task::kTag;
  Role role = Role::kTagger;
  std::string set;          // "default", "small", "quality"; "always": used beside whatever set is chosen
  int rank = 0;             // among packs of one set and role the lowest is used
  std::uint64_t bytes = 0;  // of model.onnx
  InputSpec input;
  OutputSpec output;
  std::filesystem::path folder;
  std::vector<std::string> classes;  // index = class; empty: unused

  SessionFile session_file() const;
};

std::string_view task_name(Task task);
std::string_view role_name(Role role);

// pack.json's text; folder and classes stay empty.
Result<Pack> parse_pack(std::string_view text);

// The whole folder, whose name must be the pack's id. Does not open the network.
Result<Pack> read_pack(const std::filesystem::path& folder);

}  // namespace eyrie::vision
