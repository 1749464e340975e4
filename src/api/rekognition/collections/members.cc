#include "api/rekognition/collections/members.h"

#include <algorithm>
#include <cctype>

#include "analysis/answer_parts.h"
#include "api/common/service.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "vision/faces/similarity.h"

namespace eyrie::api::rekognition {
namespace {

bool in_name(unsigned char c) {
  return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
}

constexpr Pattern kCollectionId{"[a-zA-Z0-9_.\\-]+",
                                [](std::string_view text) { return std::ranges::all_of(text, in_name); }};
constexpr Pattern kUserId{"[a-zA-Z0-9_.\\-:]+", [](std::string_view text) {
                            return std::ranges::all_of(
                                text, [](unsigned char c) { return in_name(c) || c == ':'; });
                          }};
constexpr Pattern kFaceId{"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", is_uuid};
constexpr Pattern kToken{"^[a-zA-Z0-9-_]+$", [](std::string_view text) {
                           return std::ranges::all_of(text,
                                                      [](unsigned char c) { return in_name(c) && c != '.'; });
                         }};
constexpr std::size_t kLongestFaceId = 36;

// Of 16 bytes: the position, and a check over it and the walk.
constexpr std::size_t kTokenCheck = 8;

Bytes token_bytes(std::string_view walk, std::int64_t position) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(position >> shift));
  crypto::Sha256 digest;
  digest.update(bytes);
  digest.update(as_bytes(walk));
  const auto check = digest.finish();
  bytes.insert(bytes.end(), check.begin(), check.begin() + kTokenCheck);
  return bytes;
}

Field<std::int64_t> position_of(std::string_view token, std::string_view walk) {
  const auto bytes = hex_decode(token);
  std::int64_t position = 0;
  if (bytes && bytes->size() == 8 + kTokenCheck) {
    for (std::size_t i = 0; i < 8; ++i) position = position << 8 | (*bytes)[i];
    if (token_bytes(walk, position) == *bytes) return position;
  }
  return std::unexpected(aws::rekognition::invalid_pagination_token());
}

// The description allows digits and points only.
std::string version_number(std::string_view model) {
  const auto end =
      std::ranges::find_if(model, [](unsigned char c) { return std::isdigit(c) == 0 && c != '.'; });
  return {model.begin(), end};
}

}  // namespace

Field<std::string> collection_id(const json::object& request) {
  return required(pattern_field(request, "CollectionId", "collectionId", 1, 255, kCollectionId),
                  "collectionId");
}

Field<std::optional<std::string>> user_id(const json::object& request) {
  return pattern_field(request, "UserId", "userId", 1, 128, kUserId);
}

Field<std::optional<std::string>> face_id(const json::object& request) {
  return pattern_field(request, "FaceId", "faceId", 0, kLongestFaceId, kFaceId);
}

// Its characters are those of user ids.
Field<std::optional<std::string>> external_image_id(const json::object& request) {
  return pattern_field(request, "ExternalImageId", "externalImageId", 1, 255, kUserId);
}

Field<std::vector<std::string>> face_ids(const json::object& request, std::size_t most) {
  EYRIE_TRY(auto ids, string_list_field(request, "FaceIds", "faceIds", most, kLongestFaceId));
  const json::value* member = request.if_contains("FaceIds");
  if (ids.empty() && member != nullptr && member->is_array()) {
    return std::unexpected(
        validation_error("[]", "faceIds", "Member must have length greater than or equal to 1"));
  }
  for (const std::string& id : ids) {
    if (kFaceId.matches(id)) continue;
    return std::unexpected(
        validation_error("[" + id + "]", "faceIds",
                         "Member must satisfy constraint: [Member must satisfy regular expression pattern: " +
                             std::string(kFaceId.text) + "]"));
  }
  return ids;
}

Field<double> least_cosine(const json::object& request, std::string_view name, const std::string& path,
                           double absent) {
  EYRIE_TRY(const auto asked, number_field(request, name, path, 0, 100));
  // Everything reaches 0; the rest as vision::reaches().
  constexpr double kEverything = -2;
  const double similarity = asked.value_or(absent);
  return similarity <= 0 ? kEverything : vision::cosine_of_similarity(similarity - vision::kToldStep / 2);
}

Field<store::RequestToken> request_token(const json::object& request,
                                         std::initializer_list<std::string_view> asked) {
  EYRIE_TRY(auto token, pattern_field(request, "ClientRequestToken", "clientRequestToken", 1, 64, kToken));
  return store::RequestToken{.token = token.value_or(""),
                             .request = crypto::sha256(as_bytes(walk_name(asked)))};
}

std::string walk_name(std::initializer_list<std::string_view> parts) {
  std::string name;
  for (const std::string_view part : parts) {
    name += part;
    name += '\n';  // no part has one
  }
  return name;
}

Field<PageAsked> page_asked(const json::object& request, std::int64_t least_size, std::int64_t largest_size,
                            std::int64_t usual_size, std::string_view walk) {
  EYRIE_TRY(const auto size, integer_field(request, "MaxResults", "maxResults", least_size, largest_size));
  EYRIE_TRY(const auto token, string_field(request, "NextToken", "nextToken", 0, 255));
  PageAsked page{.most = static_cast<std::size_t>(size.value_or(0) == 0 ? usual_size : *size)};
  if (token && !token->empty()) {
    EYRIE_TRY(page.after, position_of(*token, walk));
  }
  return page;
}

std::string page_token(std::string_view walk, std::int64_t position) {
  return hex_encode(token_bytes(walk, position));
}

aws::WireError told(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
      return aws::rekognition::resource_not_found(error.message);
    case Code::kAlreadyExists:
      return aws::rekognition::resource_already_exists(error.message);
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return aws::rekognition::invalid_parameter(error.message);
    case Code::kTooLarge:
      return aws::rekognition::service_quota_exceeded(error.message);
    case Code::kFailedPrecondition:
      return aws::rekognition::idempotent_parameter_mismatch(error.message);
    default:
      log_error("face collection failed", {{"code", code_name(error.code)}, {"error", error.message}});
      // What is damaged here is no picture.
      return error.code == Code::kCorrupt ? aws::rekognition::internal_server_error()
                                          : aws::rekognition::from(error);
  }
}

std::string collection_arn(std::string_view name) {
  return aws::regional_arn("rekognition", "collection/" + std::string(name));
}

json::object face_answer(const store::StoredFace& face, const std::string& model) {
  json::object answer{
      {"FaceId", face.id},
      {"BoundingBox",
       analysis::box_answer(
           {.left = face.box.left, .top = face.box.top, .width = face.box.width, .height = face.box.height})},
      {"ImageId", face.image_id}};
  if (!face.external_image_id.empty()) answer["ExternalImageId"] = face.external_image_id;
  answer["Confidence"] = analysis::percent_number(face.confidence);
  if (const std::string version = version_number(model); !version.empty()) {
    answer["IndexFacesModelVersion"] = version;
  }
  if (!face.user.empty()) answer["UserId"] = face.user;
  return answer;
}

std::string_view user_status(std::uint64_t faces) {
  return faces == 0 ? "CREATED" : "ACTIVE";
}

json::object user_answer(const store::StoredUser& user) {
  return {{"UserId", user.name}, {"UserStatus", user_status(user.faces)}};
}

}  // namespace eyrie::api::rekognition
