#include "vision/labels/detector.h"

namespace eyrie::vision {
namespace {

constexpr float kLeastScore = 0.01F;
constexpr float kMaxOverlap = 0.5F;

}  // namespace

Result<std::vector<Detection>> detect_objects(Network& network, const image::Image& picture) {
  EYRIE_TRY(std::vector<Detection> found, network.detect(picture, View::whole(picture), kLeastScore));
  return suppress(std::move(found), kMaxOverlap, kMaxBoxes);
}

}  // namespace eyrie::vision
