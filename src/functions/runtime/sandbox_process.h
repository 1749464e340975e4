// The processes of one sandbox: sandbox_init (see init/sandbox_init.cc) and everything below it.
//
// kill() and the destructor leave none of them behind, however often they have forked. Errors: kIo; kFailedPrecondition where the
// system lets nobody make the namespaces that were asked for. Thread safety: kill() and owns() from any thread; the rest from one at a
// time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "functions/runtime/peer_socket.h"

namespace eyrie::functions {

struct ProcessOptions {
  bool isolate = true;  // namespaces, a root and a /tmp of its own
  unsigned uid = 0;     // whose the function's processes are; 0: the server's
  std::filesystem::path root, code, runtime, hidden;  // see sandbox_init.cc
  int tmp_mb = 512;
  std::uint64_t data_bytes = 0;  // what a single process may reserve of writable memory, touched or not; 0: no limit
  std::uint64_t cpu_seconds = 0;
  std::vector<std::filesystem::path> groups;  // control groups that the function's processes begin in (Cgroup::folders())
  std::vector<std::string> command;
  std::vector<std::string> environment;  // NAME=VALUE
};

class SandboxProcess {
 public:
  static Result<SandboxProcess> start(const ProcessOptions& options);
  SandboxProcess(SandboxProcess&& other) noexcept;
  SandboxProcess& operator=(SandboxProcess&&) = delete;
  ~SandboxProcess();  // kills and waits

  // What it writes to standard output and standard error; reading never blocks.
  int output() const { return output_; }
  // Readable once the processes are gone.
  int ended_fd() const { return pidfd_; }
  // The exit status as shells tell it, once the processes are gone; nullopt before.
  std::optional<int> ended();
  void kill();
  // The first of the processes.
  pid_t pid() const { return pid_; }
  // Whether one of the processes has this socket; where the server may not look into them (root without CAP_SYS_PTRACE), whether it is
  // their user's, if they have one of their own.
  bool owns(const PeerSocket& socket) const;

 private:
  SandboxProcess(pid_t pid, unsigned uid, int lifeline, int output, int pidfd)
      : pid_(pid), uid_(uid), lifeline_(lifeline), output_(output), pidfd_(pidfd) {}

  pid_t pid_;
  unsigned uid_;  // of the function's processes
  int lifeline_, output_, pidfd_;
  std::optional<int> status_;
};

}  // namespace eyrie::functions
