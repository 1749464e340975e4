#include "vision/parallel.h"

#include <optional>
#include <thread>

#include "base/time/clock.h"
#include "base/trace/trace_steps.h"
#include "vision/networks/session.h"

namespace eyrie::vision {

bool IdleCores::take() {
  unsigned busy = busy_.load();
  while (busy < cores_) {
    if (busy_.compare_exchange_weak(busy, busy + 1)) return true;
  }
  return false;
}

namespace {

// What the threads of one call share.
struct Work {
  const std::vector<std::function<Status()>>& parts;
  std::vector<Status> outcomes;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::atomic<double> work_ms{0};
  std::atomic<double> inference_ms{0};
  const StepPlace place = StepPlace::current();

  void pull() {
    const StepScope steps(place);
    const double before = inference_ms_of_this_thread();
    const Stopwatch watch;
    while (!failed) {
      const std::size_t index = next++;
      if (index >= parts.size()) break;
      outcomes[index] = parts[index]();
      if (!outcomes[index]) failed = true;
    }
    work_ms += watch.elapsed_ms();
    inference_ms += inference_ms_of_this_thread() - before;
  }
};

}  // namespace

Result<Effort> run_parts(IdleCores& cores, const std::vector<std::function<Status()>>& parts) {
  Work work{.parts = parts, .outcomes = std::vector<Status>(parts.size())};
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < parts.size() && cores.take(); ++i) {
      helpers.emplace_back([&] {
        work.pull();
        cores.give_back();
      });
    }
    work.pull();
  }  // helpers end
  for (const Status& outcome : work.outcomes) {
    if (!outcome) return fail(outcome.error());
  }
  return Effort{.work_ms = work.work_ms, .inference_ms = work.inference_ms};
}

}  // namespace eyrie::vision
