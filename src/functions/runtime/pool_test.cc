// Functions in sandboxes: what goes right, what goes wrong, and that nothing is left of either.
#include "functions/runtime/pool.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sstream>
#include <thread>

#include "functions/runtime/testing.h"
#include "net/test_client.h"

namespace eyrie::functions {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::PoolTest;

std::string text_of_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Whether any process has this word on its command line.
bool runs(const std::string& word) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string line = text_of_file(entry.path() / "cmdline");
    if (line.contains(word) && line.find("sandbox_init") == std::string::npos) return true;
  }
  return false;
}

// The test's own time limit is CTest's.
template <typename Check>
void eventually(Check check) {
  while (!check()) std::this_thread::sleep_for(5ms);
}

TEST_F(PoolTest, AnswersAndStaysWarm) {
  open();
  SandboxSpec spec = function(R"(
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("saw", event["x"])
    return {"calls": calls, "twice": event["x"] * 2, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis() > 15000,
            "variable": os.environ["OWN"], "name": context.function_name}
)");
  spec.environment["OWN"] = "value";
  const InvocationOutcome cold = run(spec, R"({"x": 21})");
  EXPECT_FALSE(cold.failed);
  EXPECT_EQ(cold.payload, R"({"calls": 1, "twice": 42, "id": "request-1", "left": true, "variable": "value", "name": ")" + spec.function + "\"}");
  EXPECT_GT(cold.init_ms, 0);
  EXPECT_GT(cold.memory_mb, 1U);
  for (const char* part : {"START RequestId: request-1 Version: $LATEST\n", "saw 21\n", "END RequestId: request-1\n", "REPORT RequestId: request-1\tDuration: ", "\tInit Duration: "}) {
    EXPECT_THAT(cold.log_tail, HasSubstr(part));
  }
  const InvocationOutcome warm = run(spec, R"({"x": 1})");
  EXPECT_THAT(warm.payload, HasSubstr(R"("calls": 2)"));
  EXPECT_EQ(warm.init_ms, 0);
  EXPECT_THAT(warm.log_tail, ::testing::Not(HasSubstr("saw 21")));
  EXPECT_THAT(text_of_file(logs_.file(spec.function)), HasSubstr("saw 21"));
  // Another revision is another sandbox.
  spec.revision = "2";
  EXPECT_THAT(run(spec, R"({"x": 1})").payload, HasSubstr(R"("calls": 1)"));
  EXPECT_EQ(pool_->counts().cold_starts, 2U);
  EXPECT_EQ(pool_->counts().idle, 1U);
}

TEST_F(PoolTest, AnyExecutable) {
  open();
  const SandboxSpec spec = function(R"(#!/bin/sh
set -e
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  exec 3<>/dev/null
  event=$(curl -sS -D /tmp/head "$api/invocation/next")
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: *\([^\r]*\).*/\1/ip' /tmp/head)
  # Nobody answers what is not asked of it.
  wrong=$(curl -sS -o /dev/null -w '%{http_code}' -d '{}' "$api/invocation/other/response")
  curl -sS -o /dev/null -d "{\"event\":$event,\"wrong\":$wrong,\"at\":\"$PWD\"}" "$api/invocation/$id/response"
done
)", "bootstrap");
  const std::string at = pool_->isolated() ? "/var/task" : spec.code.string();
  EXPECT_EQ(run(spec, "[1]").payload, R"({"event":[1],"wrong":400,"at":")" + at + "\"}");
  EXPECT_EQ(run(spec, "[2]").payload, R"({"event":[2],"wrong":400,"at":")" + at + "\"}");
}

// As clients do that take the address for an authority, and connect anew for each request.
TEST_F(PoolTest, HostAndPortAreAllTheAddress) {
  open();
  const SandboxSpec spec = function(R"(#!/usr/bin/python3
import http.client, os
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
def call(method, path, body=None):
    connection = http.client.HTTPConnection(host, int(port))
    connection.request(method, "/2018-06-01/runtime/" + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()
while True:
    headers, event = call("GET", "invocation/next")
    call("POST", "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"] + "/response", event)
)", "bootstrap");
  for (const char* event : {"[1]", "[2]"}) EXPECT_EQ(run(spec, event).payload, event);
  EXPECT_EQ(pool_->counts().cold_starts, 1U);
}

