// ListFaces and DeleteFaces.
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::api::rekognition {
namespace {

constexpr std::int64_t kUsualListed = 1000, kMostListed = 4096;
constexpr std::size_t kMostFaceIds = 4096;

std::string digest_of(const std::vector<std::string>& ids) {
  crypto::Sha256 digest;
  for (const std::string& id : ids) digest.update(as_bytes(id));
  return hex_encode(digest.finish());
}

}  // namespace

JsonResult list_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, collection_id(request));
  store::FaceFilter filter;
  EYRIE_TRY(filter.user, user_id(request));
  EYRIE_TRY(auto ids, face_ids(request, kMostFaceIds));
  const std::string walk = walk_name({"ListFaces", collection, filter.user.value_or(""), digest_of(ids)});
  EYRIE_TRY(const PageAsked asked, page_asked(request, 0, kMostListed, kUsualListed, walk));
  if (!ids.empty()) filter.ids = std::move(ids);
  EYRIE_TRY(const store::FaceCollection info, told(backend.faces.collection(collection)));
  EYRIE_TRY(const auto page, told(backend.faces.faces(collection, filter, asked.after, asked.most)));
  json::array faces;
  for (const store::StoredFace& face : page.entries) faces.push_back(face_answer(face, info.model));
  json::object answer{{"Faces", std::move(faces)}};
  if (page.next != 0) answer["NextToken"] = page_token(walk, page.next);
  answer["FaceModelVersion"] = info.model;
  return answer;
}

JsonResult delete_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, collection_id(request));
  EYRIE_TRY(const auto ids, face_ids(request, kMostFaceIds));
  if (ids.empty()) return std::unexpected(missing("faceIds"));
  EYRIE_TRY(const store::FaceChanges changes, told(backend.faces.remove_faces(collection, ids)));
  json::array deleted, kept;
  for (const std::string& id : changes.done) deleted.emplace_back(id);
  for (const store::FaceProblem& problem : changes.problems) {
    json::object one{{"FaceId", problem.face_id}};
    const bool of_a_user = problem.reason == store::FaceProblemReason::kOfAUser;
    if (of_a_user) one["UserId"] = problem.user;
    one["Reasons"] = json::array{of_a_user ? "ASSOCIATED_TO_AN_EXISTING_USER" : "FACE_NOT_FOUND"};
    kept.push_back(std::move(one));
  }
  return json::object{{"DeletedFaces", std::move(deleted)}, {"UnsuccessfulFaceDeletions", std::move(kept)}};
}

}  // namespace eyrie::api::rekognition
