// A message of a topic, and how each protocol is told it: SNS's JSON with its signature, the event record of a function, mail.
//
// Source: Amazon SNS developer guide, "HTTP/HTTPS notification JSON format", "Verifying the signatures of Amazon SNS messages"; AWS Lambda developer
// guide, "Using Lambda with Amazon SNS". Thread safety: pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/client/http_client.h"
#include "notify/topics/filter_policy.h"
#include "notify/topics/signer.h"
#include "notify/topics/topic_record.h"

namespace eyrie::notify::topics {

struct Message {
  enum class Type { kNotification, kConfirmation, kUnsubscribed };

  Type type = Type::kNotification;
  std::string id;  // UUID
  std::string topic;
  std::optional<std::string> subject = {};
  std::map<std::string, std::string> texts;  // by protocol; "default" always
  Attributes attributes = {};
  std::int64_t time_ms = 0;
  std::string token = {};  // of the two other types
  std::string trace = {};  // what it came of (base/trace/trace_cause.h); empty: not told

  const std::string& text_for(const std::string& protocol) const;
};

// As it waits for its deliveries.
std::string write_message(const Message& message);
Result<Message> read_message(const std::string& text);  // kCorrupt

// Where this server is reached: "http://127.0.0.1:4566".
struct Links {
  std::string base;

  std::string confirm(const std::string& topic_arn, const std::string& token) const;
  std::string unsubscribe(const std::string& subscription_arn) const;
  std::string certificate(const std::string& file) const;
};
inline constexpr const char* kLinksPath = "/_eyrie/sns/";

// What all renderings need to know.
struct Rendering {
  const Signer& signer;
  const Links& links;
  std::string signature_version = "1";
};

// The whole JSON document that http, https, email-json and sqs get where they do not get the text raw.
std::string render_json(const Message& message, const Subscription& subscription, const Rendering& rendering);

net::ClientRequest render_http(const Message& message, const Subscription& subscription, const std::string& content_type, const Rendering& rendering);
// {"Records": [{"EventSource": "aws:sns", ...}]}
std::string render_event(const Message& message, const Subscription& subscription, const Rendering& rendering);
net::Mail render_mail(const Message& message, const Topic& topic, const Subscription& subscription, const std::string& from, const Rendering& rendering);

}  // namespace eyrie::notify::topics