// Everybody can find the port: who asks is told by the connection.
TEST_F(PoolTest, NobodyAnswersForAnother) {
  open();
  // The event is at work as soon as the gate has a visitor, until the gate closes.
  const int gate = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof at;
  ASSERT_EQ(::bind(gate, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(gate, 1), 0);
  ::getsockname(gate, reinterpret_cast<sockaddr*>(&at), &size);
  const SandboxSpec victim = function("import socket\ndef handler(event, context):\n"
                                      "  socket.create_connection(('127.0.0.1', event)).recv(1)\n  return 'mine'\n");
  const SandboxSpec thief = function(R"(
import http.client, os
def handler(event, context):
    statuses = []
    for path in (f"invocation/{event}/response", f"invocation/{event}/error"):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request("POST", "/2018-06-01/runtime/" + path, b'"stolen"')
        statuses.append(connection.getresponse().status)
    return [os.environ["AWS_LAMBDA_RUNTIME_API"].rpartition(":")[2]] + statuses
)");
  InvocationOutcome outcome;
  std::thread caller([&] { outcome = run(victim, std::to_string(ntohs(at.sin_port))); });
  const int visitor = ::accept(gate, nullptr, nullptr);
  const std::string seen = run(thief, "\"request-1\"").payload;
  EXPECT_THAT(seen, HasSubstr(", 400, 400]"));
  // And one that is of no sandbox.
  net::TestClient stranger(static_cast<std::uint16_t>(std::stoi(seen.substr(2))));
  for (const char* request : {"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n",
                              "POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"}) {
    ASSERT_TRUE(stranger.send(request));
    const auto answer = stranger.read_response();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403);
  }
  ::close(visitor);
  ::close(gate);
  caller.join();
  EXPECT_EQ(outcome.payload, "\"mine\"");
}

TEST_F(PoolTest, ErrorsOfTheHandler) {
  open();
  const SandboxSpec spec = function("def handler(event, context):\n  if event: raise ValueError('no ' + event)\n  return {1, 2}\n");
  const InvocationOutcome raised = run(spec, "\"luck\"");
  EXPECT_TRUE(raised.failed);
  EXPECT_EQ(error_type(raised), "ValueError");
  EXPECT_THAT(raised.payload, HasSubstr(R"("errorMessage": "no luck")"));
  EXPECT_THAT(raised.log_tail, HasSubstr("[ERROR] ValueError: no luck"));
  EXPECT_EQ(error_type(run(spec, "0")), "Runtime.MarshalError");
  EXPECT_EQ(pool_->counts().cold_starts, 1U);  // it lives on
}

TEST_F(PoolTest, CrashInInit) {
  open();
  EXPECT_EQ(error_type(run(function("import nowhere_to_be_found\n"))), "Runtime.ImportModuleError");
  EXPECT_EQ(error_type(run(function("def handler(:\n"))), "Runtime.UserCodeSyntaxError");
  EXPECT_EQ(error_type(run(function("other = 1\n"))), "Runtime.HandlerNotFound");
  const InvocationOutcome ended = run(function("import os\nos._exit(3)\n"));
  EXPECT_EQ(error_type(ended), "Runtime.ExitError");
  EXPECT_THAT(ended.payload, HasSubstr("exit status 3"));
  SandboxSpec missing = function("", "other");
  missing.runtime = "provided.al2023";
  EXPECT_EQ(error_type(run(missing)), "Runtime.InvalidEntrypoint");
  EXPECT_EQ(pool_->counts().idle, 0U);
}

TEST_F(PoolTest, InitThatNeverEnds) {
  open({.init_timeout = 300ms});
  const InvocationOutcome outcome = run(function("import time\ntime.sleep(600)\n"));
  EXPECT_EQ(error_type(outcome), "Sandbox.Timedout");
  EXPECT_EQ(pool_->counts().idle, 0U);
}

TEST_F(PoolTest, CrashInTheHandler) {
  open();
  const SandboxSpec spec = function("import os, signal\ndef handler(event, context):\n  if event == 'exit': os._exit(1)\n"
                                    "  if event == 'kill': os.kill(os.getpid(), signal.SIGSEGV)\n  return 'fine'\n");
  EXPECT_EQ(run(spec, "0").payload, "\"fine\"");
  EXPECT_THAT(run(spec, "\"exit\"").payload, HasSubstr("Runtime exited with error: exit status 1"));
  EXPECT_EQ(run(spec, "0").payload, "\"fine\"");
  EXPECT_THAT(run(spec, "\"kill\"").payload, HasSubstr("Runtime exited with error: signal: 11"));
  EXPECT_EQ(pool_->counts().cold_starts, 3U - (pool_->counts().idle == 0 ? 1U : 0U));
}

