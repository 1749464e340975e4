// Who takes messages of other services by an ARN: queues, and topics. S3's notifications go
// through it and know nothing of what is behind.
//
//   const notify::ServiceCall s3{.service = "s3.amazonaws.com", .source_arn = "arn:aws:s3:::images"};
//   if (!publisher.takes(arn)) ...                    // of another kind
//   if (auto may = publisher.may_send(arn, s3); !may) ...   // at set-up
//   publisher.publish(arn, {.subject = "Amazon S3 Notification", .text = event}, s3);
//
// Thread safety: all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iam/policy/evaluate.h"

namespace eyrie::notify {

// A service of the account's that acts by itself, not for a caller: the resource's own policy must let it.
struct ServiceCall {
  std::string service;     // "s3.amazonaws.com", "sns.amazonaws.com"
  std::string source_arn;  // aws:SourceArn: the bucket, the topic
};

// Whether a queue's or a topic's policy lets the service do `action` on it. No policy: nothing is let.
bool allows_service(const iam::PolicyDocument* policy, std::string_view action, const std::string& resource, const ServiceCall& call);

struct Publication {
  std::string subject;  // topics tell it; queues do not
  std::string text;
  std::string trace = {};  // what it comes of (base/trace/trace_cause.h); empty: not told
};

class Publisher {
 public:
  virtual ~Publisher() = default;

  // Whether the ARN is of the kind that this one has, there or not: "arn:aws:sqs:...".
  virtual bool takes(std::string_view arn) const = 0;
  // kNotFound: no such queue or topic. kPermissionDenied: its policy does not let the service send.
  virtual Status may_send(const std::string& arn, const ServiceCall& call) const = 0;
  // Durable when it returns. Asks may_send() again: policies change. kTooLarge: too long for the queue or topic. Everything else but
  // those three may pass: try again.
  virtual Status publish(const std::string& arn, const Publication& publication, const ServiceCall& call) = 0;
};

// Several as one: the first that takes the ARN. None: kNotFound.
class Publishers final : public Publisher {
 public:
  // All must outlive it. Not while others are at work.
  void add(Publisher& publisher) { publishers_.push_back(&publisher); }

  bool takes(std::string_view arn) const override { return find(arn) != nullptr; }
  Status may_send(const std::string& arn, const ServiceCall& call) const override;
  Status publish(const std::string& arn, const Publication& publication, const ServiceCall& call) override;

 private:
  Publisher* find(std::string_view arn) const;

  std::vector<Publisher*> publishers_;
};

}  // namespace eyrie::notify
