#include "vision/faces/parsing/face_parts.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace eyrie::vision {
namespace {

// So much of what is around the face is shown, more of it above: hats. Of 1.3 and 1.7, by eyeglasses and
// hats.
constexpr double kPartsMargin = 1.7;
constexpr double kPartsUp = 0.15;

// Logits of one cell to shares.
void softmax(std::span<const float> logits, std::span<float> shares) {
  const float most = *std::ranges::max_element(logits);
  float sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) sum += shares[i] = std::exp(logits[i] - most);
  for (float& share : shares) share /= sum;
}

}  // namespace

double FaceParts::share(std::initializer_list<FacePart> parts, std::span<const std::size_t> cells) const {
  double sum = 0;
  for (const std::size_t cell : cells) {
    for (const FacePart part : parts) sum += shares_[cell * kFaceParts + static_cast<std::size_t>(part)];
  }
  return cells.empty() ? 0 : sum / static_cast<double>(cells.size());
}

std::vector<std::size_t> FaceParts::cells_of(FacePart part) const {
  std::vector<std::size_t> cells;
  for (std::size_t cell = 0; cell * kFaceParts < shares_.size(); ++cell) {
    const auto first = shares_.begin() + static_cast<std::ptrdiff_t>(cell * kFaceParts);
    const auto best = std::max_element(first, first + kFaceParts) - first;
    if (best == static_cast<std::ptrdiff_t>(part)) cells.push_back(cell);
  }
  return cells;
}

Result<FaceParts> find_parts(Network& network, const image::Image& picture, const UprightFace& face) {
  const FaceSquare square = face.square(kPartsMargin, kPartsUp);
  EYRIE_TRY(const Session::Outputs outputs, network.run(cut_out(picture, square, network.pack().input)));
  const auto wrong = [&] {
    return fail(Code::kInternal, network.pack().id + ": not 19 parts of square cells");
  };
  if (outputs.size() != 1) return wrong();
  const std::span<const float> logits = outputs[0].values;
  const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(logits.size()) / kFaceParts)));
  if (side < 1 ||
      logits.size() != static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * kFaceParts)
    return wrong();
  std::vector<float> shares(logits.size());
  for (std::size_t at = 0; at < logits.size(); at += kFaceParts)
    softmax(logits.subspan(at, kFaceParts), std::span(shares).subspan(at, kFaceParts));
  if (std::ranges::any_of(shares, [](float share) { return !std::isfinite(share); })) return wrong();
  return FaceParts(FaceGrid(face, square, side), std::move(shares));
}

}  // namespace eyrie::vision
