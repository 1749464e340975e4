// The first process of a sandbox: a small static program that the server carries inside itself and starts for each one. It makes
// the walls, starts the function's runtime behind them, and ends all of it when the server says so or is gone.
//
//   sandbox_init lifeline=FD [isolate=1 root=DIR] code=FD|PATH runtime=FD|PATH task=PATH [group=DIR ...] ... -- PROGRAM ARGUMENT...
//
// With isolate=1: namespaces of its own for mounts, processes, IPC and the host's name (and users, where the server is not root); a root
// of tmpfs with the system's programs read-only, the function's code under /var/task, a /tmp of bounded size; nothing of the server's data. Process 1 in there
// is a second copy of this program: when it goes, the kernel ends every process behind the walls, however often it has forked.
// Without: the runtime's descendants come back to this process (subreaper) and are ended one by one.
//
// The environment holds what the runtime is to have, each entry with a '.' before it: a function's variables are no advice to this program,
// which may be root (GLIBC_TUNABLES and the like).
//
// The lifeline is a pipe whose other end the server holds: at its end everything is killed. Exit status: the runtime's, or 128 + its
// signal, as shells tell it; 120 and up to 127 where the walls could not be made (a line on standard error says why).
// No allocation after the arguments are read, no threads, nothing but libc.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

namespace {

enum Exit { kUsage = 120, kNamespaces = 121, kMounts = 122, kPrivileges = 123, kLimits = 124, kNoFork = 125 };

struct Settings {
  int lifeline = -1;
  bool isolate = false;
  unsigned uid = 0;  // to become; 0: stay
  const char* root = "";
  const char* code = "";
  const char* runtime = "";
  const char* hidden = "";  // the server's data directory
  unsigned long tmp_mb = 512;
  rlim_t files = 1024, processes = 1024, data_bytes = RLIM_INFINITY, file_bytes = RLIM_INFINITY, cpu_seconds = RLIM_INFINITY;
  const char* groups[4] = {};  // control groups
  int group_count = 0;
  char** command = nullptr;
};

void die(int status, const char* what) {
  dprintf(STDERR_FILENO, "sandbox: %s: %s\n", what, strerror(errno));
  _exit(status);
}

const char* value_of(const char* argument, const char* name) {
  const size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : nullptr;
}

Settings read_settings(int count, char** arguments) {
  Settings settings;
  for (int i = 1; i < count; ++i) {
    const char* text = arguments[i];
    const char* value = nullptr;
    if (strcmp(text, "--") == 0) {
      settings.command = arguments + i + 1;
      break;
    }
    if ((value = value_of(text, "lifeline"))) settings.lifeline = atoi(value);
    if ((value = value_of(text, "isolate"))) settings.isolate = atoi(value) != 0;
    if ((value = value_of(text, "uid"))) settings.uid = static_cast<unsigned>(atoi(value));
    if ((value = value_of(text, "root"))) settings.root = value;
    if ((value = value_of(text, "code"))) settings.code = value;
    if ((value = value_of(text, "runtime"))) settings.runtime = value;
    if ((value = value_of(text, "hidden"))) settings.hidden = value;
    if ((value = value_of(text, "group")) && settings.group_count < 4) settings.groups[settings.group_count++] = value;
    if ((value = value_of(text, "tmp_mb"))) settings.tmp_mb = strtoul(value, nullptr, 10);
    if ((value = value_of(text, "files"))) settings.files = strtoul(value, nullptr, 10);
    if ((value = value_of(text, "processes"))) settings.processes = strtoul(value, nullptr, 10);
    if ((value = value_of(text, "data_bytes"))) settings.data_bytes = strtoul(value, nullptr, 10);
    if ((value = value_of(text, "file_bytes"))) settings.file_bytes = strtoul(value, nullptr, 10);
    if ((value = value_of(text, "cpu_seconds"))) settings.cpu_seconds = strtoul(value, nullptr, 10);
  }
  if (settings.command == nullptr || settings.command[0] == nullptr || settings.lifeline < 0) {
    errno = EINVAL;
    die(kUsage, "arguments");
  }
  return settings;
}

// Only the lifeline is kept, at number 3: whatever the server had open is none of a function's business.
void close_others(Settings& settings) {
  if (settings.lifeline != 3) {
    if (dup2(settings.lifeline, 3) < 0) die(kUsage, "lifeline");
    settings.lifeline = 3;
  }
  fcntl(3, F_SETFD, FD_CLOEXEC);
  syscall(SYS_close_range, 4U, ~0U, 0U);
}

bool write_file(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = write(fd, text, strlen(text)) == static_cast<ssize_t>(strlen(text));
  close(fd);
  return written;
}

// Before the walls: they hide the groups' files, and a user behind them may not open these. Who opened them is asked when they are written.
void open_groups(const Settings& settings, int* files) {
  for (int i = 0; i < settings.group_count; ++i) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/cgroup.procs", settings.groups[i]);
    files[i] = open(path, O_WRONLY | O_CLOEXEC);
    if (files[i] < 0) die(kLimits, path);
  }
}

