// Queues as destinations of functions' records: sent to in the name of the function's role. Thread safety: all of it.
#pragma once

#include "functions/deployed_functions.h"
#include "iam/roles/roles.h"
#include "notify/queues/queues.h"

namespace eyrie::app {

class RoleDestinations final : public functions::Destinations {
 public:
  // Both must outlive it.
  RoleDestinations(notify::Queues& queues, const iam::Roles& roles) : queues_(queues), roles_(roles) {}

  Status may_send(const std::string& arn, const std::string& role) const override;
  Status send(const std::string& arn, const std::string& role, const std::string& record) override;

 private:
  notify::Queues& queues_;
  const iam::Roles& roles_;
};

}  // namespace eyrie::app
