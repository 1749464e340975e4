// SearchUsers and SearchUsersByImage.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "api/rekognition/collections/searched_face.h"
#include "vision/faces/similarity.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kUsualThreshold = 80;
constexpr std::int64_t kMostUsers = 500;

struct UserSearch {
  std::string collection;
  std::size_t most = 0;
  double least = 0;  // cosine
};

Field<UserSearch> parse_user_search(const json::object& request) {
  UserSearch asked;
  EYRIE_TRY(asked.collection, collection_id(request));
  EYRIE_TRY(const auto most, integer_field(request, "MaxUsers", "maxUsers", 1, kMostUsers));
  asked.most = static_cast<std::size_t>(most.value_or(kMostUsers));
  EYRIE_TRY(asked.least, least_cosine(request, "UserMatchThreshold", "userMatchThreshold", kUsualThreshold));
  return asked;
}

// `except`: a user that is not part of the answer.
Field<json::array> matches_of(Backend& backend, const UserSearch& asked,
                              const std::optional<store::VectorCode>& vector,
                              const std::string& except = "") {
  json::array matches;
  if (!vector) return matches;
  const std::size_t most = asked.most + (except.empty() ? 0 : 1);
  EYRIE_TRY(const auto found,
            told(backend.faces.nearest_users(asked.collection, *vector, most, asked.least)));
  for (const auto& near : found) {
    if (near.entry.name == except || matches.size() == asked.most) continue;
    const double similarity = vision::similarity_of_cosine(near.cosine);
    matches.push_back(json::object{{"Similarity", analysis::percent_number(similarity)},
                                   {"User", user_answer(near.entry)}});
  }
  return matches;
}

json::array unsearched(const std::vector<OtherFace>& others) {
  json::array list;
  for (const OtherFace& other : others) {
    json::array reasons;
    for (const std::string_view reason : other.reasons) reasons.emplace_back(reason);
    list.push_back(json::object{{"FaceDetails", analysis::face_detail(other.face, false)},
                                {"Reasons", std::move(reasons)}});
  }
  return list;
}

}  // namespace

JsonResult search_users(Backend& backend, json::object& request) {
  EYRIE_TRY(const UserSearch asked, parse_user_search(request));
  EYRIE_TRY(const auto face, face_id(request));
  EYRIE_TRY(const auto user, user_id(request));
  if (face.has_value() == user.has_value()) {
    return std::unexpected(aws::rekognition::invalid_parameter(
        "Request has invalid parameters: either FaceId or UserId must be given."));
  }
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(asked.collection)));
  json::object answer;
  if (face) {
    EYRIE_TRY(const auto vector, told(backend.faces.face_vector(asked.collection, *face)));
    if (!vector) {
      return std::unexpected(aws::rekognition::invalid_parameter("faceId was not found in the collection."));
    }
    EYRIE_TRY(answer["UserMatches"], matches_of(backend, asked, vector));
    answer["SearchedFace"] = json::object{{"FaceId", *face}};
  } else {
    EYRIE_TRY(const auto vector, told(backend.faces.user_vector(asked.collection, *user)));
    EYRIE_TRY(answer["UserMatches"], matches_of(backend, asked, vector, *user));
    answer["SearchedUser"] = json::object{{"UserId", *user}};
  }
  answer["FaceModelVersion"] = collection.model;
  return answer;
}

JsonResult search_users_by_image(Backend& backend, json::object& request) {
  EYRIE_TRY(const UserSearch asked, parse_user_search(request));
  EYRIE_TRY(const QualityFilter bar, quality_filter(request, QualityFilter::kNone));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(asked.collection)));
  EYRIE_TRY(const SearchedFace searched, find_searched_face(backend, request, bar, true));
  json::object answer{{"UserMatches", json::array()}, {"FaceModelVersion", collection.model}};
  if (searched.face) {
    EYRIE_TRY(const store::VectorCode vector,
              told(backend.faces.vector(asked.collection, backend.recognizer.model_versions().faces,
                                        searched.face->embedding)));
    EYRIE_TRY(answer["UserMatches"], matches_of(backend, asked, vector));
    answer["SearchedFace"] = json::object{{"FaceDetail", analysis::face_detail(*searched.face, false)}};
  }
  answer["UnsearchedFaces"] = unsearched(searched.others);
  return answer;
}

}  // namespace eyrie::api::rekognition
