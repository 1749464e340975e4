#include "api/kms/members.h"
#include "api/kms/operations.h"
#include "api/kms/page.h"

namespace eyrie::api::kms_api {
namespace {

constexpr std::size_t kMaxKey = 128, kMaxValue = 256;

std::unexpected<aws::WireError> wrong_tag(const std::string& message) { return std::unexpected(aws::WireError{400, "TagException", message}); }

Wire<void> check_tag_key(const std::string& key) {
  if (key.empty() || key.size() > kMaxKey)
    return broken_constraint(key.substr(0, kMaxKey), "tagKey", "Member must have length between 1 and 128, inclusive");
  if (key.starts_with("aws:")) return wrong_tag("Tags that begin with aws: are reserved");
  return {};
}

std::unexpected<aws::WireError> not_of_type(std::string_view member) {
  return std::unexpected(aws::WireError{400, "SerializationException", std::string(member) + " is not of its type"});
}

}  // namespace

Wire<std::map<std::string, std::string>> tags_member(const json::object& request) {
  std::map<std::string, std::string> tags;
  const json::value* told = request.if_contains("Tags");
  if (told == nullptr || told->is_null()) return tags;
  if (!told->is_array()) return not_of_type("Tags");
  for (const json::value& tag : told->get_array()) {
    const json::string* key = find_string(tag, "TagKey");
    const json::string* value = find_string(tag, "TagValue");
    if (key == nullptr || value == nullptr) return not_of_type("Tags");
    const std::string name(*key);
    EYRIE_CHECK_OK(check_tag_key(name));
    if (value->size() > kMaxValue)
      return broken_constraint("of this length", "tagValue", "Member must have length less than or equal to 256");
    if (!tags.emplace(name, std::string(*value)).second) return wrong_tag("Duplicate tag keys: " + name);
  }
  return tags;
}

JsonResult tag_resource(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  if (!request.contains("Tags")) return invalid("1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member must not be null");
  EYRIE_TRY(const auto tags, tags_member(request));
  EYRIE_CHECK_OK(wire(keys.change_tags(id, tags, {})));
  return json::object{};
}

JsonResult untag_resource(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  const json::value* told = request.if_contains("TagKeys");
  if (told == nullptr || told->is_null())
    return invalid("1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null");
  if (!told->is_array()) return not_of_type("TagKeys");
  std::vector<std::string> removed;
  for (const json::value& key : told->get_array()) {
    if (!key.is_string()) return not_of_type("TagKeys");
    removed.emplace_back(key.get_string());
    EYRIE_CHECK_OK(check_tag_key(removed.back()));
  }
  EYRIE_CHECK_OK(wire(keys.change_tags(id, {}, removed)));
  return json::object{};
}

JsonResult list_resource_tags(kms::LocalKeys& keys, const json::object& request) {
  EYRIE_TRY(const std::string id, key_id(request));
  EYRIE_TRY(const kms::Key key, wire(keys.key_itself(id)));
  const std::vector<std::pair<std::string, std::string>> tags(key.tags.begin(), key.tags.end());
  return page_answer(request, "Tags", tags, 50, [](const auto& tag) { return tag.first; },
                     [](const auto& tag) { return json::object{{"TagKey", tag.first}, {"TagValue", tag.second}}; });
}

}  // namespace eyrie::api::kms_api
