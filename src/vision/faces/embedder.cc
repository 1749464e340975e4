#include "vision/faces/embedder.h"

#include <cmath>

#include "vision/faces/alignment.h"

namespace eyrie::vision {

Result<std::vector<float>> FaceEmbedder::embed(const image::Image& picture, const FaceSeed& seed) const {
  EYRIE_TRY(Network * network, networks_.require(Role::kFaceEmbedding));
  const image::Image face = align_face(picture, seed);
  EYRIE_TRY(const Session::Outputs outputs,
            network->run(prepare(face, View::whole(face), network->pack().input).tensor));
  double square = 0;
  for (const float value : outputs[0].values) square += static_cast<double>(value) * value;
  if (!(square > 0) || !std::isfinite(square)) {
    return fail(Code::kInternal, network->pack().id + ": the embedding has no direction");
  }
  std::vector<float> embedding;
  for (const float value : outputs[0].values) {
    embedding.push_back(static_cast<float>(value / std::sqrt(square)));
  }
  return embedding;
}

}  // namespace eyrie::vision
