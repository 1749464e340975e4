// An event source mapping: messages of a queue that a function gets, many at once. And the event that they make, and what the function says of it.
// Source: Lambda developer guide, "Using Lambda with Amazon SQS"; API reference, "CreateEventSourceMapping". Thread-safe: plain values, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "functions/deployed_functions.h"
#include "notify/queues/local_queues.h"
#include "store/record_store.h"

namespace eyrie::functions {

struct EventSource {
  std::string id;        // a UUID
  std::string function;  // NAME or NAME:QUALIFIER
  std::string queue;     // its name
  bool enabled = true;
  int batch = 10;        // messages of one invocation, at most: 1 to 10,000
  int window_s = 0;      // how long they are gathered for: 0 to 300
  bool reports_failures = false;      // the function says which messages failed (ReportBatchItemFailures)
  std::optional<int> concurrency = {};  // invocations at once, at most: 2 to 1,000
  std::int64_t modified_ms = 0;
};

std::string write_event_source(const EventSource& source);
Result<EventSource> read_event_source(const store::Record& record);  // kCorrupt

// {"Records": [...]}.
std::string sqs_event(const std::string& queue_arn, std::span<const notify::Delivery> deliveries);
// What a delivery adds to an event, about.
std::size_t size_in_event(const notify::Delivery& delivery);

// The ids of messages that failed, by a function's answer; nullopt: all of them, since the answer is not what it should be.
std::optional<std::set<std::string>> failed_items(const std::string& answer, std::span<const notify::Delivery> deliveries);

}  // namespace eyrie::functions
