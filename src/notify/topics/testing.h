// For tests: topics that deliver to nothing inside the server.
#pragma once

#include "notify/topics/targets.h"

namespace eyrie::notify::topics::testing {

class NoTargets final : public Targets {
 public:
  Status check_queue(const std::string&) const override { return {}; }
  Status check_function(const std::string&) const override { return {}; }
  Status send(const std::string&, const std::string&, const Attributes&, const Sender&) const override { return {}; }
  Status invoke(const std::string&, const std::string&, const std::string&, const Sender&) const override { return {}; }
};

}  // namespace eyrie::notify::topics::testing