// What this process allocates and whom it forks from now on counts.
void enter_groups(const Settings& settings, const int* files) {
  for (int i = 0; i < settings.group_count; ++i) {
    if (write(files[i], "0", 1) != 1) die(kLimits, "control group");
    close(files[i]);
  }
}

void enter_namespaces() {
  const unsigned uid = geteuid(), gid = getegid();
  int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
  if (uid != 0) flags |= CLONE_NEWUSER;
  if (unshare(flags) != 0) die(kNamespaces, "unshare");
  if (uid == 0) return;
  char map[64];
  write_file("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "%u %u 1", uid, uid);
  if (!write_file("/proc/self/uid_map", map)) die(kNamespaces, "uid_map");
  snprintf(map, sizeof map, "%u %u 1", gid, gid);
  if (!write_file("/proc/self/gid_map", map)) die(kNamespaces, "gid_map");
}

// PATH below the new root, in a buffer that the next call uses again.
const char* below(const char* root, const char* path) {
  static char joined[4096];
  if (snprintf(joined, sizeof joined, "%s%s", root, path) >= static_cast<int>(sizeof joined)) {
    errno = ENAMETOOLONG;
    die(kMounts, path);
  }
  return joined;
}

void make_folders(const char* path) {
  static char partial[4096];
  snprintf(partial, sizeof partial, "%s", path);
  for (char* at = partial + 1; *at != '\0'; ++at) {
    if (*at != '/') continue;
    *at = '\0';
    mkdir(partial, 0755);
    *at = '/';
  }
  mkdir(partial, 0755);
}

// In a user namespace a remount must keep what the mount had before: which flags those are depends on the system.
bool remount_read_only(const char* target) {
  const unsigned long base = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID;
  for (const unsigned long more : {0UL, static_cast<unsigned long>(MS_NODEV), static_cast<unsigned long>(MS_NODEV | MS_NOATIME),
                                   static_cast<unsigned long>(MS_NODEV | MS_RELATIME), static_cast<unsigned long>(MS_RELATIME),
                                   static_cast<unsigned long>(MS_NODEV | MS_NOEXEC), static_cast<unsigned long>(MS_NOATIME)}) {
    if (mount(nullptr, target, nullptr, base | more, nullptr) == 0) return true;
  }
  return false;
}

void bind_read_only(const char* root, const char* source, const char* target) {
  const char* at = below(root, target);
  make_folders(at);
  if (mount(source, at, nullptr, MS_BIND, nullptr) != 0) die(kMounts, source);
  if (!remount_read_only(at)) die(kMounts, target);
}

// /bin, /lib and the like are links on merged systems, and folders on others.
void bring_system_folder(const char* root, const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) return;
  if (S_ISLNK(status.st_mode)) {
    char target[256];
    const ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0) return;
    target[length] = '\0';
    if (symlink(target, below(root, path)) != 0) die(kMounts, path);
    return;
  }
  if (S_ISDIR(status.st_mode)) bind_read_only(root, path, path);
}

void bring_device(const char* root, const char* path) {
  const char* at = below(root, path);
  const int fd = open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd >= 0) close(fd);
  if (mount(path, at, nullptr, MS_BIND, nullptr) != 0) die(kMounts, path);
}

// As systems have them: programs write their log to /dev/stderr.
void link_own_files(const char* root) {
  static const char* const links[][2] = {
      {"/dev/fd", "/proc/self/fd"}, {"/dev/stdin", "/proc/self/fd/0"}, {"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"}};
  for (const auto& link : links) {
    if (symlink(link[1], below(root, link[0])) != 0) die(kMounts, link[0]);
  }
}

void mount_tmpfs(const char* target, unsigned long mb, unsigned mode) {
  char options[64];
  snprintf(options, sizeof options, "size=%lum,mode=%o,nr_inodes=65536", mb, mode);
  if (mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) die(kMounts, target);
}

