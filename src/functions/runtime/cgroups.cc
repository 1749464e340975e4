#include "functions/runtime/cgroups.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>

#include "base/ids.h"
#include "base/log.h"

namespace eyrie::functions {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// "eyrie-PID-XXXXXXXX": the number tells whether the server is gone, the rest keeps apart servers that have the same one in containers of theirs.
constexpr std::string_view kName = "eyrie-";
constexpr const char* kOwnLeaf = "server";
// A group has processes until the last of them is reaped.
constexpr int kRemovals = 50;
constexpr milliseconds kBetweenRemovals{2};

// The kernel takes such files in one write, and says no by its error.
bool tell(const fs::path& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool told = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return told;
}

std::string first_line(const fs::path& file) {
  std::string line;
  std::getline(std::ifstream(file), line);
  return line;
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, by);) parts.push_back(part);
  return parts;
}

bool has(const std::vector<std::string>& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

// A hierarchy that is mounted, and where this process is in it.
struct Hierarchy {
  fs::path mount;
  fs::path own;  // its group; the mount itself where that is not below
  bool unified = false;
  std::vector<std::string> controllers;  // of version 1
};

// Where the group `path` is: `root` is what of the hierarchy is mounted at `mount` (in containers a part).
fs::path folder_of(const fs::path& mount, const std::string& root, std::string path) {
  if (root != "/" && path.starts_with(root)) path.erase(0, root.size());
  const fs::path below = fs::path(path).relative_path().lexically_normal();
  std::error_code error;
  if (below.empty() || *below.begin() == ".." || !fs::is_directory(mount / below, error)) return mount;
  return mount / below;
}

// Lines of /proc/self/cgroup: "0::/user.slice" (version 2), "4:cpu,cpuacct:/docker/x".
std::string own_group(const fs::path& proc, std::string_view controller) {
  std::ifstream file(proc / "cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':'), second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? names.empty() : has(split(names, ','), controller)) return line.substr(second + 1);
  }
  return "/";
}

// Lines of /proc/self/mountinfo: "ID PARENT MAJOR:MINOR ROOT MOUNT OPTIONS [TAGS...] - TYPE SOURCE SUPER_OPTIONS".
std::vector<Hierarchy> hierarchies(const fs::path& proc) {
  std::vector<Hierarchy> found;
  std::ifstream file(proc / "mountinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto before = split(line.substr(0, dash), ' '), after = split(line.substr(dash + 3), ' ');
    if (before.size() < 6 || after.size() < 3) continue;
    const std::string &root = before[3], &mount = before[4];
    if (after[0] == "cgroup2") {
      found.push_back({.mount = mount, .own = folder_of(mount, root, own_group(proc, "")), .unified = true, .controllers = {}});
    } else if (after[0] == "cgroup") {
      const auto options = split(after[2], ',');
      for (const char* controller : {"memory", "pids"}) {
        if (!has(options, controller)) continue;
        found.push_back({.mount = mount, .own = folder_of(mount, root, own_group(proc, controller)), .unified = false, .controllers = options});
        break;
      }
    }
  }
  return found;
}

// Empty ones alone go: the kernel keeps those with processes.
void remove_tree(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> below;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) below.push_back(entry->path());
  }
  for (const fs::path& each : below) ::rmdir(each.c_str());
  ::rmdir(folder.c_str());
}

void remove_left(const fs::path& parent) {
  std::error_code error;
  std::vector<fs::path> left;
  for (fs::directory_iterator entry(parent, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kName)) continue;
    const long pid = std::strtol(name.c_str() + kName.size(), nullptr, 10);
    if (pid > 0 && !fs::exists("/proc/" + std::to_string(pid), error)) left.push_back(entry->path());
  }
  for (const fs::path& each : left) remove_tree(each);
}

// Groups below `folder` have these controllers from now on; false: none of them.
bool enable(const fs::path& folder, bool& memory, bool& processes) {
  const auto enabled = [&](const char* controller) {
    return has(split(first_line(folder / "cgroup.subtree_control"), ' '), controller) || tell(folder / "cgroup.subtree_control", std::string("+") + controller);
  };
  memory = memory && enabled("memory");
  processes = processes && enabled("pids");
  return memory || processes;
}

}  // namespace

