// What the memory of a sandbox's processes comes to, each page counted once, and when to look at it again.
//
// Counted is what nobody can take back: anonymous memory, what of it is swapped out, shared memory, and memfd files whether mapped or not.
// Not counted is what the kernel can read again (programs, libraries, files), and files of the sandbox's /tmp, which has a bound of its own.
//
// Two looks. The cheap one sums what each process has resident (/proc/PID/status) and so counts a page that is shared once a process: an
// upper bound. The exact one asks for each process's proportional share (Pss of /proc/PID/smaps_rollup), whose sum counts each page once,
// but walks all their pages: it is taken where the cheap one is near the limit, or has grown by much, and costs no more than a tenth of a
// core. Of processes whose shares the server may not ask for (it is root without CAP_SYS_PTRACE) all that is resident counts.
//
// Sizes are bytes. Source: proc_pid_status(5), proc_pid_smaps(5). Thread safety: one thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace eyrie::functions {

class MemoryWatch {
 public:
  // Of this process and all below it. `limit`: what look() finds `over`.
  MemoryWatch(pid_t first, std::uint64_t limit) : first_(first), limit_(limit) {}

  struct Look {
    std::uint64_t bytes = 0;
    bool over = false;
    std::chrono::milliseconds again{0};  // when the next one is due: the sooner the faster it grows
  };
  Look look();

 private:
  using Time = std::chrono::steady_clock::time_point;
  using File = std::pair<dev_t, ino_t>;
  struct Cheap {
    std::uint64_t bytes = 0;
    std::uint64_t shared = 0;           // of those, shared memory and memfd files
    int processes = 0;                  // that have memory worth the name
    std::map<File, std::uint64_t> files;  // memfd files that are open
  };
  Cheap cheap() const;
  std::uint64_t exact(const Cheap& cheap);
  std::uint64_t mapped_elsewhere(pid_t pid, const Cheap& cheap, std::string& text);
  void find_tmp(pid_t pid);
  std::chrono::milliseconds due(std::uint64_t bytes, Time now);

  const pid_t first_;
  const std::uint64_t limit_;
  std::optional<dev_t> tmp_;  // the device of its /tmp, once it is known
  struct Known {
    std::uint64_t cheap = 0, exact = 0;
  };
  std::optional<Known> known_;  // of the last exact look
  Time exact_after_{};
  std::uint64_t last_bytes_ = 0;
  Time last_{};
};

}  // namespace eyrie::functions
