#include "vision/faces/detection/face_finders.h"

#include "vision/faces/detection/face_decoders.h"

namespace eyrie::vision {
namespace {

// Boxes of one look that overlap by so much are of one face.
constexpr double kOneFaceOverlap = 0.3;
constexpr std::size_t kMostOfLook = 200;

using Decode = Result<std::vector<LookHit>> (*)(TensorViews, double);

Result<std::vector<Hit>> ask(Network& network, Decode decode, const image::Pyramid& pyramid, const Look& look,
                             double min_score) {
  const InputSpec& input = network.pack().input;
  const image::Image seen = look.take(pyramid, input.width, input.height);
  EYRIE_TRY(const Session::Outputs outputs, network.run(prepare(seen, View::whole(seen), input).tensor));
  EYRIE_TRY(const std::vector<LookHit> found, decode({outputs.begin(), outputs.end()}, min_score));
  std::vector<Hit> hits;
  for (const LookHit& hit : found) hits.push_back(to_picture(hit, look));
  return blend(std::move(hits), kOneFaceOverlap, kMostOfLook);
}

}  // namespace

Status FaceFinders::ready() const {
  if (detector_ != nullptr) return {};
  return fail(Code::kUnavailable, "no model for the role \"" + std::string(role_name(Role::kFaceDetector)) +
                                      "\" is installed; run scripts/setup, or scripts/models fetch");
}

Result<std::vector<Hit>> FaceFinders::detect(const image::Pyramid& pyramid, const Look& look,
                                             double min_score) const {
  EYRIE_CHECK_OK(ready());
  return ask(*detector_, decode_blazeface, pyramid, look, min_score);
}

Result<std::vector<Hit>> FaceFinders::scout(const image::Pyramid& pyramid, const Look& look,
                                            double min_score) const {
  if (scout_ == nullptr) return std::vector<Hit>{};
  return ask(*scout_, decode_ultra_light, pyramid, look, min_score);
}

}  // namespace eyrie::vision
