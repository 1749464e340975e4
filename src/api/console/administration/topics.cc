// Topics and who hears of them: what alert rules publish to. They are made and subscribed to by SNS's API.
#include "api/console/operations.h"

namespace eyrie::api::console {
namespace {

using notify::topics::SubscriptionPtr;
using notify::topics::TopicPtr;

constexpr std::size_t kMostTopics = 1000, kMostSubscriptions = 20;

json::object topic_json(const notify::topics::Topics& topics, const TopicPtr& topic) {
  json::array subscriptions;
  for (const SubscriptionPtr& subscription : topics.subscriptions(topic->name, "", kMostSubscriptions)) {
    subscriptions.push_back(json::object{{"id", subscription->id},
                                         {"protocol", subscription->protocol},
                                         {"endpoint", subscription->shown_endpoint()},
                                         {"confirmed", subscription->confirmed()}});
  }
  const notify::topics::TopicCounts counts = topics.counts(topic->name);
  return {{"name", topic->name}, {"arn", topic->arn()}, {"confirmed", counts.confirmed}, {"pending", counts.pending}, {"subscriptions", std::move(subscriptions)}};
}

}  // namespace

Outcome<Answer> list_topics(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_CHECK_OK(call.may_on("sns:ListTopics", aws::regional_arn("sns", "*")));
  json::array topics;
  for (const TopicPtr& topic : administration->topics.topics("", kMostTopics)) topics.push_back(topic_json(administration->topics, topic));
  return Answer{.body = json::object{{"topics", std::move(topics)}}};
}

}  // namespace eyrie::api::console
