#include "notify/topics/topic_publisher.h"

#include "aws/account.h"

namespace eyrie::notify::topics {
namespace {

constexpr std::size_t kMaxText = 256 << 10;

}  // namespace

bool TopicPublisher::takes(std::string_view arn) const { return arn.starts_with("arn:aws:sns:"); }

Status TopicPublisher::may_send(const std::string& arn, const ServiceCall& call) const {
  const auto name = topic_of_arn(arn);
  const auto topic = name ? topics_.topic(*name) : fail(Code::kNotFound, "Topic does not exist");
  if (!topic) return fail(topic.error());
  if (allows_service((*topic)->policy.get(), "sns:Publish", arn, call)) return {};
  return fail(Code::kPermissionDenied, "the policy of " + arn + " does not let " + call.service + " publish for " + call.source_arn);
}

Status TopicPublisher::publish(const std::string& arn, const notify::Publication& publication, const ServiceCall& call) {
  EYRIE_CHECK_OK(may_send(arn, call));
  if (publication.text.size() > kMaxText) return fail(Code::kTooLarge, "the message is longer than 256 KB");
  topics::Publication message{.texts = {{"default", publication.text}}, .trace = publication.trace};
  if (!publication.subject.empty()) message.subject = publication.subject;
  EYRIE_CHECK_OK(topics_.publish(*topic_of_arn(arn), {std::move(message)}));
  return {};
}

}  // namespace eyrie::notify::topics
