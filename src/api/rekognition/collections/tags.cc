// TagResource, UntagResource, ListTagsForResource: of collections, the only resources here that have tags.
#include "api/rekognition/collections/tags.h"

#include <algorithm>
#include <cctype>

#include "api/rekognition/collections/members.h"
#include "api/rekognition/collections/operations.h"
#include "base/encoding.h"

namespace eyrie::api::rekognition {
namespace {

constexpr const char* kKeyPattern = "^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$";
constexpr const char* kValuePattern = "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$";
constexpr std::size_t kLongestKey = 128, kLongestValue = 256;  // characters

// Letters, separators and digits of every script pass as what is not ASCII.
bool tag_text(std::string_view text) {
  return valid_utf8(text) && std::ranges::all_of(text, [](unsigned char c) {
           return c >= 0x80 || std::isalnum(c) != 0 ||
                  std::string_view(" _.:/=+-@").contains(static_cast<char>(c));
         });
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

Check check_key(std::string_view key, const std::string& path) {
  if (key.empty() || characters(key) > kLongestKey) {
    return std::unexpected(validation_error(key.substr(0, kLongestKey), path,
                                            "Map keys must satisfy constraint: [Member must have length less "
                                            "than or equal to 128, Member must have "
                                            "length greater than or equal to 1]"));
  }
  if (tag_text(key) && !key.starts_with("aws:")) return {};
  return std::unexpected(
      validation_error(key, path,
                       "Map keys must satisfy constraint: [Member must satisfy regular expression "
                       "pattern: " +
                           std::string(kKeyPattern) + "]"));
}

Field<std::string> tag_value(const json::value& value, const std::string& path) {
  const json::string* text = value.if_string();
  if (text == nullptr) return std::unexpected(aws::rekognition::serialization());
  if (characters(*text) <= kLongestValue && tag_text(*text)) return std::string(*text);
  return std::unexpected(
      validation_error(std::string_view(*text).substr(0, kLongestValue), path,
                       "Map value must satisfy constraint: [Member must have length less than or "
                       "equal to 256, Member must satisfy regular expression pattern: " +
                           std::string(kValuePattern) + "]"));
}

// The collection that the ARN names; CreateCollection's form of it serves too.
Field<std::string> named_collection(const json::object& request) {
  EYRIE_TRY(const std::string arn,
            required(string_field(request, "ResourceArn", "resourceArn", 20, 2048), "resourceArn"));
  const std::string prefix = collection_arn("");
  const std::string full = arn.starts_with("arn:") ? arn : "arn:" + arn;
  if (!full.starts_with(prefix) || full.size() == prefix.size()) {
    return std::unexpected(
        aws::rekognition::invalid_parameter("Request has an invalid resource ARN: " + arn));
  }
  return full.substr(prefix.size());
}

Status add_tags(store::StringMap& tags, const store::StringMap& more) {
  for (const auto& [key, value] : more) tags[key] = value;
  if (tags.size() <= kMostTags) return {};
  return fail(Code::kTooLarge, "The resource may have at most " + std::to_string(kMostTags) + " tags");
}

}  // namespace

Field<store::StringMap> tags_field(const json::object& request, std::string_view name,
                                   const std::string& path) {
  store::StringMap tags;
  EYRIE_TRY(const json::object* map, object_field(request, name));
  if (map == nullptr) return tags;
  if (map->size() > kMostTags) {
    return std::unexpected(validation_error("{" + std::to_string(map->size()) + " members}", path,
                                            "Member must have length less than or equal to 200"));
  }
  for (const auto& [key, value] : *map) {
    EYRIE_CHECK_OK(check_key(key, path));
    EYRIE_TRY(tags[std::string(key)], tag_value(value, path));
  }
  return tags;
}

JsonResult tag_resource(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, named_collection(request));
  EYRIE_TRY(const json::object* given, required(object_field(request, "Tags"), "tags"));
  EYRIE_TRY(const store::StringMap more, tags_field(request, "Tags", "tags"));
  (void)given;
  EYRIE_CHECK_OK(told(
      backend.faces.change_tags(collection, [&](store::StringMap& tags) { return add_tags(tags, more); })));
  return json::object{};
}

JsonResult untag_resource(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string collection, named_collection(request));
  EYRIE_TRY(const json::array* given,
            required(array_field(request, "TagKeys", "tagKeys", kMostTags), "tagKeys"));
  (void)given;
  EYRIE_TRY(const auto keys, string_list_field(request, "TagKeys", "tagKeys", kMostTags, kLongestKey));
  EYRIE_CHECK_OK(told(backend.faces.change_tags(collection, [&](store::StringMap& tags) -> Status {
    for (const std::string& key : keys) tags.erase(key);
    return {};
  })));
  return json::object{};
}

JsonResult list_tags_for_resource(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string name, named_collection(request));
  EYRIE_TRY(const store::FaceCollection collection, told(backend.faces.collection(name)));
  json::object tags;
  for (const auto& [key, value] : collection.tags) tags[key] = value;
  return json::object{{"Tags", std::move(tags)}};
}

}  // namespace eyrie::api::rekognition
