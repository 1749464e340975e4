#include "vision/faces/detection/face_decoders.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

constexpr double kBlazeSide = 256;
constexpr std::size_t kBlazeValues = 4 + 2 * kSeedPoints;  // of one box
struct Grid {
  std::size_t cells, anchors;  // a side; a cell

  std::size_t count() const { return cells * cells * anchors; }
};
constexpr Grid kGrids[] = {{16, 2}, {8, 6}};

bool finite(const LookHit& hit) {
  double sum = hit.left + hit.top + hit.right + hit.bottom + hit.score;
  for (const Point& point : hit.points) sum += point.x + point.y;
  return std::isfinite(sum) && hit.right > hit.left && hit.bottom > hit.top;
}

LookHit blaze_hit(std::span<const float> box, Point anchor, double score) {
  const auto at = [&](std::size_t i) {
    return Point{anchor.x + box[i] / kBlazeSide, anchor.y + box[i + 1] / kBlazeSide};
  };
  const Point centre = at(0);
  const double half_width = box[2] / kBlazeSide / 2;
  const double half_height = box[3] / kBlazeSide / 2;
  LookHit hit{.left = centre.x - half_width,
              .top = centre.y - half_height,
              .right = centre.x + half_width,
              .bottom = centre.y + half_height,
              .score = score};
  for (std::size_t i = 0; i < kSeedPoints; ++i) hit.points[i] = at(4 + 2 * i);
  return hit;
}

void decode_grid(const Grid& grid, std::span<const float> logits, std::span<const float> boxes,
                 double min_score, std::vector<LookHit>& hits) {
  for (std::size_t i = 0; i < grid.count(); ++i) {
    const double score = 1 / (1 + std::exp(-static_cast<double>(logits[i])));
    if (!std::isfinite(logits[i]) || score < min_score) continue;
    const std::size_t cell = i / grid.anchors;
    const double cells = static_cast<double>(grid.cells);
    const Point anchor{(static_cast<double>(cell % grid.cells) + 0.5) / cells,
                       (static_cast<double>(cell / grid.cells) + 0.5) / cells};
    hits.push_back(blaze_hit(boxes.subspan(i * kBlazeValues, kBlazeValues), anchor, score));
  }
}

}  // namespace

Result<std::vector<LookHit>> decode_blazeface(TensorViews outputs, double min_score) {
  constexpr std::size_t kLevels = std::size(kGrids);
  std::vector<LookHit> hits;
  for (std::size_t level = 0; level < kLevels; ++level) {
    const Grid& grid = kGrids[level];
    if (outputs.size() != 2 * kLevels || outputs[level].values.size() != grid.count() ||
        outputs[kLevels + level].values.size() != grid.count() * kBlazeValues) {
      return fail(Code::kInternal, "the face detector's outputs are not of the size they should have");
    }
    decode_grid(grid, outputs[level].values, outputs[kLevels + level].values, min_score, hits);
  }
  std::erase_if(hits, [](const LookHit& hit) { return !finite(hit); });
  return hits;
}

Result<std::vector<LookHit>> decode_ultra_light(TensorViews outputs, double min_score) {
  if (outputs.size() != 2 || outputs[0].values.size() % 2 != 0 ||
      outputs[1].values.size() != outputs[0].values.size() * 2) {
    return fail(Code::kInternal, "the face scout's outputs are not of the size they should have");
  }
  const std::span<const float> scores = outputs[0].values;
  const std::span<const float> boxes = outputs[1].values;
  std::vector<LookHit> hits;
  for (std::size_t i = 0; i < scores.size() / 2; ++i) {
    const double score = scores[2 * i + 1];
    if (!std::isfinite(score) || score < min_score) continue;
    hits.push_back({.left = boxes[4 * i],
                    .top = boxes[4 * i + 1],
                    .right = boxes[4 * i + 2],
                    .bottom = boxes[4 * i + 3],
                    .score = std::min(score, 1.0)});
  }
  std::erase_if(hits, [](const LookHit& hit) { return !finite(hit); });
  return hits;
}

}  // namespace eyrie::vision
