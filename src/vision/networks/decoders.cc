#include "vision/networks/decoders.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace eyrie::vision {
namespace {

// exp() of more is a box thousands of times its anchor: nonsense, and a way to infinity.
constexpr float kMaxLogScale = 8;

std::unexpected<Error> wrong_size(std::size_t got, std::size_t wanted) {
  return fail(Code::kInternal, "the network answered " + std::to_string(got) +
                                   " values where its pack says " + std::to_string(wanted));
}

// That it is [1, rows, columns]: a network that lies the other way round has the right number of values too.
Status check_table(const Session::Outputs::View& output, std::size_t rows, std::size_t columns) {
  if (output.values.size() != rows * columns) return wrong_size(output.values.size(), rows * columns);
  const std::vector<std::int64_t> wanted{1, static_cast<std::int64_t>(rows),
                                         static_cast<std::int64_t>(columns)};
  if (output.shape == wanted) return {};
  return fail(Code::kInternal, "the network's answer is not " + std::to_string(rows) + " rows of " +
                                   std::to_string(columns) + " values, as its pack says");
}

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

// -infinity has no share.
void softmax(std::vector<float>& values) {
  const float highest = std::ranges::max(values);
  if (!std::isfinite(highest)) return;  // no value has one
  float sum = 0;
  for (float& value : values) sum += value = std::exp(value - highest);
  for (float& value : values) value /= sum;
}

// Infinite values are as little to be believed as those that are no number.
bool reaches(float value, float threshold) {
  return value >= threshold && std::isfinite(value);
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

// Clips to the input and to scores of 1; drops what is empty or not finite.
void add(std::vector<Detection>& found, Detection box) {
  if (!std::isfinite(box.left + box.top + box.right + box.bottom)) return;
  box.left = std::clamp(box.left, 0.0F, 1.0F);
  box.top = std::clamp(box.top, 0.0F, 1.0F);
  box.right = std::clamp(box.right, 0.0F, 1.0F);
  box.bottom = std::clamp(box.bottom, 0.0F, 1.0F);
  box.score = std::min(box.score, 1.0F);
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
                                          OutputViews outputs, float min_score) {
  const std::span<const float> boxes = outputs[0].values;
  const std::span<const float> logits = outputs[1].values;
  const auto classes = static_cast<std::size_t>(spec.classes);
  EYRIE_CHECK_OK(check_table(outputs[0], anchors.size(), 4));
  EYRIE_CHECK_OK(check_table(outputs[1], anchors.size(), classes));
  const float threshold = raw_threshold(spec.activation, min_score);
  const auto& [scale_y, scale_x, scale_h, scale_w] = spec.box_scales;
  std::vector<Detection> found;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const std::span<const float> row = logits.subspan(i * classes, classes);
    if (!any_at_least(row, threshold)) continue;
    const Anchor& anchor = anchors[i];
    const float* offset = &boxes[i * 4];
    if (!std::isfinite(offset[0] + offset[1] + offset[2] + offset[3])) continue;
    const float y = offset[0] / scale_y * anchor.height + anchor.y;
    const float x = offset[1] / scale_x * anchor.width + anchor.x;
    const float height = std::exp(std::min(offset[2] / scale_h, kMaxLogScale)) * anchor.height;
    const float width = std::exp(std::min(offset[3] / scale_w, kMaxLogScale)) * anchor.width;
    for (std::size_t c = 0; c < classes; ++c) {
      if (!reaches(row[c], threshold)) continue;
      const float score = spec.activation == Activation::kSigmoid ? sigmoid(row[c]) : row[c];
      add(found, {x - width / 2, y - height / 2, x + width / 2, y + height / 2, static_cast<int>(c), score});
    }
  }
  keep_best(found, kMaxCandidates);
  return found;
}

Result<std::vector<Detection>> decode_yolo(const OutputSpec& spec, int input_width, int input_height,
                                           OutputViews outputs, float min_score) {
  const std::span<const float> values = outputs[0].values;
  const auto rows = static_cast<std::size_t>(spec.classes) + 4;
  const std::size_t count = values.size() / rows;
  EYRIE_CHECK_OK(check_table(outputs[0], rows, std::max<std::size_t>(count, 1)));
  const float threshold = raw_threshold(spec.activation, min_score);
  const auto w = static_cast<float>(input_width);
  const auto h = static_cast<float>(input_height);
  std::vector<Detection> found;
  // Row by row, the way it lies in memory.
  for (int c = 0; c < spec.classes; ++c) {
    const std::span<const float> scores = values.subspan((static_cast<std::size_t>(c) + 4) * count, count);
    if (!any_at_least(scores, threshold)) continue;
    for (std::size_t i = 0; i < count; ++i) {
      if (!reaches(scores[i], threshold)) continue;
      const float x = values[i] / w;
      const float y = values[count + i] / h;
      const float half_width = values[2 * count + i] / w / 2;
      const float half_height = values[3 * count + i] / h / 2;
      const float score = spec.activation == Activation::kSigmoid ? sigmoid(scores[i]) : scores[i];
      add(found, {x - half_width, y - half_height, x + half_width, y + half_height, c, score});
    }
  }
  keep_best(found, kMaxCandidates);
  return found;
}

Result<std::vector<float>> decode_scores(const OutputSpec& spec, OutputViews outputs) {
  const std::span<const float> values = outputs[0].values;
  if (values.size() != static_cast<std::size_t>(spec.classes)) {
    return wrong_size(values.size(), static_cast<std::size_t>(spec.classes));
  }
  std::vector<float> scores(values.begin(), values.end());
  for (float& score : scores) {
    if (!std::isfinite(score))
      score = -std::numeric_limits<float>::infinity();  // which every activation makes 0
  }
  if (spec.activation == Activation::kSigmoid) {
    std::ranges::transform(scores, scores.begin(), sigmoid);
  } else if (spec.activation == Activation::kSoftmax) {
    softmax(scores);
  }
  for (float& score : scores) score = std::clamp(score, 0.0F, 1.0F);
  return scores;
}

}  // namespace eyrie::vision
