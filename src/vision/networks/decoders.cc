#include "vision/networks/decoders.h"

#include <algorithm>
#include <cmath>

namespace eyrie::vision {
namespace {

// exp() of more is a box thousands of times its anchor: nonsense, and a way to infinity.
constexpr float kMaxLogScale = 8;

std::unexpected<Error> wrong_size(std::size_t got, std::size_t wanted) {
  return fail(Code::kInternal, "the network answered " + std::to_string(got) +
                                   " values where its pack says " + std::to_string(wanted));
}

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

// The raw value above which activation(value) >= score.
float raw_threshold(Activation activation, float score) {
  if (activation != Activation::kSigmoid) return score;
  return std::log(score / (1 - score));
}

// True where some value reaches the threshold; written so that the compiler makes vector code of it.
bool any_at_least(std::span<const float> values, float threshold) {
  int found = 0;
  for (const float value : values) found |= static_cast<int>(value >= threshold);
  return found != 0;
}

// Clips to the input and drops what is empty or not finite.
void add(std::vector<Detection>& found, Detection box) {
  if (!std::isfinite(box.left + box.top + box.right + box.bottom)) return;
  box.left = std::clamp(box.left, 0.0F, 1.0F);
  box.top = std::clamp(box.top, 0.0F, 1.0F);
  box.right = std::clamp(box.right, 0.0F, 1.0F);
  box.bottom = std::clamp(box.bottom, 0.0F, 1.0F);
  if (box.area() <= 0) return;
  found.push_back(box);
  if (found.size() >= 2 * kMaxCandidates) keep_best(found, kMaxCandidates);
}

}  // namespace

std::vector<Anchor> make_anchors(const AnchorSpec& spec) {
  std::vector<Anchor> anchors;
  anchors.reserve(spec.count());
  for (const int n : spec.grids) {
    const double cell = 1.0 / n;
    for (int row = 0; row < n; ++row) {
      for (int column = 0; column < n; ++column) {
        for (const double octave : spec.octaves) {
          for (const double ratio : spec.ratios) {
            const double side = spec.size * cell * octave;
            anchors.push_back(
                {static_cast<float>((row + 0.5) * cell), static_cast<float>((column + 0.5) * cell),
                 static_cast<float>(side / std::sqrt(ratio)), static_cast<float>(side * std::sqrt(ratio))});
          }
        }
      }
    }
  }
  return anchors;
}

Result<std::vector<Detection>> decode_ssd(const OutputSpec& spec, std::span<const Anchor> anchors,
                                          const Session::Outputs& outputs, float min_score) {
  const std::span<const float> boxes = outputs[0].values;
  const std::span<const float> logits = outputs[1].values;
  const auto classes = static_cast<std::size_t>(spec.classes);
  if (boxes.size() != anchors.size() * 4) return wrong_size(boxes.size(), anchors.size() * 4);
  if (logits.size() != anchors.size() * classes) return wrong_size(logits.size(), anchors.size() * classes);
  const float threshold = raw_threshold(spec.activation, min_score);
  const auto& [scale_y, scale_x, scale_h, scale_w] = spec.box_scales;
  std::vector<Detection> found;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const std::span<const float> row = logits.subspan(i * classes, classes);
    if (!any_at_least(row, threshold)) continue;
    const Anchor& anchor = anchors[i];
    const float* offset = &boxes[i * 4];
    const float y = offset[0] / scale_y * anchor.height + anchor.y;
    const float x = offset[1] / scale_x * anchor.width + anchor.x;
    const float height = std::exp(std::min(offset[2] / scale_h, kMaxLogScale)) * anchor.height;
    const float width = std::exp(std::min(offset[3] / scale_w, kMaxLogScale)) * anchor.width;
    for (std::size_t c = 0; c < classes; ++c) {
      if (!(row[c] >= threshold)) continue;
      const float score = spec.activation == Activation::kSigmoid ? sigmoid(row[c]) : row[c];
      add(found, {x - width / 2, y - height / 2, x + width / 2, y + height / 2, static_cast<int>(c), score});
    }
  }
  keep_best(found, kMaxCandidates);
  return found;
}

Result<std::vector<Detection>> decode_yolo(const OutputSpec& spec, int input_width, int input_height,
                                           const Session::Outputs& outputs, float min_score) {
  const std::span<const float> values = outputs[0].values;
  const auto rows = static_cast<std::size_t>(spec.classes) + 4;
  if (values.empty() || values.size() % rows != 0) return wrong_size(values.size(), rows);
  const std::size_t count = values.size() / rows;
  const float threshold = raw_threshold(spec.activation, min_score);
  const auto w = static_cast<float>(input_width);
  const auto h = static_cast<float>(input_height);
  std::vector<Detection> found;
  // Row by row, the way it lies in memory.
  for (int c = 0; c < spec.classes; ++c) {
    const std::span<const float> scores = values.subspan((static_cast<std::size_t>(c) + 4) * count, count);
    if (!any_at_least(scores, threshold)) continue;
    for (std::size_t i = 0; i < count; ++i) {
      if (!(scores[i] >= threshold)) continue;
      const float x = values[i] / w;
      const float y = values[count + i] / h;
      const float half_width = values[2 * count + i] / w / 2;
      const float half_height = values[3 * count + i] / h / 2;
      const float score = spec.activation == Activation::kSigmoid ? sigmoid(scores[i]) : scores[i];
      add(found,
          {x - half_width, y - half_height, x + half_width, y + half_height, c, std::min(score, 1.0F)});
    }
  }
  keep_best(found, kMaxCandidates);
  return found;
}

Result<std::vector<float>> decode_scores(const OutputSpec& spec, const Session::Outputs& outputs) {
  const std::span<const float> values = outputs[0].values;
  if (values.size() != static_cast<std::size_t>(spec.classes)) {
    return wrong_size(values.size(), static_cast<std::size_t>(spec.classes));
  }
  std::vector<float> scores(values.begin(), values.end());
  for (float& score : scores) {
    if (!std::isfinite(score)) score = spec.activation == Activation::kNone ? 0 : -1e9F;
  }
  if (spec.activation == Activation::kSigmoid) {
    std::ranges::transform(scores, scores.begin(), sigmoid);
  } else if (spec.activation == Activation::kSoftmax) {
    const float highest = std::ranges::max(scores);
    float sum = 0;
    for (float& score : scores) sum += score = std::exp(score - highest);
    for (float& score : scores) score /= sum;
  }
  for (float& score : scores) score = std::clamp(score, 0.0F, 1.0F);
  return scores;
}

}  // namespace eyrie::vision
