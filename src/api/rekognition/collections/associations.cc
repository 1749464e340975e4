// AssociateFaces and DisassociateFaces.
#include "analysis/answer_parts.h"
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "vision/faces/similarity.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kUserMatch = 75;
constexpr std::size_t kMostAssociated = 100;

struct Association {
  std::string collection, user;
  std::vector<std::string> faces;
  double least = 0;  // cosine
  store::RequestToken token;
};

Field<Association> parse_association(const json::object& request, std::string_view operation) {
  Association asked;
  EYRIE_TRY(asked.collection, collection_id(request));
  EYRIE_TRY(asked.user, required(user_id(request), "userId"));
  EYRIE_TRY(asked.faces, face_ids(request, kMostAssociated));
  if (asked.faces.empty()) return std::unexpected(missing("faceIds"));
  EYRIE_TRY(asked.least, least_cosine(request, "UserMatchThreshold", "userMatchThreshold", kUserMatch));
  std::string faces;
  for (const std::string& face : asked.faces) faces += face + " ";
  const std::string least = std::to_string(asked.least);
  EYRIE_TRY(asked.token, request_token(request, {operation, asked.collection, asked.user, faces, least}));
  return asked;
}

json::array done_answer(const store::FaceChanges& changes) {
  json::array list;
  for (const std::string& id : changes.done) list.push_back(json::object{{"FaceId", id}});
  return list;
}

json::object problem_answer(const store::FaceProblem& problem) {
  json::object answer{{"FaceId", problem.face_id}};
  json::array reasons;
  switch (problem.reason) {
    case store::FaceProblemReason::kFaceNotFound:
      reasons.emplace_back("FACE_NOT_FOUND");
      break;
    case store::FaceProblemReason::kOfAnotherUser:
    case store::FaceProblemReason::kOfAUser:
      answer["UserId"] = problem.user;
      reasons.emplace_back("ASSOCIATED_TO_A_DIFFERENT_USER");
      break;
    case store::FaceProblemReason::kTooFar:
      answer["Confidence"] =
          analysis::percent_number(vision::similarity_of_cosine(problem.cosine.value_or(-1)));
      reasons.emplace_back("LOW_MATCH_CONFIDENCE");
      break;
    case store::FaceProblemReason::kUserFull:
      break;  // the description has no word for it
  }
  answer["Reasons"] = std::move(reasons);
  return answer;
}

json::array problems_answer(const store::FaceChanges& changes) {
  json::array list;
  for (const store::FaceProblem& problem : changes.problems) list.push_back(problem_answer(problem));
  return list;
}

}  // namespace

JsonResult associate_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const Association asked, parse_association(request, "AssociateFaces"));
  EYRIE_TRY(
      const store::FaceChanges changes,
      told(backend.faces.associate(asked.collection, asked.user, asked.faces, asked.least, asked.token)));
  return json::object{{"AssociatedFaces", done_answer(changes)},
                      {"UnsuccessfulFaceAssociations", problems_answer(changes)},
                      {"UserStatus", user_status(changes.user_faces)}};
}

JsonResult disassociate_faces(Backend& backend, json::object& request) {
  EYRIE_TRY(const Association asked, parse_association(request, "DisassociateFaces"));
  EYRIE_TRY(const store::FaceChanges changes,
            told(backend.faces.disassociate(asked.collection, asked.user, asked.faces, asked.token)));
  return json::object{{"DisassociatedFaces", done_answer(changes)},
                      {"UnsuccessfulFaceDisassociations", problems_answer(changes)},
                      {"UserStatus", user_status(changes.user_faces)}};
}

}  // namespace eyrie::api::rekognition