TEST_F(PoolTest, TimeIsUpForGrandchildrenToo) {
  open();
  const std::string word = "eyrie-grandchild-" + std::to_string(getpid());
  SandboxSpec spec = function(
      "import subprocess, time\ndef handler(event, context):\n"
      "  subprocess.Popen(['/bin/sh', '-c', '(setsid /bin/sh -c \"sleep 600; : " + word + "\" &) ; exit 0'])\n"
      "  time.sleep(600)\n");
  spec.timeout_s = 1;
  std::thread caller([&] {
    const InvocationOutcome outcome = run(spec);
    EXPECT_EQ(error_type(outcome), "Sandbox.Timedout");
    EXPECT_THAT(outcome.payload, HasSubstr("Task timed out after 1.00 seconds"));
    EXPECT_THAT(outcome.log_tail, HasSubstr("\tStatus: timeout"));
  });
  eventually([&] { return runs(word); });
  caller.join();
  eventually([&] { return !runs(word); });
}

TEST_F(PoolTest, MemoryRunsAway) {
  open();
  SandboxSpec spec = function("def handler(event, context):\n  kept = []\n  while True: kept.append(bytearray(b'x') * (8 << 20))\n");
  const InvocationOutcome outcome = run(spec);
  EXPECT_TRUE(outcome.failed);
  // Whichever is quicker: the watch over the sandbox, or the kernel's bound on the process.
  EXPECT_THAT(error_type(outcome), ::testing::AnyOf("Runtime.ExitError", "MemoryError"));
  EXPECT_GE(outcome.memory_mb, 100U);
  EXPECT_LT(outcome.memory_mb, 1024U);
}

TEST_F(PoolTest, ResponsesHaveALimit) {
  open();
  const SandboxSpec spec = function("def handler(event, context): return 'x' * event\n");
  EXPECT_EQ(run(spec, std::to_string(kMaxPayload - 2)).payload.size(), kMaxPayload);
  const InvocationOutcome outcome = run(spec, std::to_string(kMaxPayload - 1));
  EXPECT_TRUE(outcome.failed);
  EXPECT_EQ(error_type(outcome), "Function.ResponseSizeTooLarge");
}

TEST_F(PoolTest, LogsAreBounded) {
  open();
  const SandboxSpec spec = function("def handler(event, context):\n  for i in range(event): print('flood', i, 'x' * 1000)\n  print('the end')\n");
  const InvocationOutcome outcome = run(spec, "20000");
  EXPECT_FALSE(outcome.failed) << outcome.payload;
  EXPECT_EQ(outcome.log_tail.size(), kLogTail);
  EXPECT_THAT(outcome.log_tail, HasSubstr("the end\nEND RequestId"));
  const std::string log = text_of_file(logs_.file(spec.function));
  EXPECT_LT(log.size(), 2U << 20);
  EXPECT_THAT(log, HasSubstr("is left out"));
  EXPECT_THAT(log, HasSubstr("REPORT RequestId"));
  run(spec, "1");
  EXPECT_THAT(text_of_file(logs_.file(spec.function)).substr(log.size()), HasSubstr("flood 0"));
}

