// What topics deliver to inside this server: queues and functions. Implemented where these are put together. Thread safety: all of it.
#pragma once

#include <string>

#include "base/result.h"
#include "notify/topics/filter_policy.h"

namespace eyrie::notify::topics {

// On whose behalf it is delivered.
struct Sender {
  std::string topic_arn;
  std::string trace;  // what the message came of (base/trace/trace_cause.h); empty: not told
};

class Targets {
 public:
  virtual ~Targets() = default;

  // kNotFound, or kUnsupported where there is nothing of the kind here.
  virtual Status check_queue(const std::string& arn) const = 0;
  virtual Status check_function(const std::string& arn) const = 0;

  // On disk when they return. kNotFound, kPermissionDenied (its policy does not let the topic), kInvalidArgument: trying again cannot help.
  virtual Status send(const std::string& queue_arn, const std::string& body, const Attributes& attributes, const Sender& sender) const = 0;
  virtual Status invoke(const std::string& function_arn, const std::string& event, const std::string& request_id, const Sender& sender) const = 0;
};

}  // namespace eyrie::notify::topics
