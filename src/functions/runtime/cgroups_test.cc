#include "functions/runtime/cgroups.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "functions/runtime/testing.h"

namespace eyrie::functions {
namespace {

using ::testing::HasSubstr;
using testing::PoolTest;
using testing::text_of_file;

constexpr std::uint64_t kMebibyte = 1U << 20;

// A process in the group, which does what `act` says and ends. How it ended.
template <typename Act>
int in_group(const Cgroup& group, Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const auto& folder : group.folders()) std::ofstream(folder / "cgroup.procs") << "0" << std::flush;
    act();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// All that it takes is touched.
void take(std::size_t bytes) {
  auto* memory = static_cast<volatile char*>(::malloc(bytes));
  for (std::size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
}

TEST(Cgroups, TheKernelBoundsMemory) {
  Cgroups groups(10);
  if (!groups.bounds_memory()) GTEST_SKIP() << "this system lets nobody make control groups";
  const Cgroup group = groups.make(64 * kMebibyte);
  EXPECT_EQ(in_group(group, [] { take(16 * kMebibyte); }), 0);
  EXPECT_FALSE(group.killed());
  EXPECT_EQ(in_group(group, [] { take(256 * kMebibyte); }), 128 + SIGKILL);
  EXPECT_TRUE(group.killed());
  const Cgroup other = groups.make(64 * kMebibyte);
  EXPECT_FALSE(other.killed());
}

TEST(Cgroups, TheKernelBoundsProcesses) {
  Cgroups groups(5);
  const Cgroup group = groups.make(64 * kMebibyte);
  if (group.folders().empty() || !std::filesystem::exists(group.folders().back() / "pids.max")) GTEST_SKIP() << "no controller of processes";
  const int forked = in_group(group, [] {
    std::vector<pid_t> children;
    for (int i = 0; i < 20; ++i) {
      const pid_t child = ::fork();
      if (child == 0) ::pause();
      if (child > 0) children.push_back(child);
    }
    for (const pid_t child : children) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    ::_exit(static_cast<int>(children.size()));
  });
  EXPECT_EQ(forked, 4);
}

TEST(Cgroups, NothingIsLeft) {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path parent;
  {
    Cgroups groups(10);
    {
      const Cgroup group = groups.make(kMebibyte);
      if (group.folders().empty()) GTEST_SKIP() << "this system lets nobody make control groups";
      folders = group.folders();
      for (const auto& folder : folders) EXPECT_TRUE(std::filesystem::exists(folder / "cgroup.procs"));
    }
    for (const auto& folder : folders) EXPECT_FALSE(std::filesystem::exists(folder));
    parent = folders.front().parent_path();
    EXPECT_TRUE(std::filesystem::exists(parent));
  }
  EXPECT_FALSE(std::filesystem::exists(parent));
  // What a killed server leaves goes with the next one's start: no process has this number.
  const auto left = parent.parent_path() / "eyrie-4194305-00000000";
  std::filesystem::create_directories(left / "1");
  Cgroups next(10);
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST(Cgroups, WhereThereIsNoneNothingIsBounded) {
  const TemporaryDirectory proc;
  std::ofstream(proc.path() / "cgroup") << "0::/\n4:memory:/x\n";
  for (const char* mounts : {"", "1 2 0:3 / / rw - ext4 /dev/vda rw\n", "broken\n1 2 - \n1 2 0:3 / /nowhere rw - cgroup2 cgroup2 rw\n1 2 0:3 / /nowhere rw - cgroup cgroup rw,memory\n"}) {
    std::ofstream(proc.path() / "mountinfo", std::ios::trunc) << mounts;
    Cgroups groups(10, proc.path());
    EXPECT_FALSE(groups.bounds_memory()) << mounts;
    EXPECT_TRUE(groups.make(kMebibyte).folders().empty()) << mounts;
  }
}

// Version 2's folder as an ordinary one: which files are written, and with what.
TEST(Cgroups, VersionTwoByItsFiles) {
  const TemporaryDirectory directory;
  const auto mount = directory.path() / "mount", proc = directory.path() / "proc";
  std::filesystem::create_directories(mount / "service");
  std::filesystem::create_directories(proc);
  std::ofstream(proc / "cgroup") << "0::/service\n";
  std::ofstream(proc / "mountinfo") << "30 24 0:26 / " << mount.string() << " rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
  std::ofstream(mount / "service" / "cgroup.controllers") << "cpu memory pids\n";
  std::ofstream(mount / "service" / "cgroup.subtree_control");
  Cgroups groups(10, proc);
  // The folder of its own has no such files here, as no kernel made it: that is seen, and nothing stays.
  EXPECT_FALSE(groups.bounds_memory());
  EXPECT_THAT(text_of_file(mount / "service" / "cgroup.subtree_control"), HasSubstr("+pids"));
  for (const auto& entry : std::filesystem::directory_iterator(mount / "service")) EXPECT_FALSE(entry.is_directory()) << entry.path();
}

TEST_F(PoolTest, ProcessesBeginInTheirGroup) {
  open();
  if (!pool_->groups()) GTEST_SKIP() << "this system lets nobody make control groups";
  const SandboxSpec spec = function("def handler(event, context): return open('/proc/self/cgroup').read()\n");
  EXPECT_THAT(run(spec).payload, HasSubstr("/eyrie-" + std::to_string(::getpid()) + "-"));
}

// Each takes 4 GB at one stroke.
TEST_F(PoolTest, ABurstOfManyProcessesIsStoppedByTheKernel) {
  open();
  if (!pool_->groups()) GTEST_SKIP() << "this system lets nobody make control groups";
  SandboxSpec spec = function(R"(
import mmap, os
def handler(event, context):
    for _ in range(8):
        if os.fork() == 0:
            memory = mmap.mmap(-1, 4 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)
            os._exit(0)
    for _ in range(8): os.wait()
)");
  spec.memory_mb = 128;
  const InvocationOutcome outcome = run(spec);
  EXPECT_EQ(error_type(outcome), "Runtime.OutOfMemory") << outcome.payload;
  EXPECT_GE(outcome.memory_mb, 128U);
  EXPECT_FALSE(run(function("def handler(event, context): return 1\n")).failed);
}

}  // namespace
}  // namespace eyrie::functions
