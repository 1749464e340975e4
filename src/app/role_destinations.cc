#include "app/role_destinations.h"

#include "base/trace/trace_cause.h"
#include "notify/topics/topic_record.h"

namespace eyrie::app {
namespace {

namespace topics = notify::topics;

constexpr std::size_t kMaxTopicMessage = 256 << 10;

Status permission(bool granted, const char* action) { return granted ? Status() : fail(Code::kPermissionDenied, action); }

}  // namespace

Status RoleDestinations::may_send(const std::string& arn, const std::string& role) const {
  if (const auto topic = topics::topic_of_arn(arn)) {
    if (topics_ == nullptr) return fail(Code::kNotFound, "no topic is called " + arn);
    if (const auto found = topics_->topic(*topic); !found) return fail(found.error());
    return permission(roles_.may(role, "sns:Publish", arn), "Publish");
  }
  if (!queues_.exists(arn)) return fail(Code::kNotFound, "no queue is called " + arn);
  return permission(roles_.may(role, "sqs:SendMessage", arn), "SendMessage");
}

Status RoleDestinations::send(const std::string& arn, const std::string& role, const functions::DestinationMessage& message) {
  EYRIE_CHECK_OK(may_send(arn, role));
  if (const auto topic = topics::topic_of_arn(arn)) return publish(*topic, message);
  notify::Message sent{.body = message.body, .trace_header = xray_header_of_cause(message.trace)};
  for (const auto& [name, type, value] : message.attributes) sent.attributes[name] = {.type = type, .value = value};
  return queues_.send_one({.queue_arn = arn, .message = std::move(sent)});
}

Status RoleDestinations::publish(const std::string& topic, const functions::DestinationMessage& message) {
  if (message.body.size() > kMaxTopicMessage) return fail(Code::kTooLarge, "the record is longer than 256 KB");
  topics::Publication publication{.texts = {{"default", message.body}}, .trace = message.trace};
  for (const auto& [name, type, value] : message.attributes) publication.attributes.emplace_back(name, topics::Attribute{.type = type, .value = value});
  const auto published = topics_->publish(topic, {std::move(publication)});
  return published ? Status() : fail(published.error());
}

}  // namespace eyrie::app
