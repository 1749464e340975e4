#include "functions/runtime/process_tree.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace eyrie::functions {
namespace {

// A walk over processes that fork faster than they are read must end.
constexpr std::size_t kMostProcesses = 4096;

// Children as each of its threads has them.
void add_children(pid_t pid, std::vector<pid_t>& found) {
  std::error_code error;
  std::filesystem::directory_iterator task("/proc/" + std::to_string(pid) + "/task", error);
  for (; !error && task != std::filesystem::directory_iterator(); task.increment(error)) {
    std::ifstream children(task->path() / "children");
    for (pid_t child; children >> child && found.size() < kMostProcesses;) found.push_back(child);
  }
}

}  // namespace

void for_each_process(pid_t first, const std::function<bool(pid_t)>& look) {
  std::vector<pid_t> processes{first};
  for (std::size_t at = 0; at < processes.size(); ++at) {
    if (!look(processes[at])) return;
    add_children(processes[at], processes);
  }
}

}  // namespace eyrie::functions