TEST_F(PoolTest, ScalesToTheLimitAndBack) {
  open({.concurrency = 4, .idle_timeout = 200ms});
  const SandboxSpec slow = function("import time\ndef handler(event, context):\n  time.sleep(event)\n  return 1\n");
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) callers.emplace_back([&] { EXPECT_EQ(run(slow, "3").payload, "1"); });
  eventually([&] { return pool_->counts().busy == 4; });
  const auto refused = pool_->invoke(slow, {}, {.request_id = "r", .arn = "a", .payload = "0"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_EQ(refused.error().message, "ConcurrentInvocationLimitExceeded");
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(pool_->counts().cold_starts, 4U);
  eventually([&] { return pool_->counts().idle == 0; });
  EXPECT_EQ(run(slow, "0").payload, "1");
}

TEST_F(PoolTest, ReservedConcurrency) {
  open({.concurrency = 4});
  const SandboxSpec spec = function("import time\ndef handler(event, context):\n  time.sleep(event)\n  return 1\n");
  const auto none = pool_->invoke(spec, {.own = 0}, {.request_id = "r", .arn = "a", .payload = "0"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "ReservedFunctionConcurrentInvocationLimitExceeded");
  EXPECT_FALSE(pool_->invoke(spec, {.reserved = 4}, {.request_id = "r", .arn = "a", .payload = "0"}));
  EXPECT_TRUE(pool_->invoke(spec, {.own = 1, .reserved = 4}, {.request_id = "r", .arn = "a", .payload = "0"}));
}

TEST_F(PoolTest, RoomIsMadeByTheIdle) {
  open({.concurrency = 2});
  const std::string text = "def handler(event, context): return 1\n";
  const SandboxSpec a = function(text), b = function(text), c = function(text);
  for (const SandboxSpec* spec : {&a, &b, &c, &b}) EXPECT_EQ(run(*spec).payload, "1");
  EXPECT_EQ(pool_->counts().cold_starts, 3U);
  EXPECT_EQ(pool_->counts().idle, 2U);
  pool_->retire(b.function);
  EXPECT_EQ(pool_->counts().idle, 1U);
}

TEST_F(PoolTest, StoppingEndsWhatIsAtWork) {
  open();
  const SandboxSpec spec = function("import time\ndef handler(event, context): time.sleep(600)\n");
  std::thread caller([&] {
    const auto outcome = pool_->invoke(spec, {}, {.request_id = "r", .arn = "a", .payload = "0"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kUnavailable);
  });
  eventually([&] { return pool_->counts().busy == 1; });
  pool_->stop();
  caller.join();
  EXPECT_FALSE(pool_->invoke(spec, {}, {.request_id = "r", .arn = "a", .payload = "0"}));
}

TEST_F(PoolTest, SeesNothingOfTheServer) {
  const auto secret = directory_.path() / "master.key";
  std::ofstream(secret) << "secret";
  std::filesystem::permissions(secret, std::filesystem::perms(0600));
  ::setenv("EYRIE_TEST_SECRET", "secret", 1);
  open();
  const SandboxSpec spec = function(R"(
import os, resource
def handler(event, context):
    try:
        seen = open(event).read()
    except OSError as error:
        seen = type(error).__name__
    try:
        open("/var/task/x", "w")
        wrote = True
    except OSError:
        wrote = False
    open("/tmp/eyrie-seen", "w").write("mine")
    return [seen, os.environ.get("EYRIE_TEST_SECRET"), wrote, len(os.listdir("/proc/self/fd")) < 9, resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
)");
  const std::string seen = run(spec, write_json(json::value(secret.string()))).payload;
  ::unsetenv("EYRIE_TEST_SECRET");
  EXPECT_THAT(seen, ::testing::AnyOf(HasSubstr("FileNotFoundError"), HasSubstr("PermissionError")));
  EXPECT_THAT(seen, HasSubstr("null, false, true, 1024]"));
  if (pool_->isolated()) EXPECT_FALSE(std::filesystem::exists("/tmp/eyrie-seen"));
}

TEST_F(PoolTest, CodeGoesWithTheLastThatUsesIt) {
  open({.idle_timeout = 40ms, .discard_after = 0ms});
  const SandboxSpec slow = function("import time\ndef handler(event, context):\n  time.sleep(event)\n  import other\n");
  const SandboxSpec other = function("");
  std::ofstream(slow.code / "other.py") << "";
  std::thread caller([&] { EXPECT_FALSE(run(slow, "1").failed); });
  eventually([&] { return pool_->counts().busy == 1; });
  pool_->discard(slow.code);
  pool_->discard(other.code);
  caller.join();
  eventually([&] { return !std::filesystem::exists(slow.code) && !std::filesystem::exists(other.code); });
}

TEST_F(PoolTest, WithoutNamespaces) {
  open({.isolate = false});
  EXPECT_FALSE(pool_->isolated());
  SandboxSpec spec = function("import subprocess, time\ndef handler(event, context):\n"
                              "  if event: subprocess.Popen(['/bin/sh', '-c', '(setsid /bin/sh -c \"sleep 600; : ' + event + '\" &)'])\n"
                              "  if event: time.sleep(600)\n  return 1\n");
  spec.timeout_s = 1;
  EXPECT_EQ(run(spec, "0").payload, "1");
  const std::string word = "eyrie-daemon-" + std::to_string(getpid());
  EXPECT_EQ(error_type(run(spec, "\"" + word + "\"")), "Sandbox.Timedout");
  eventually([&] { return !runs(word); });
}

}  // namespace
}  // namespace eyrie::functions
