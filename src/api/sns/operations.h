// SNS's operations, one function each: parameters in, XML of the result out. Thread-safe.
#pragma once

#include "api/sns/members.h"

namespace eyrie::api::sns {

using notify::topics::Topics;
using Operation = QueryResult (*)(Topics& topics, const QueryCall& call, XmlWriter& xml);

// topics.cc
QueryResult create_topic(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult delete_topic(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult list_topics(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult get_topic_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult set_topic_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml);
// permissions.cc
QueryResult add_permission(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult remove_permission(Topics& topics, const QueryCall& call, XmlWriter& xml);
// The policy of a topic that has none of its own.
std::string default_policy(const std::string& topic_arn);
// tags.cc
QueryResult tag_resource(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult untag_resource(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult list_tags_for_resource(Topics& topics, const QueryCall& call, XmlWriter& xml);
// subscriptions.cc
QueryResult subscribe(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult confirm_subscription(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult unsubscribe(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult list_subscriptions(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult list_subscriptions_by_topic(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult get_subscription_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult set_subscription_attributes(Topics& topics, const QueryCall& call, XmlWriter& xml);
// publish.cc
QueryResult publish(Topics& topics, const QueryCall& call, XmlWriter& xml);
QueryResult publish_batch(Topics& topics, const QueryCall& call, XmlWriter& xml);

}  // namespace eyrie::api::sns
