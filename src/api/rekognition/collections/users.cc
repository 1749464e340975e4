// CreateUser, DeleteUser, ListUsers.
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"

namespace eyrie::api::rekognition {
namespace {

constexpr std::int64_t kMostUsersListed = 500;

}  // namespace

JsonResult create_user(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, collection_id(request));
  EYRIE_TRY(const std::string user, required(user_id(request), "userId"));
  EYRIE_TRY(const store::RequestToken token, request_token(request, {"CreateUser", collection, user}));
  const Status created = backend.faces.create_user(collection, user, token);
  if (!created && created.error().code == Code::kAlreadyExists) {
    return std::unexpected(aws::rekognition::conflict(created.error().message));
  }
  EYRIE_CHECK_OK(told(created));
  return json::object{};
}

JsonResult delete_user(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, collection_id(request));
  EYRIE_TRY(const std::string user, required(user_id(request), "userId"));
  EYRIE_TRY(const store::RequestToken token, request_token(request, {"DeleteUser", collection, user}));
  EYRIE_CHECK_OK(told(backend.faces.delete_user(collection, user, token)));
  return json::object{};
}

JsonResult list_users(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, collection_id(request));
  const std::string walk = walk_name({"ListUsers", collection});
  EYRIE_TRY(const PageAsked asked, page_asked(request, 1, kMostUsersListed, kMostUsersListed, walk));
  EYRIE_TRY(const auto page, told(backend.faces.users(collection, asked.after, asked.most)));
  json::array users;
  for (const store::StoredUser& user : page.entries) users.push_back(user_answer(user));
  json::object answer{{"Users", std::move(users)}};
  if (page.next != 0) answer["NextToken"] = page_token(walk, page.next);
  return answer;
}

}  // namespace eyrie::api::rekognition
