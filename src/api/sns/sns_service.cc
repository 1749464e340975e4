#include "api/sns/sns_service.h"

#include "api/sns/operations.h"

namespace eyrie::api::sns {
namespace {

constexpr const char* kNamespace = "http://sns.amazonaws.com/doc/2010-03-31/";

// What an operation is on, for policies.
enum class On {
  kNothing,
  kTopic,         // TopicArn, or TargetArn
  kNewTopic,      // the one that Name would name
  kResource,      // ResourceArn
  kSubscription,  // the topic of SubscriptionArn
};

struct Row {
  const char* name;
  Operation run;
  On on;
  bool answers = true;
};

constexpr Row kOperations[] = {
    {"AddPermission", add_permission, On::kTopic, false},
    {"ConfirmSubscription", confirm_subscription, On::kTopic},
    {"CreateTopic", create_topic, On::kNewTopic},
    {"DeleteTopic", delete_topic, On::kTopic, false},
    {"GetSubscriptionAttributes", get_subscription_attributes, On::kSubscription},
    {"GetTopicAttributes", get_topic_attributes, On::kTopic},
    {"ListSubscriptions", list_subscriptions, On::kNothing},
    {"ListSubscriptionsByTopic", list_subscriptions_by_topic, On::kTopic},
    {"ListTagsForResource", list_tags_for_resource, On::kResource},
    {"ListTopics", list_topics, On::kNothing},
    {"Publish", publish, On::kTopic},
    {"PublishBatch", publish_batch, On::kTopic},
    {"RemovePermission", remove_permission, On::kTopic, false},
    {"SetSubscriptionAttributes", set_subscription_attributes, On::kSubscription, false},
    {"SetTopicAttributes", set_topic_attributes, On::kTopic, false},
    {"Subscribe", subscribe, On::kTopic},
    {"TagResource", tag_resource, On::kResource},
    {"Unsubscribe", unsubscribe, On::kSubscription, false},
    {"UntagResource", untag_resource, On::kResource},
};

std::string resource_of(const Topics& topics, On on, const QueryCall& call) {
  switch (on) {
    case On::kNothing:
      return "*";
    case On::kTopic:
      return call.optional("TopicArn").value_or(call.get("TargetArn"));
    case On::kNewTopic:
      return notify::topics::topic_arn(call.get("Name"));
    case On::kResource:
      return call.get("ResourceArn");
    case On::kSubscription: {
      const std::string arn = call.get("SubscriptionArn");
      const auto id = notify::topics::subscription_of_arn(arn);
      const auto subscription = id ? topics.subscription(*id) : fail(Code::kNotFound, "");
      return subscription ? notify::topics::topic_arn((*subscription)->topic) : arn.substr(0, arn.rfind(':'));
    }
  }
  return "*";
}

// PublishBatch is allowed as Publish is.
std::string action_of(const Row& row) { return "sns:" + std::string(std::string_view(row.name) == "PublishBatch" ? "Publish" : row.name); }

std::vector<Need> needs_of(const Topics& topics, const Row& row, const QueryCall& call) {
  Need need{.action = action_of(row), .resource = resource_of(topics, row.on, call)};
  if (need.resource.empty()) need.resource = "*";
  if (std::string_view(row.name) == "Subscribe") {
    need.values.add("sns:Protocol", call.get("Protocol"));
    need.values.add("sns:Endpoint", call.get("Endpoint"));
  }
  if (const auto name = notify::topics::topic_of_arn(need.resource)) {
    if (const auto topic = topics.topic(*name)) need.policy = (*topic)->policy.parsed;
  }
  return {std::move(need)};
}

net::Response error_page(const aws::WireError& error, const std::string& id) {
  XmlWriter xml("ErrorResponse", kNamespace);
  xml.open("Error").text("Type", error.status < 500 ? "Sender" : "Receiver").text("Code", error.code).text("Message", error.message).close("Error").text("RequestId", id);
  return net::text_response(error.status, xml.finish(), "text/xml");
}

net::Response word(const char* text) {
  net::Response response = net::text_response(200, std::string("<!doctype html><meta charset=\"utf-8\"><title>Eyrie</title><p>") + text + "\n", "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

Parameters parameters_of(std::string_view query) {
  Parameters parameters;
  if (const auto parsed = net::parse_query(query)) parameters.insert(parsed->begin(), parsed->end());
  parameters.erase("AuthenticateOnUnsubscribe");  // is for those who sign
  return parameters;
}

}  // namespace

SnsService::SnsService(Topics& topics, const Door& door, net::MemoryBudget& budget)
    : QueryService({.name = "sns", .xmlns = kNamespace, .version = "2010-03-31", .denied = "AuthorizationError"}, door, budget) {
  for (const Row& row : kOperations) {
    add(row.name, {.run = [&topics, run = row.run](const QueryCall& call, XmlWriter& xml) { return run(topics, call, xml); },
                   .answers = row.answers,
                   .needs = [&topics, row](const QueryCall& call) { return needs_of(topics, row, call); }});
  }
}

net::Response LinkPages::answer(const net::RequestHead& head) const {
  const std::string_view rest = std::string_view(head.path).substr(std::string_view(notify::topics::kLinksPath).size());
  if (rest == signer_.certificate_file()) return net::text_response(200, signer_.certificate(), "application/x-pem-file");
  if (!rest.empty()) return net::text_response(404, "not found\n");
  // Who only looks changes nothing.
  if (head.method != "GET") return net::text_response(200, "");
  const Context context{.head = {.id = head.id}};
  const Parameters parameters = parameters_of(head.query);
  const QueryCall call{.parameters = parameters, .context = context};
  const std::string action = call.get("Action");
  const bool browser = head.headers.get("Accept").contains("text/html");
  XmlWriter xml(action == "Unsubscribe" ? "UnsubscribeResponse" : "ConfirmSubscriptionResponse", kNamespace);
  QueryResult done;
  if (action == "ConfirmSubscription") {
    xml.open("ConfirmSubscriptionResult");
    done = confirm_subscription(topics_, call, xml);
    xml.close("ConfirmSubscriptionResult");
  } else if (action == "Unsubscribe") {
    const auto id = subscription_parameter(call);
    done = id ? QueryResult(wire(topics_.unsubscribe(*id, true))) : std::unexpected(id.error());
  } else {
    done = std::unexpected(aws::WireError{400, "InvalidAction", "This link opens ConfirmSubscription and Unsubscribe alone."});
  }
  if (!done) return error_page(done.error(), head.id);
  if (browser) return word(action == "Unsubscribe" ? "The subscription is ended." : "The subscription is confirmed.");
  xml.open("ResponseMetadata").text("RequestId", head.id).close("ResponseMetadata");
  net::Response response = net::text_response(200, xml.finish(), "text/xml");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace eyrie::api::sns
