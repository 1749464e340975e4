// When a sandbox gets its next event: once its runtime asks for one.
#include "functions/runtime/sandbox.h"

#include <thread>

#include "functions/runtime/testing.h"

namespace eyrie::functions {
namespace {

using namespace std::chrono_literals;
using testing::PoolTest;

// A runtime that answers each event with what its process has seen before, and does this afterwards.
std::string runtime_that(const std::string& afterwards) {
  return R"(#!/usr/bin/python3
import http.client, os, sys, time
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def call(method, path, body=None):
    connection.request(method, "/2018-06-01/runtime/" + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()
events = 0
while True:
    headers, event = call("GET", "invocation/next")
    call("POST", "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"] + "/response", str(events).encode())
    events += 1
    )" + afterwards + "\n";
}

TEST_F(PoolTest, ARuntimeThatEndsAfterItsAnswer) {
  open({.ask_again = 60s});
  for (const char* afterwards : {"sys.exit(0)", "time.sleep(0.3); os._exit(1)"}) {
    const SandboxSpec spec = function(runtime_that(afterwards), "bootstrap");
    for (int i = 0; i < 3; ++i) {
      const InvocationOutcome outcome = run(spec);
      EXPECT_FALSE(outcome.failed) << outcome.payload;
      EXPECT_EQ(outcome.payload, "0");
    }
  }
  EXPECT_EQ(pool_->counts().cold_starts, 6U);
}

TEST_F(PoolTest, ARuntimeThatHangsAfterItsAnswer) {
  open({.concurrency = 2, .ask_again = 50ms});
  SandboxSpec spec = function(runtime_that("time.sleep(600)"), "bootstrap");
  spec.timeout_s = 3;
  for (int i = 0; i < 4; ++i) {
    // It counts for no more than it did before: as at work until it answered.
    const auto outcome = pool_->invoke(spec, {.own = 1}, {.request_id = "r" + std::to_string(i), .arn = "a", .payload = "{}"});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->payload, "0");
  }
  EXPECT_EQ(pool_->counts().cold_starts, 4U);
  EXPECT_LE(pool_->counts().idle, 2U);
  // None of them stays.
  while (pool_->counts().idle != 0) std::this_thread::sleep_for(10ms);
}

TEST_F(PoolTest, ARuntimeThatAsksLateIsWaitedFor) {
  open({.ask_again = 60s});
  const SandboxSpec spec = function(runtime_that("time.sleep(0.3)"), "bootstrap");
  for (const char* seen : {"0", "1", "2"}) EXPECT_EQ(run(spec).payload, seen);
  EXPECT_EQ(pool_->counts().cold_starts, 1U);
}

TEST_F(PoolTest, StoppingEndsTheWaitForARuntime) {
  open({.ask_again = 600s});
  const SandboxSpec spec = function(runtime_that("time.sleep(600)"), "bootstrap");
  EXPECT_EQ(run(spec).payload, "0");
  std::thread caller([&] {
    const auto outcome = pool_->invoke(spec, {}, {.request_id = "r", .arn = "a", .payload = "{}"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kUnavailable);
  });
  while (pool_->counts().busy == 0) std::this_thread::sleep_for(5ms);
  pool_->stop();
  caller.join();
}

}  // namespace
}  // namespace eyrie::functions
