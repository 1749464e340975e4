#include "functions/runtime/sandbox_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "functions/runtime/process_tree.h"

extern "C" const char eyrie_sandbox_init_start[], eyrie_sandbox_init_end[];

namespace eyrie::functions {
namespace {

struct Descriptor {
  int fd = -1;
  Descriptor() = default;
  explicit Descriptor(int number) : fd(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  int release() { return std::exchange(fd, -1); }
};

// The program as a file that only this process has.
Result<int> init_program() {
  static const Result<int> program = [] -> Result<int> {
    Descriptor file(::memfd_create("eyrie-sandbox", MFD_CLOEXEC));
    if (file.fd < 0) return fail(system_error("cannot keep the sandbox's program", errno));
    for (const char* at = eyrie_sandbox_init_start; at < eyrie_sandbox_init_end;) {
      const ssize_t written = ::write(file.fd, at, static_cast<std::size_t>(eyrie_sandbox_init_end - at));
      if (written <= 0) return fail(system_error("cannot keep the sandbox's program", errno));
      at += written;
    }
    return file.release();
  }();
  return program;
}

std::vector<std::string> arguments_of(const ProcessOptions& options, int lifeline) {
  std::vector<std::string> arguments{"sandbox_init",
                                     "lifeline=" + std::to_string(lifeline),
                                     "isolate=" + std::to_string(options.isolate ? 1 : 0),
                                     "uid=" + std::to_string(options.uid),
                                     "root=" + options.root.string(),
                                     "code=" + options.code.string(),
                                     "runtime=" + options.runtime.string(),
                                     "hidden=" + options.hidden.string(),
                                     "tmp_mb=" + std::to_string(options.tmp_mb),
                                     "file_bytes=" + std::to_string(static_cast<std::uint64_t>(options.tmp_mb) << 20)};
  if (options.data_bytes != 0) arguments.push_back("data_bytes=" + std::to_string(options.data_bytes));
  if (options.cpu_seconds != 0) arguments.push_back("cpu_seconds=" + std::to_string(options.cpu_seconds));
  for (const auto& group : options.groups) arguments.push_back("group=" + group.string());
  arguments.push_back("--");
  arguments.insert(arguments.end(), options.command.begin(), options.command.end());
  return arguments;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct FileActions {
  posix_spawn_file_actions_t actions;
  FileActions() { ::posix_spawn_file_actions_init(&actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions); }
};

enum class Has { kYes, kNo, kHidden };

Has has_socket(pid_t pid, std::uint64_t inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code unread;
    if (std::filesystem::read_symlink(entry->path(), unread) == wanted) return Has::kYes;
    if (unread == std::errc::permission_denied) return Has::kHidden;
  }
  return error == std::errc::permission_denied ? Has::kHidden : Has::kNo;
}

}  // namespace

Result<SandboxProcess> SandboxProcess::start(const ProcessOptions& options) {
  EYRIE_TRY(const int program, init_program());
  int lifeline[2], output[2];
  if (::pipe2(lifeline, O_CLOEXEC) != 0) return fail(system_error("cannot make a pipe", errno));
  Descriptor lifeline_end(lifeline[0]), lifeline_own(lifeline[1]);
  if (::pipe2(output, O_CLOEXEC) != 0) return fail(system_error("cannot make a pipe", errno));
  Descriptor output_own(output[0]), output_end(output[1]);
  ::fcntl(output_own.fd, F_SETFL, O_NONBLOCK);

  // Numbers that dup2 makes in the child are open beyond its exec.
  constexpr int kLifelineNumber = 3;
  FileActions files;
  ::posix_spawn_file_actions_addopen(&files.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files.actions, output_end.fd, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files.actions, output_end.fd, STDERR_FILENO);
  // Where it has that number already, dup2 of a number to itself takes away the mark of closing.
  ::posix_spawn_file_actions_adddup2(&files.actions, lifeline_end.fd, kLifelineNumber);
  std::vector<std::string> arguments = arguments_of(options, kLifelineNumber);
  std::vector<std::string> environment;
  for (const std::string& entry : options.environment) environment.push_back("." + entry);  // see sandbox_init.cc
  // By this process's table: the child's numbers may be other files' by then.
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(program);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, path.c_str(), &files.actions, &attributes, pointers(arguments).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return fail(system_error("cannot start a sandbox", failed));
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  SandboxProcess process(pid, options.uid != 0 ? options.uid : ::geteuid(), lifeline_own.release(), output_own.release(), pidfd);
  if (pidfd < 0) return fail(system_error("cannot watch a sandbox", errno));
  return process;
}

SandboxProcess::SandboxProcess(SandboxProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      uid_(other.uid_),
      lifeline_(std::exchange(other.lifeline_, -1)),
      output_(std::exchange(other.output_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      status_(other.status_) {}

SandboxProcess::~SandboxProcess() {
  if (pid_ <= 0) return;
  // sandbox_init sees the lifeline's end, kills what is below it, and goes itself.
  ::close(lifeline_);
  int status = 0;
  while (!status_ && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ::close(output_);
  if (pidfd_ >= 0) ::close(pidfd_);
}

std::optional<int> SandboxProcess::ended() {
  if (status_) return status_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

void SandboxProcess::kill() {
  // Something else takes the pipe's number: its last end closes now, and the number itself is closed once, by the destructor.
  const int other = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (other < 0) return;
  ::dup3(other, lifeline_, O_CLOEXEC);
  ::close(other);
}

bool SandboxProcess::owns(const PeerSocket& socket) const {
  if (socket.uid != uid_) return false;
  const bool own_user = uid_ != ::geteuid();
  bool found = false, hidden = false;
  // Twice: a process whose parent ends meanwhile is missed by one walk.
  for (int walk = 0; walk < 2 && !found; ++walk) {
    for_each_process(pid_, [&](pid_t pid) {
      const Has has = has_socket(pid, socket.inode);
      found = has == Has::kYes;
      hidden = hidden || has == Has::kHidden;
      return !found;
    });
  }
  return found || (own_user && hidden);
}

}  // namespace eyrie::functions
