// What a queue is: its attributes, tags and policy, as SQS takes them (texts by name) and as they are kept.
//
// Seconds, as in SQS. Source: SQS API reference, "CreateQueue", "SetQueueAttributes". Thread-safe: plain values and pure functions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "iam/policy/document.h"
#include "notify/queues/failure.h"
#include "notify/queues/queues.h"

namespace eyrie::notify {

using QueueTexts = std::map<std::string, std::string>;  // attributes by name; tags by key

struct RedrivePolicy {
  std::string dead_letters;  // the queue's ARN
  int max_received = 0;      // 1 to 1000
};

struct QueueDefinition {
  std::string name;
  std::int64_t created_ms = 0, modified_ms = 0;
  int delay_s = 0;                    // 0 to 900
  int max_bytes = kMaxMessageBytes;   // 1 KiB to 1 MiB
  int retention_s = 345'600;          // 60 to 1,209,600
  int wait_s = 0;                     // of a receive that does not say: 0 to 20
  int visibility_s = 30;              // 0 to 43,200
  bool sse = true;                    // what SqsManagedSseEnabled says; messages are sealed in any case
  std::optional<RedrivePolicy> redrive = {};
  QueueTexts texts = {};              // Policy, RedrivePolicy, RedriveAllowPolicy where they are set
  std::shared_ptr<const iam::PolicyDocument> policy = {};
  QueueTexts tags = {};

  std::string arn() const { return queue_arn(name); }
};

// 1 to 80 of A-Z a-z 0-9 - _. A name that ends with .fifo is of a kind that is not here: kUnsupported.
QueueOutcome<void> check_queue_name(const std::string& name, const QueueTexts& attributes);
// kAttributeName, kAttributeValue; kUnsupported for what is SQS's and not ours. All or nothing.
QueueOutcome<void> set_attributes(QueueDefinition& queue, const QueueTexts& attributes);
// A policy that may be empty, which takes it away.
QueueOutcome<void> set_policy(QueueDefinition& queue, const std::string& text);
QueueOutcome<void> set_tags(QueueDefinition& queue, const QueueTexts& tags);

// As GetQueueAttributes tells them, but for counts.
QueueTexts attributes_of(const QueueDefinition& queue);
// Whether messages of `source` may become dead letters of the queue (RedriveAllowPolicy).
bool takes_dead_letters(const QueueDefinition& queue, const std::string& source_arn);

std::string write_definition(const QueueDefinition& queue);
// kCorrupt.
Result<QueueDefinition> read_definition(const std::string& name, const std::string& text);

}  // namespace eyrie::notify
