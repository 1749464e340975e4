#include "vision/faces/confirmation.h"

#include <algorithm>

#include "vision/faces/description/face_mesh.h"
#include "vision/labels/detector.h"

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

Result<Verdict> judge(Network& landmarks, const image::Image& picture, const FoundFace& face) {
  EYRIE_TRY(const FaceMesh mesh, find_mesh(landmarks, picture, face.seed));
  if (face.doubtful) return mesh.trusted() ? Verdict::kIfPerson : Verdict::kNone;
  return mesh.presence >= kSureMesh ? Verdict::kFace : Verdict::kUnlessOther;
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

Status drop_unconfirmed(const Networks& networks, const image::Image& picture, std::vector<FoundFace>& found) {
  Network* const landmarks = networks.find(Role::kFaceLandmarks);
  if (landmarks == nullptr) return {};
  std::vector<FoundFace> faces;
  std::vector<Verdict> verdicts;
  for (const FoundFace& face : found) {
    EYRIE_TRY(const Verdict verdict, judge(*landmarks, picture, face));
    if (verdict == Verdict::kNone) continue;
    faces.push_back(face);
    verdicts.push_back(verdict);
  }
  found.clear();
  Network* const detector = networks.find(Role::kDetector);
  std::vector<Detection> objects;
  int person = -1;
  if (detector != nullptr && std::ranges::any_of(verdicts, [](Verdict verdict) { return verdict != Verdict::kFace; })) {
    const auto& classes = detector->pack().classes;
    const auto at = std::ranges::find(classes, "person");
    if (at != classes.end()) {
      person = static_cast<int>(at - classes.begin());
      EYRIE_TRY(objects, detect_objects(*detector, picture));
    }
  }
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const Around around = objects_around(faces[i].seed.box, objects, person);
    const bool face = verdicts[i] == Verdict::kFace || person < 0 || around.person >= kPerson ||
                      (verdicts[i] == Verdict::kUnlessOther && around.other < kOther);
    if (face) found.push_back(faces[i]);
  }
  return {};
}

}  // namespace eyrie::vision
