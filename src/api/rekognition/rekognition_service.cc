#include "api/rekognition/rekognition_service.h"

#include "api/rekognition/collections/operations.h"
#include "api/rekognition/operations.h"
#include "iam/guarded_stores.h"

namespace eyrie::api::rekognition {
namespace {

struct NamedOperation {
  const char* name;
  Operation run;
};

constexpr NamedOperation kOperations[] = {
    {"AssociateFaces", associate_faces},
    {"CompareFaces", compare_faces},
    {"CreateCollection", create_collection},
    {"CreateUser", create_user},
    {"DeleteCollection", delete_collection},
    {"DeleteFaces", delete_faces},
    {"DeleteUser", delete_user},
    {"DescribeCollection", describe_collection},
    {"DetectFaces", detect_faces},
    {"DetectLabels", detect_labels},
    {"DetectModerationLabels", detect_moderation_labels},
    {"DetectProtectiveEquipment", detect_protective_equipment},
    {"DetectText", detect_text},
    {"DisassociateFaces", disassociate_faces},
    {"GetCelebrityInfo", get_celebrity_info},
    {"IndexFaces", index_faces},
    {"ListCollections", list_collections},
    {"ListFaces", list_faces},
    {"ListTagsForResource", list_tags_for_resource},
    {"ListUsers", list_users},
    {"RecognizeCelebrities", recognize_celebrities},
    {"SearchFaces", search_faces},
    {"SearchFacesByImage", search_faces_by_image},
    {"SearchUsers", search_users},
    {"SearchUsersByImage", search_users_by_image},
    {"TagResource", tag_resource},
    {"UntagResource", untag_resource},
};

// CompareFaces' two pictures of 5 MiB as base64, and room for the rest.
constexpr std::size_t kMaxBody = 14'200'000;
constexpr std::size_t kMaxValues = 10'000;

// Operations on a collection name it; all others are on no resource.
std::vector<Need> needs(const std::string& operation, const json::object& request) {
  std::string resource = "*";
  if (const std::string collection = text_of(request, "CollectionId"); !collection.empty())
    resource = aws::regional_arn("rekognition", "collection/" + collection);
  if (const std::string arn = text_of(request, "ResourceArn"); !arn.empty())
    resource = (arn.starts_with("arn:") ? "" : "arn:") + arn;  // as tags.cc reads it
  return {{.action = "rekognition:" + operation, .resource = std::move(resource)}};
}

JsonServiceOptions options() {
  return {.name = "rekognition",
          .target_prefix = "RekognitionService.",
          .content_type = "application/x-amz-json-1.1",
          .flavour = aws::JsonFlavour::kRekognition,
          .max_body = kMaxBody,
          .max_values = kMaxValues,
          .needs = needs,
          .unknown_operation = aws::rekognition::unknown_operation(),
          .too_large = aws::rekognition::image_too_large(),
          .busy = aws::rekognition::throttling(),
          .serialization = aws::rekognition::serialization()};
}

}  // namespace

RekognitionService::RekognitionService(const Backend& backend, const iam::ObjectKeys& keys, const Door& door,
                                       net::MemoryBudget& budget)
    : JsonService(options(), door, budget), backend_(backend), keys_(keys) {
  for (const NamedOperation& operation : kOperations) {
    add(operation.name, [this, run = operation.run](const JsonCall& call) {
      // Objects are read with the rights of who asks.
      iam::GuardedObjects objects(backend_.objects, *call.context.caller, keys_);
      Backend backend{.objects = objects,
                      .recognizer = backend_.recognizer,
                      .faces = backend_.faces,
                      .celebrities = backend_.celebrities};
      return run(backend, call.request);
    });
  }
}

}  // namespace eyrie::api::rekognition
