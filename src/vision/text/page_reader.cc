#include "vision/text/page_reader.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "vision/text/layout.h"

namespace eyrie::vision {
namespace {

using image::Quad;

// A reading of this confidence runs the right way.
constexpr float kSure = 0.8F;
// Pictures of no more strips than this are scenes: a sign, a number plate, a label. What text they have is small and seen
// from aside, and they leave the time to look at each strip closely. A page gives its doubtful ones another reading.
constexpr std::size_t kFewStrips = 12;
constexpr float kCertain = 0.99F;
constexpr float kDoubtful = 0.95F;
// Less is no text, or not legible.
constexpr float kLegible = 0.5F;
// Another way must read better by this much.
constexpr float kBetter = 0.1F;
// Boxes this many times longer than high run along their length.
constexpr float kElongated = 2.5F;
// Boxes of less may be a single character, and run any way.
constexpr float kSquare = 1.4F;
constexpr std::size_t kVoters = 3;
// What of a strip's height is margin, above its letters and below: strips are read with it, words are placed without.
constexpr float kMargin = 0.1F;
// Words of one line are not further apart, in heights.
constexpr float kLargeGap = 2.5F;

float ratio_of(const TextBox& box) {
  return image::width_of(box.corners) / std::max(image::height_of(box.corners), 1e-3F);
}

// The ways a box's text may run on a page of this direction, likeliest first.
std::vector<Quad> ways_of(const TextBox& box, double direction) {
  const Quad with_page = turned_towards(box.corners, direction);
  const bool along = angle_between(direction_of(with_page), direction_of(box.corners)) < 1e-3 ||
                     angle_between(direction_of(with_page), direction_of(box.corners)) > 3;
  const float ratio = ratio_of(box);
  if (ratio < kSquare) return {with_page};
  if (along) return {with_page, image::turned(with_page, 2)};
  const std::vector<Quad> own = {box.corners, image::turned(box.corners, 2)};
  if (ratio >= kElongated) return own;
  return {with_page, own[0], own[1]};
}

float gap_between(const PageWord& word, const PageWord& next) {
  const image::PixelPoint end = (word.corners[1] + word.corners[2]) * 0.5F;
  const image::PixelPoint start = (next.corners[0] + next.corners[3]) * 0.5F;
  return image::distance(end, start) / std::max(1.0F, image::height_of(word.corners));
}

std::vector<PageLine> split(PageLine words) {
  std::vector<PageLine> lines;
  for (PageWord& word : words) {
    if (lines.empty() || gap_between(lines.back().back(), word) > kLargeGap) lines.emplace_back();
    lines.back().push_back(std::move(word));
  }
  return lines;
}

}  // namespace

Status PageReader::open(const std::vector<TextBox>& boxes) {
  const double axis = page_axis(boxes);
  EYRIE_TRY(const double runs, direction(boxes, axis));
  std::vector<Quad> quads;
  for (const TextBox& box : boxes) {
    strips_.push_back(ways_of(box, runs));
    quads.push_back(strips_.back().front());
  }
  lines_ = lines_of(quads, runs);
  return {};
}

// The axis has two directions; the longest strips along it tell which one makes sense.
Result<double> PageReader::direction(const std::vector<TextBox>& boxes, double axis) {
  std::vector<const TextBox*> longest;
  for (const TextBox& box : boxes) {
    const double off = angle_between(direction_of(turned_towards(box.corners, axis)), axis);
    if (ratio_of(box) >= kElongated && off < std::numbers::pi / 8) longest.push_back(&box);
  }
  const std::size_t voters = std::min(kVoters, longest.size());
  std::ranges::partial_sort(longest, longest.begin() + static_cast<std::ptrdiff_t>(voters), std::greater<>(),
                            [](const TextBox* box) { return image::width_of(box->corners); });
  float forward = 0;
  float backward = 0;
  for (std::size_t i = 0; i < voters; ++i) {
    const Quad strip = turned_towards(longest[i]->corners, axis);
    EYRIE_TRY(const Reading ahead, reader_.read(picture_, strip));
    if (ahead.confidence >= kSure) return axis;
    EYRIE_TRY(const Reading back, reader_.read(picture_, image::turned(strip, 2)));
    forward += ahead.confidence;
    backward += back.confidence;
  }
  // Few pictures are upside down, and a word hard to read often makes as little sense the other way round.
  const bool sure = backward >= kSure * static_cast<float>(voters);
  return sure && backward > forward + kBetter ? axis + std::numbers::pi : axis;
}

Result<StripReading> PageReader::read_well(const Quad& strip) {
  EYRIE_TRY(Reading reading, reader_.read(picture_, strip));
  const bool scene = strips_.size() <= kFewStrips;
  if (reading.confidence >= (scene ? kCertain : kDoubtful)) return StripReading{strip, std::move(reading)};
  return close_look_.look(picture_, {strip, std::move(reading)},
                          scene ? CloseLook::Depth::kFindAgain : CloseLook::Depth::kReadAgain);
}

Status PageReader::read(const Ways& ways, PageLine& line) {
  EYRIE_TRY(StripReading best, read_well(ways.front()));
  for (std::size_t i = 1; i < ways.size() && best.reading.confidence < kSure; ++i) {
    EYRIE_TRY(const Reading reading, reader_.read(picture_, ways[i]));
    if (reading.confidence <= best.reading.confidence + kBetter) continue;
    EYRIE_TRY(best, read_well(ways[i]));
  }
  if (best.reading.confidence < kLegible) return {};
  for (StripWord& word : best.reading.words) {
    const Quad corners = image::band(image::slice(best.strip, word.from, word.to), kMargin, 1 - kMargin);
    line.push_back({std::move(word.text), word.confidence, corners});
  }
  return {};
}

Result<std::optional<std::vector<PageLine>>> PageReader::next() {
  if (at_ == lines_.size()) return std::nullopt;
  PageLine words;
  for (const std::size_t index : lines_[at_]) EYRIE_CHECK_OK(read(strips_[index], words));
  ++at_;
  return split(std::move(words));
}

}  // namespace eyrie::vision