Cgroup::~Cgroup() {
  for (const fs::path& folder : folders_) {
    for (int i = 0; i < kRemovals && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++i) std::this_thread::sleep_for(kBetweenRemovals);
  }
}

bool Cgroup::killed() const {
  for (const fs::path& folder : folders_) {
    for (const char* name : {"memory.events", "memory.oom_control"}) {
      std::ifstream file(folder / name);
      std::string field;
      for (std::uint64_t count = 0; file >> field >> count;) {
        if (field == "oom_kill" && count != 0) return true;
      }
    }
  }
  return false;
}

bool Cgroups::make_folder(const Place& place) {
  std::error_code error;
  fs::create_directory(place.folder, error);
  if (error) return false;
  bool memory = place.memory, processes = place.processes;
  return !place.unified || enable(place.folder, memory, processes);
}

Cgroups::Cgroups(unsigned processes, const fs::path& proc) : processes_(processes) {
  const std::string name = std::string(kName) + std::to_string(::getpid()) + "-" + uuid_v4().substr(0, 8);
  bool memory = false, pids = false;  // had already
  for (const Hierarchy& hierarchy : hierarchies(proc)) {
    for (const bool own : {true, false}) {
      const fs::path parent = own ? hierarchy.own : hierarchy.mount;
      const auto controllers = hierarchy.unified ? split(first_line(parent / "cgroup.controllers"), ' ') : hierarchy.controllers;
      Place place{.folder = parent / name, .unified = hierarchy.unified};
      place.memory = !memory && has(controllers, "memory");
      place.processes = !pids && has(controllers, "pids");
      if (!place.memory && !place.processes) continue;
      remove_left(parent);
      std::error_code error;
      if (!fs::create_directory(place.folder, error)) continue;
      if (hierarchy.unified && !enable(parent, place.memory, place.processes)) {
        // Not beside processes: this one goes below, which helps where it is the only one.
        place.memory = has(controllers, "memory"), place.processes = has(controllers, "pids");
        fs::create_directory(place.folder / kOwnLeaf, error);
        const bool moved = own && tell(place.folder / kOwnLeaf / "cgroup.procs", "0");
        if (!moved || !enable(parent, place.memory, place.processes)) {
          if (moved) tell(parent / "cgroup.procs", "0");
          remove_tree(place.folder);
          continue;
        }
      }
      if (!make_folder(place)) {
        remove_tree(place.folder);
        continue;
      }
      memory = memory || place.memory;
      pids = pids || place.processes;
      places_.push_back(std::move(place));
      break;
    }
  }
}

Cgroups::~Cgroups() { give_up(); }

void Cgroups::give_up() {
  const std::lock_guard lock(mutex_);
  for (const Place& place : places_) remove_tree(place.folder);
  places_.clear();
}

bool Cgroups::bounds_memory() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(places_, &Place::memory);
}

Cgroup Cgroups::make(std::uint64_t memory) {
  const std::lock_guard lock(mutex_);
  Cgroup group;
  const std::string name = std::to_string(++next_);
  for (const Place& place : places_) {
    const fs::path folder = place.folder / name;
    std::error_code error;
    fs::create_directory(folder, error);
    // Its parent is gone where another server took it for left behind, whose process it does not see.
    if (error && make_folder(place)) fs::create_directory(folder, error);
    if (error) continue;
    group.folders_.push_back(folder);
    const std::string bytes = std::to_string(memory);
    bool bounded = true;
    if (place.memory && place.unified) {
      bounded = tell(folder / "memory.max", bytes);
      tell(folder / "memory.swap.max", "0");
      tell(folder / "memory.oom.group", "1");
    } else if (place.memory) {
      bounded = tell(folder / "memory.limit_in_bytes", bytes);
      tell(folder / "memory.memsw.limit_in_bytes", bytes);  // where swap is counted
    }
    if (place.processes) bounded = tell(folder / "pids.max", std::to_string(processes_)) && bounded;
    if (!bounded) log_warning("a control group takes no limits", {{"group", folder.string()}});
  }
  return group;
}

}  // namespace eyrie::functions
