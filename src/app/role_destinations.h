// Queues and topics as destinations of functions' records and dead letters: sent to in the name of the function's role. Thread safety: all of it, but for
// use_topics().
#pragma once

#include "functions/deployed_functions.h"
#include "iam/roles/roles.h"
#include "notify/queues/queues.h"
#include "notify/topics/topics.h"

namespace eyrie::app {

class RoleDestinations final : public functions::Destinations {
 public:
  // Both must outlive it.
  RoleDestinations(notify::Queues& queues, const iam::Roles& roles) : queues_(queues), roles_(roles) {}

  // Topics too from now on. Before threads use it; they must be there as long as any does.
  void use_topics(notify::topics::Topics& topics) { topics_ = &topics; }

  Status may_send(const std::string& arn, const std::string& role) const override;
  Status send(const std::string& arn, const std::string& role, const functions::DestinationMessage& message) override;

 private:
  Status publish(const std::string& topic, const functions::DestinationMessage& message);

  notify::Queues& queues_;
  const iam::Roles& roles_;
  notify::topics::Topics* topics_ = nullptr;
};

}  // namespace eyrie::app
