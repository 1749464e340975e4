// Tags of topics.
#include "api/sns/operations.h"

namespace eyrie::api::sns {
namespace {

using notify::topics::Topic;

constexpr std::size_t kMaxTags = 50;

std::unexpected<aws::WireError> not_found() { return std::unexpected(aws::WireError{404, "ResourceNotFound", "Resource does not exist"}); }

QueryResult change_tags(Topics& topics, const QueryCall& call, const std::function<void(std::map<std::string, std::string>&)>& change) {
  const auto name = notify::topics::topic_of_arn(call.get("ResourceArn"));
  if (!name) return not_found();
  bool too_many = false;
  const Status changed = topics.change(*name, [&](Topic& topic) -> Status {
    change(topic.tags);
    too_many = topic.tags.size() > kMaxTags;
    if (too_many) return fail(Code::kTooLarge, "too many tags");
    return {};
  });
  if (too_many) return std::unexpected(aws::WireError{400, "TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded"});
  if (!changed && changed.error().code == Code::kNotFound) return not_found();
  return wire(changed);
}

}  // namespace

QueryResult tag_resource(Topics& topics, const QueryCall& call, XmlWriter&) {
  EYRIE_TRY(const auto tags, tags_of(call));
  return change_tags(topics, call, [&](auto& of_topic) {
    for (const auto& [key, value] : tags) of_topic[key] = value;
  });
}

QueryResult untag_resource(Topics& topics, const QueryCall& call, XmlWriter&) {
  const auto keys = list_of(call, "TagKeys");
  return change_tags(topics, call, [&](auto& of_topic) {
    for (const std::string& key : keys) of_topic.erase(key);
  });
}

QueryResult list_tags_for_resource(Topics& topics, const QueryCall& call, XmlWriter& xml) {
  const auto name = notify::topics::topic_of_arn(call.get("ResourceArn"));
  if (!name) return not_found();
  const auto topic = topics.topic(*name);
  if (!topic) return not_found();
  xml.open("Tags");
  for (const auto& [key, value] : (*topic)->tags) xml.open("member").text("Key", key).text("Value", value).close("member");
  xml.close("Tags");
  return {};
}

}  // namespace eyrie::api::sns
