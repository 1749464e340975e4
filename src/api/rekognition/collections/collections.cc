// CreateCollection, DescribeCollection, ListCollections, DeleteCollection.
#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "api/rekognition/collections/tags.h"

namespace eyrie::api::rekognition {
namespace {

constexpr std::int64_t kUsualCollections = 1000, kMostCollections = 4096;

}  // namespace

JsonResult create_collection(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string name, collection_id(request));
  EYRIE_TRY(const store::StringMap tags, tags_field(request, "Tags", "tags"));
  const std::string model = backend.recognizer.model_versions().faces;
  EYRIE_CHECK_OK(told(backend.faces.create_collection(name, model, tags)));
  // This operation alone answers the ARN without its first part; programs cut it accordingly.
  return json::object{{"StatusCode", 200},
                      {"CollectionArn", collection_arn(name).substr(std::string_view("arn:").size())},
                      {"FaceModelVersion", model}};
}

JsonResult describe_collection(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string name, collection_id(request));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(name)));
  return json::object{{"FaceCount", collection.faces},
                      {"FaceModelVersion", collection.model},
                      {"CollectionARN", collection_arn(name)},
                      {"CreationTimestamp", rounded(static_cast<double>(collection.created_ms) / 1000, 3)},
                      {"UserCount", collection.users}};
}

JsonResult list_collections(Backend& backend, json::object& request) {
  const std::string walk = walk_name({"ListCollections"});
  EYRIE_TRY(const PageAsked asked, page_asked(request, 0, kMostCollections, kUsualCollections, walk));
  EYRIE_TRY(const auto page, told(backend.faces.collections(asked.after, asked.most)));
  json::array names, models;
  for (const store::FaceCollection& collection : page.entries) {
    names.emplace_back(collection.name);
    models.emplace_back(collection.model);
  }
  json::object answer{{"CollectionIds", std::move(names)}, {"FaceModelVersions", std::move(models)}};
  if (page.next != 0) answer["NextToken"] = page_token(walk, page.next);
  return answer;
}

JsonResult delete_collection(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string name, collection_id(request));
  EYRIE_CHECK_OK(told(backend.faces.delete_collection(name)));
  return json::object{{"StatusCode", 200}};
}

}  // namespace eyrie::api::rekognition
