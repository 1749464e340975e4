#include "functions/invocation_metrics.h"

#include <algorithm>

namespace eyrie::functions {
namespace {

constexpr const char* kNamespace = "AWS/Lambda";

}  // namespace

InvocationMetrics::Running InvocationMetrics::begin(const std::string& function) {
  unsigned own = 0, all = 0;
  {
    const std::lock_guard lock(mutex_);
    own = ++running_[function];
    for (const auto& [name, count] : running_) all += count;
  }
  metrics_.record({.metric = {.name_space = kNamespace, .name = "ConcurrentExecutions", .dimensions = {{"FunctionName", function}}}, .unit = "Count"}, own);
  metrics_.record({.metric = {.name_space = kNamespace, .name = "ConcurrentExecutions"}, .unit = "Count"}, all);
  return Running(*this, function);
}

void InvocationMetrics::end(const std::string& function) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(function);
  if (found != running_.end() && --found->second == 0) running_.erase(found);
}

void InvocationMetrics::add(const InvokedFunction& of, std::string_view metric, double value, std::string_view unit) {
  const auto record = [&](monitor::Dimensions dimensions) {
    metrics_.record({.metric = {.name_space = kNamespace, .name = std::string(metric), .dimensions = std::move(dimensions)}, .unit = std::string(unit)}, value);
  };
  const std::string resource = of.function + (of.qualifier.empty() ? "" : ":" + of.qualifier);
  record({});
  record({{"FunctionName", of.function}});
  record({{"FunctionName", of.function}, {"Resource", resource}});
  if (of.alias) record({{"FunctionName", of.function}, {"Resource", resource}, {"ExecutedVersion", of.version}});
}

void InvocationMetrics::add_event_age(const InvokedFunction& of, std::int64_t queued_ms, std::int64_t now_ms) {
  // The clock may have been set back.
  add(of, "AsyncEventAge", static_cast<double>(std::max<std::int64_t>(0, now_ms - queued_ms)), "Milliseconds");
}

void InvocationMetrics::add_invocation(const InvokedFunction& of, bool failed, double duration_ms) {
  add(of, "Invocations", 1);
  // Zeros too, so that there is an error rate of those that go well.
  add(of, "Errors", failed ? 1 : 0);
  add(of, "Duration", duration_ms, "Milliseconds");
}

}  // namespace eyrie::functions
