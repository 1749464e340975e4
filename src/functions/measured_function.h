// A built-in function whose invocations are told to the time series (invocation_metrics.h) and to their traces (traced_invocation.h), whoever asks for them. Thread safety: as of Function.
#pragma once

#include "base/time/clock.h"
#include "functions/function.h"
#include "functions/invocation_metrics.h"

namespace eyrie::functions {

class MeasuredFunction final : public Function {
 public:
  // All must outlive it.
  MeasuredFunction(Function& function, monitor::Metrics& metrics, const Clock& clock)
      : function_(function), metrics_(metrics), series_(metrics), clock_(clock) {}

  const std::string& name() const override { return function_.name(); }
  void received(const store::Event& event) override;
  Status invoke(const store::Event& event) override;
  std::optional<Retry> retry(const store::Event& event, const Error& error) const override { return function_.retry(event, error); }
  Status give_up(const store::Event& event, const Error& error) override;
  bool waits() const override { return function_.waits(); }

 private:
  Function& function_;
  monitor::Metrics& metrics_;
  InvocationMetrics series_;
  const Clock& clock_;
};

}  // namespace eyrie::functions
