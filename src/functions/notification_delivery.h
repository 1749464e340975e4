// Events of the queue that are for queues and topics: their function is an ARN. Delivered at least once; what the target does not take any more
// (it is gone, or its policy has changed) is tried again for a few seconds and then given up, as S3 gives up.
// Thread safety: all of it.
#pragma once

#include <string>

#include "functions/function.h"
#include "monitor/metrics.h"
#include "notify/publisher.h"

namespace eyrie::functions {

class NotificationDelivery final : public Function {
 public:
  // Both must outlive it.
  NotificationDelivery(notify::Publisher& publisher, monitor::Metrics& metrics) : publisher_(publisher), metrics_(metrics) {}

  const std::string& name() const override { return name_; }
  Status invoke(const store::Event& event) override;
  std::optional<Retry> retry(const store::Event& event, const Error& error) const override;
  Status give_up(const store::Event&, const Error&) override { return {}; }  // the log says it

 private:
  const std::string name_;  // none
  notify::Publisher& publisher_;
  monitor::Metrics& metrics_;
};

}  // namespace eyrie::functions
