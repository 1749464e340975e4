// The entries of a batch: 1 to 10, each with an id of its own; each one's fate. Thread-safe: pure functions.
#pragma once

#include "api/sqs/members.h"

namespace eyrie::api::sqs {

struct BatchEntry {
  std::string id;
  const json::object* members;  // of the request
};
// `entry`: what one is called, in messages.
Wire<std::vector<BatchEntry>> batch_entries(const json::object& request, std::string_view entry);

class BatchAnswer {
 public:
  void succeeded(json::object entry) { successful_.push_back(std::move(entry)); }
  void failed(const std::string& id, const aws::WireError& error);
  json::object finish();

 private:
  json::array successful_, failed_;
};

}  // namespace eyrie::api::sqs
