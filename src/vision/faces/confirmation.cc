#include "vision/faces/confirmation.h"

#include <algorithm>

namespace eyrie::vision {
namespace {

// The landmark network's presence from which a face that the finders were sure of needs no person.
constexpr double kSureMesh = 0.99;
// Nearly all profiles of FairFace lie in persons of 0.2 and more; things and animals in such of 0.1 at most, and the latter in
// objects of their own kind of 0.48 and more. Of a face that fills the picture the detector may see nothing at all.
constexpr double kPerson = 0.15;
constexpr double kOther = 0.4;
constexpr double kMostOfFace = 0.6;

enum class Verdict { kFace, kUnlessOther, kIfPerson, kNone };

Verdict judge(const FoundFace& face, const FaceMesh& mesh) {
  if (face.doubtful) return mesh.trusted() ? Verdict::kIfPerson : Verdict::kNone;
  return mesh.presence >= kSureMesh ? Verdict::kFace : Verdict::kUnlessOther;
}

bool holds(Verdict verdict, const Around& around) {
  return verdict == Verdict::kFace || around.person >= kPerson ||
         (verdict == Verdict::kUnlessOther && around.other < kOther);
}

// Settles by the object detector what is unsure.
Status ask_detector(Network& detector, const image::Image& picture, ObjectsOnce& once, const std::vector<Verdict>& verdicts,
                    std::vector<ConfirmedFace>& faces) {
  const auto& classes = detector.pack().classes;
  const auto named = std::ranges::find(classes, "person");
  if (named == classes.end()) return {};
  EYRIE_TRY(const std::vector<Detection> objects, once.find(detector, picture));
  const int person = static_cast<int>(named - classes.begin());
  std::vector<ConfirmedFace> kept;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (holds(verdicts[i], objects_around(faces[i].found.seed.box, objects, person))) kept.push_back(faces[i]);
  }
  faces = std::move(kept);
  return {};
}

}  // namespace

Around objects_around(const BoundingBox& face, std::span<const Detection> objects, int person) {
  Around best;
  for (const Detection& object : objects) {
    const double across = std::min<double>(object.right, face.left + face.width) - std::max<double>(object.left, face.left);
    const double down = std::min<double>(object.bottom, face.top + face.height) - std::max<double>(object.top, face.top);
    if (across <= 0 || down <= 0 || across * down < kMostOfFace * face.width * face.height) continue;
    double& score = object.cls == person ? best.person : best.other;
    score = std::max<double>(score, object.score);
  }
  return best;
}

Result<std::vector<ConfirmedFace>> confirm(const Networks& networks, const image::Image& picture,
                                           std::span<const FoundFace> found, ObjectsOnce& objects) {
  std::vector<ConfirmedFace> faces;
  if (found.empty()) return faces;
  EYRIE_TRY(Network* const landmarks, networks.require(Role::kFaceLandmarks));
  std::vector<Verdict> verdicts;
  for (const FoundFace& face : found) {
    EYRIE_TRY(const FaceMesh mesh, find_mesh(*landmarks, picture, face.seed));
    const Verdict verdict = judge(face, mesh);
    if (verdict == Verdict::kNone) continue;
    faces.push_back({face, mesh});
    verdicts.push_back(verdict);
  }
  const bool unsure = std::ranges::any_of(verdicts, [](Verdict verdict) { return verdict != Verdict::kFace; });
  if (Network* const detector = networks.find(Role::kDetector); detector != nullptr && unsure) {
    EYRIE_CHECK_OK(ask_detector(*detector, picture, objects, verdicts, faces));
  }
  return faces;
}

}  // namespace eyrie::vision