void build_root(const Settings& settings) {
  const char* root = settings.root;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) die(kMounts, "/");
  mount_tmpfs(root, 1, 0755);
  for (const char* path : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt"}) bring_system_folder(root, path);
  make_folders(below(root, "/dev"));
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) bring_device(root, path);
  link_own_files(root);
  bind_read_only(root, settings.code, "/var/task");
  bind_read_only(root, settings.runtime, "/var/runtime");
  make_folders(below(root, "/tmp"));
  mount_tmpfs(below(root, "/tmp"), settings.tmp_mb, 01777);
  make_folders(below(root, "/dev/shm"));
  mount_tmpfs(below(root, "/dev/shm"), 64, 01777);
  make_folders(below(root, "/proc"));
  if (mount("proc", below(root, "/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) die(kMounts, "/proc");
  // Only where it lies below a folder that is shown.
  struct stat status;
  if (settings.hidden[0] != '\0' && stat(below(root, settings.hidden), &status) == 0) mount_tmpfs(below(root, settings.hidden), 1, 0);
  if (chdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) die(kMounts, "pivot_root");
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) die(kMounts, "the old root");
  if (!remount_read_only("/")) die(kMounts, "/");
}

void limit(int what, rlim_t most, const char* name) {
  const rlimit bounds{.rlim_cur = most, .rlim_max = most};
  if (most != RLIM_INFINITY && setrlimit(static_cast<__rlimit_resource_t>(what), &bounds) != 0) die(kLimits, name);
}

void set_limits(const Settings& settings) {
  limit(RLIMIT_CORE, 0, "core");
  limit(RLIMIT_NOFILE, settings.files, "files");
  limit(RLIMIT_FSIZE, settings.file_bytes, "file size");
  limit(RLIMIT_DATA, settings.data_bytes, "memory");
  limit(RLIMIT_CPU, settings.cpu_seconds, "cpu");
  // The kernel counts the processes of a user: in our own namespace or under a user id of its own that is the sandbox.
  if (settings.isolate || settings.uid != 0) limit(RLIMIT_NPROC, settings.processes, "processes");
  setpriority(PRIO_PROCESS, 0, 5);  // the server itself comes first
}

void drop_privileges(const Settings& settings) {
  for (int capability = 0; capability <= 63; ++capability) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (settings.uid != 0) {
    const gid_t gid = settings.uid;
    // /dev/stderr opens the log's pipe anew, which only its owner may. Where root may not give it away, what is open can be written to.
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      if (fchown(fd, settings.uid, gid) != 0) break;
    }
    if (syscall(SYS_setgroups, 0, nullptr) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(settings.uid, settings.uid, settings.uid) != 0)
      die(kPrivileges, "user");
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) die(kPrivileges, "capabilities");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die(kPrivileges, "no_new_privs");
}

// In place: entries without the mark go.
void open_environment() {
  char** kept = environ;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (**entry == '.') *kept++ = *entry + 1;
  }
  *kept = nullptr;
}

[[noreturn]] void become_runtime(const Settings& settings, const char* task) {
  setsid();
  set_limits(settings);
  drop_privileges(settings);
  if (chdir(task) != 0) die(kMounts, task);
  umask(022);
  for (int number = 1; number < 32; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  open_environment();
  execv(settings.command[0], settings.command);
  const int why = errno;
  dprintf(STDERR_FILENO, "Couldn't execute %s: %s\n", settings.command[0], strerror(why));
  _exit(why == ENOENT ? 127 : 126);
}

int status_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// Process 1 behind the walls: reaps whoever is left to it until the runtime ends.
[[noreturn]] void be_process_one(const Settings& settings) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  build_root(settings);
  // Segments that nobody has attached are counted by nobody: the kernel removes them (where the server is root, who alone may set this).
  write_file("/proc/sys/kernel/shm_rmid_forced", "1");
  if (sethostname("sandbox", 7) != 0) die(kNamespaces, "sethostname");
  const pid_t runtime = fork();
  if (runtime < 0) die(kNoFork, "fork");
  if (runtime == 0) become_runtime(settings, "/var/task");
  while (true) {
    int status = 0;
    const pid_t ended = wait(&status);
    if (ended == runtime) _exit(status_of(status));
    if (ended < 0 && errno != EINTR) _exit(kNoFork);
  }
}

// Kills every descendant, those that come back to this process by their parents' end included.
void kill_descendants() {
  while (true) {
    char path[64], list[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, list, sizeof list - 1);
    if (fd >= 0) close(fd);
    if (length <= 0) return;
    list[length] = '\0';
    for (char* at = list; *at != '\0';) {
      char* end = nullptr;
      const long pid = strtol(at, &end, 10);
      if (end == at) break;
      if (pid > 1) kill(static_cast<pid_t>(pid), SIGKILL);
      at = end + strspn(end, " \n");
    }
    // One at least has ended now; its own children have come here.
    if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

// Until the first child ends or the server lets go of the lifeline.
[[noreturn]] void watch(const Settings& settings, pid_t child) {
  const int child_fd = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  pollfd watched[2] = {{.fd = settings.lifeline, .events = 0, .revents = 0}, {.fd = child_fd, .events = POLLIN, .revents = 0}};
  while (true) {
    poll(watched, child_fd < 0 ? 1 : 2, child_fd < 0 ? 20 : 1000);
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0 && ended != child) {
    }
    if (ended == child) {
      kill_descendants();
      _exit(status_of(status));
    }
    if (watched[0].revents != 0) {
      kill(child, SIGKILL);
      kill_descendants();
      _exit(128 + SIGKILL);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  Settings settings = read_settings(count, arguments);
  close_others(settings);
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) signal(number, SIG_IGN);
  int groups[4];
  open_groups(settings, groups);
  if (settings.isolate) enter_namespaces();
  // Where the machine itself runs out of memory, functions go before the server.
  write_file("/proc/self/oom_score_adj", "1000");
  prctl(PR_SET_DUMPABLE, 0);  // not before: the files of the maps would be root's
  const pid_t child = fork();
  if (child < 0) die(kNoFork, "fork");
  if (child == 0) {
    enter_groups(settings, groups);
    if (settings.isolate) be_process_one(settings);
    become_runtime(settings, settings.code);
  }
  for (int i = 0; i < settings.group_count; ++i) close(groups[i]);
  watch(settings, child);
}
