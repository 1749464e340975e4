#include "vision/moderation/moderator.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::vision {

Result<Moderation> Moderator::judge(const image::Image& picture, const Fusion& seen,
                                    const ModerationRequest& request, Pass& pass) const {
  EYRIE_TRY(const Exposure exposure, expose(picture));
  double face = 0;
  if (suspicious(exposure)) {
    EYRIE_TRY(face, face_share(picture, pass));
  }
  return weigh(exposure, seen, face, request.min_confidence);
}

Result<Exposure> Moderator::expose(const image::Image& picture) const {
  EYRIE_TRY(Network* const network, networks_.require(Role::kModeration));
  EYRIE_TRY(const std::vector<float> shares, network->tag(picture, View::whole(picture)));
  const std::vector<std::string>& classes = network->pack().classes;
  bool known = true;
  const auto share_of = [&](std::string_view name) {
    const auto at = std::ranges::find_if(classes, [&](const std::string& cls) { return lower_case(cls) == name; });
    known = known && at != classes.end();
    return known ? static_cast<double>(shares[static_cast<std::size_t>(at - classes.begin())]) : 0.0;
  };
  const Exposure exposure{.drawing = share_of("drawing"),
                          .hentai = share_of("hentai"),
                          .porn = share_of("porn"),
                          .sexy = share_of("sexy")};
  if (!known) {
    return fail(Code::kInternal,
                "model " + network->pack().id + " has not the classes drawing, hentai, porn, sexy");
  }
  return exposure;
}

// 0 without a face, and where faces cannot be looked for: then the network's word counts undiminished.
Result<double> Moderator::face_share(const image::Image& picture, Pass& pass) const {
  FaceRequest request;
  request.max_faces = 1;
  request.only_with_people = true;  // as a pass over everything asks: what it finds is all there is, and serves both
  Result<std::vector<Face>> faces = faces_.analyze(picture, request, pass);
  if (faces && faces->empty()) {
    request.only_with_people = false;
    faces = faces_.analyze(picture, request, pass);
  }
  if (!faces && faces.error().code == Code::kUnavailable) return 0.0;
  EYRIE_TRY(const std::vector<Face> found, faces);
  return found.empty() ? 0 : found[0].box.width * found[0].box.height;
}

}  // namespace eyrie::vision
