#include "vision/labels/detector.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

constexpr float kLeastAsked = 0.01F;
constexpr float kMaxOverlap = 0.5F;
// A square is worth a run where the picture is this much longer than wide.
constexpr double kLongPicture = 1.15;
constexpr int kMaxSquares = 4;
// So near an inner edge, in ratios of the picture, a box counts as cut.
constexpr float kEdge = 0.01F;

}  // namespace

std::vector<View> detector_views(const image::Image& picture, const InputSpec& input) {
  std::vector<View> views{View::whole(picture)};
  const int side = std::min(picture.width, picture.height);
  const int length = std::max(picture.width, picture.height);
  const double aspect = static_cast<double>(length) / side;
  if (std::max(input.width, input.height) > kSmallInput || aspect < kLongPicture) return views;
  const int count = std::clamp(static_cast<int>(std::ceil(aspect * 1.1)), 2, kMaxSquares);
  for (int i = 0; i < count; ++i) {
    const int start = static_cast<int>(static_cast<std::int64_t>(length - side) * i / (count - 1));
    const bool wide = picture.width >= picture.height;
    views.push_back({{wide ? start : 0, wide ? 0 : start, side, side}, false});
  }
  return views;
}

bool cut_by_view(const Detection& box, const View& view, const image::Image& picture) {
  const image::Rect& part = view.part;
  const auto across = [&](int x) { return static_cast<float>(x) / static_cast<float>(picture.width); };
  const auto down = [&](int y) { return static_cast<float>(y) / static_cast<float>(picture.height); };
  return (part.x > 0 && box.left <= across(part.x) + kEdge) || (part.y > 0 && box.top <= down(part.y) + kEdge) ||
         (part.x + part.width < picture.width && box.right >= across(part.x + part.width) - kEdge) ||
         (part.y + part.height < picture.height && box.bottom >= down(part.y + part.height) - kEdge);
}

Result<std::vector<Detection>> detect_objects(Network& network, const image::Image& picture) {
  std::vector<Detection> all;
  for (const View& view : detector_views(picture, network.pack().input)) {
    EYRIE_TRY(std::vector<Detection> found, network.detect(picture, view, kLeastAsked));
    // Before the cut: a whole object must put down its own fragments, not those of other views.
    found = suppress(std::move(found), kMaxOverlap, kMaxCandidates);
    std::erase_if(found, [&](const Detection& box) { return cut_by_view(box, view, picture); });
    all.insert(all.end(), found.begin(), found.end());
  }
  return suppress(std::move(all), kMaxOverlap, kMaxDetections);
}

}  // namespace eyrie::vision
