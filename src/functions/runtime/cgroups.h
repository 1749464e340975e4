// Control groups: bounds that the kernel itself keeps on all processes of a sandbox together, where the system lets the server make groups.
//
// Memory and number of processes, each where the system has its controller: in the one hierarchy of version 2, or in that of version 1 which has it. Groups
// are made below the server's own; where that one may have none (version 2 allows none beside processes) the server first goes into one
// below, if it is alone (systemd's Delegate=); else they are made below the hierarchy's top, which root may. What cannot be had is left out.
//
// Sizes are bytes. Source: cgroups(7); the kernel's guides to cgroup-v2, cgroup-v1/memory and cgroup-v1/pids. Thread safety: Cgroups, all of it;
// a Cgroup, one thread at a time, but for killed().
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace eyrie::functions {

// One sandbox's. Empty: it bounds nothing.
class Cgroup {
 public:
  Cgroup() = default;
  Cgroup(Cgroup&& other) noexcept : folders_(std::exchange(other.folders_, {})) {}
  Cgroup& operator=(Cgroup&&) = delete;
  ~Cgroup();  // removes its folders: nothing may be left in them

  // One a hierarchy: a process is in the group once its id is in each one's `cgroup.procs`.
  const std::vector<std::filesystem::path>& folders() const { return folders_; }
  // Whether the kernel has killed one of its processes for the memory.
  bool killed() const;

 private:
  friend class Cgroups;
  std::vector<std::filesystem::path> folders_;
};

class Cgroups {
 public:
  // Looks for what there is, and removes what servers that are gone have left. `processes`: most of them in one group, threads included.
  // `proc`: where mountinfo and cgroup of this process are, for tests.
  explicit Cgroups(unsigned processes, const std::filesystem::path& proc = "/proc/self");
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  // A new group whose processes together have this much memory, files in memory included. Empty where none can be made.
  Cgroup make(std::uint64_t memory);
  // Whether memory is bounded.
  bool bounds_memory() const;
  // No group is made any more: they turned out to hold no process.
  void give_up();

 private:
  struct Place {
    std::filesystem::path folder;  // of this server, below which each sandbox's is
    bool unified = false;
    bool memory = false, processes = false;  // what it bounds
  };
  static bool make_folder(const Place& place);

  const unsigned processes_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<Place> places_;
  std::uint64_t next_ = 0;
};

}  // namespace eyrie::functions
