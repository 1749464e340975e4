#include "vision/networks/run_times.h"

#include <map>
#include <mutex>

namespace eyrie::vision {
namespace {

struct Kept {
  std::mutex mutex;
  std::map<std::filesystem::path, RunTimes> times;  // guarded by mutex
};

// Outlives whatever runs while the process ends.
Kept& kept() {
  static Kept* const kept = new Kept;
  return *kept;
}

}  // namespace

RunTimes run_times_of(const std::filesystem::path& model) {
  const std::lock_guard lock(kept().mutex);
  const auto found = kept().times.find(model);
  return found == kept().times.end() ? RunTimes() : found->second;
}

void add_run_time(const std::filesystem::path& model, double ms) {
  const std::lock_guard lock(kept().mutex);
  RunTimes& times = kept().times[model];
  ++times.runs;
  times.ms += ms;
}

}  // namespace eyrie::vision
