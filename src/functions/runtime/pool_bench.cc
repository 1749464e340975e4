// What a sandbox costs: a program that does nothing, bare and behind the walls; a warm invocation of a Python function. The first two are
// a ratio within one run: their difference is what Eyrie adds to a cold start.
#include <benchmark/benchmark.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/log.h"
#include "base/testing.h"
#include "functions/runtime/pool.h"

namespace eyrie::functions {
namespace {

void BM_ProgramAlone(benchmark::State& state) {
  for (auto _ : state) {
    pid_t pid = 0;
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    char* environment[] = {nullptr};
    if (::posix_spawn(&pid, name, nullptr, nullptr, arguments, environment) != 0) return state.SkipWithError("no /bin/true");
    ::waitpid(pid, nullptr, 0);
  }
}
BENCHMARK(BM_ProgramAlone)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_ProgramInSandbox(benchmark::State& state) {
  const TemporaryDirectory directory;
  for (const char* name : {"root", "code", "runtime"}) std::filesystem::create_directories(directory.path() / name);
  ProcessOptions options{.isolate = state.range(0) != 0, .uid = ::geteuid() == 0 ? 61184U : 0U};
  options.root = directory.path() / "root";
  options.code = directory.path() / "code";
  options.runtime = directory.path() / "runtime";
  options.command = {"/bin/true"};
  for (auto _ : state) {
    auto process = SandboxProcess::start(options);
    if (!process) return state.SkipWithError("no sandbox");
    pollfd ended{.fd = process->ended_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ended, 1, 10'000);
    if (process->ended() != 0) return state.SkipWithError("the program did not end well");
  }
}
BENCHMARK(BM_ProgramInSandbox)->ArgName("isolated")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_WarmPython(benchmark::State& state) {
  set_log_level(LogLevel::kError);
  const TemporaryDirectory directory;
  FunctionLogs logs(directory.path() / "logs");
  auto pool = Pool::start({.directory = directory.path() / "run", .hidden = directory.path()}, logs);
  if (!pool) return state.SkipWithError("no pool");
  const auto code = (*pool)->code_directory() / "f";
  write_file(code / "app.py", "def handler(event, context): return event\n");
  const SandboxSpec spec{.function = "f", .revision = "1", .runtime = "python3.11", .handler = "app.handler", .timeout_s = 20, .environment = {}, .code = code};
  for (auto _ : state) {
    const auto outcome = (*pool)->invoke(spec, {}, {.request_id = "r", .arn = "a", .payload = "{}"});
    if (!outcome || outcome->failed) return state.SkipWithError("it failed");
  }
}
BENCHMARK(BM_WarmPython)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eyrie::functions
