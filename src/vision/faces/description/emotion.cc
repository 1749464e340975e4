#include "vision/faces/description/emotion.h"

#include <algorithm>
#include <cmath>

#include "vision/networks/preprocess.h"

namespace eyrie::vision {
namespace {

constexpr double kEmotionMargin = 1.2;
// The network is surer than it is right: nine in ten where a person would hesitate.
constexpr double kSoftening = 0.5;
// What is left of happiness without a smile.
constexpr double kUnsmiling = 0.08;
// As many faces smile.
constexpr double kUsualSmile = 0.3;

struct Name {
  std::string_view cls, type;
  // How common it is on faces, by how often the network says it. Judged on FairFace photos, by eye
  // (docs/vision.md).
  double common;
};
// Rekognition's CONFUSED has no class that says it: it is listed, at 0.
constexpr Name kNames[] = {{"happy", "HAPPY", 1},          {"sad", "SAD", 0.35},
                           {"angry", "ANGRY", 0.35},       {"", "CONFUSED", 0},
                           {"disgust", "DISGUSTED", 0.35}, {"surprise", "SURPRISED", 0.35},
                           {"neutral", "CALM", 2},         {"fear", "FEAR", 0.35}};

double share_of(std::string_view cls, std::span<const std::string> classes, std::span<const float> shares) {
  for (std::size_t i = 0; i < std::min(classes.size(), shares.size()); ++i) {
    if (!cls.empty() && classes[i] == cls) return std::pow(std::max(shares[i], 0.0F), kSoftening);
  }
  return 0;
}

}  // namespace

Result<std::vector<float>> find_emotions(Network& network, const image::Image& picture,
                                         const FaceSquare& face) {
  const InputSpec& input = network.pack().input;
  const image::Image shown =
      image::warp(picture, face.scaled(kEmotionMargin).to_picture(input.width), input.width, input.height);
  return network.tag(shown, View::whole(shown));
}

std::vector<Emotion> emotions_of(std::span<const std::string> classes, std::span<const float> shares,
                                 std::optional<double> smile) {
  std::vector<Emotion> emotions;
  double sum = 0;
  for (const Name& name : kNames) {
    double share = name.common * share_of(name.cls, classes, shares);
    if (name.type == "HAPPY") share *= kUnsmiling + (1 - kUnsmiling) * smile.value_or(kUsualSmile);
    emotions.push_back({name.type, share});
    sum += share;
  }
  for (Emotion& emotion : emotions) emotion.confidence = sum > 0 ? 100 * emotion.confidence / sum : 0;
  std::ranges::sort(emotions, [](const Emotion& a, const Emotion& b) {
    return a.confidence > b.confidence || (a.confidence == b.confidence && a.type < b.type);
  });
  return emotions;
}

double confidence_in(std::string_view type, std::span<const Emotion> emotions) {
  const auto at = std::ranges::find(emotions, type, &Emotion::type);
  return at == emotions.end() ? 0 : at->confidence;
}

}  // namespace eyrie::vision
