// What a sandbox can make the server hold: one answer of its own, so many connections.
#include "functions/runtime/runtime_api.h"

#include <gmock/gmock.h>

#include "functions/runtime/testing.h"

namespace eyrie::functions {
namespace {

using ::testing::HasSubstr;
using testing::PoolTest;

// The first connection is in the middle of its body when others come, whose bodies are refused before a byte of them is there.
TEST_F(PoolTest, OneAnswerIsOnItsWay) {
  open();
  const SandboxSpec spec = function(R"(
import json, os, socket
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
LENGTH = 1000
def begin(id, kind="response"):
    connection = socket.create_connection((host, int(port)))
    head = f"POST /2018-06-01/runtime/invocation/{id}/{kind} HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\nExpect: 100-continue\r\n\r\n"
    connection.sendall(head.encode())
    return connection, connection.recv(65536).decode()
def handler(event, context):
    seen = []
    other, told = begin("other")
    seen.append(told.split()[1])
    other.close()
    first, told = begin(context.aws_request_id)
    seen.append(told.split()[1])
    first.sendall(b" " * 100)
    for kind in ("response", "error"):
        second, told = begin(context.aws_request_id, kind)
        while "}" not in told: told += second.recv(65536).decode()
        seen += [told.split()[1], "InvalidStateTransition" in told]
        second.close()
    first.sendall(json.dumps(seen).encode().ljust(LENGTH - 100))
    first.recv(65536)
    return "late"
)");
  EXPECT_THAT(run(spec).payload, HasSubstr(R"(["400", "100", "403", true, "403", true])"));
  EXPECT_THAT(run(spec).payload, HasSubstr(R"(["400", "100", "403", true, "403", true])"));
  EXPECT_EQ(pool_->counts().cold_starts, 1U);
}

// Who broke off may begin anew.
TEST_F(PoolTest, AnAnswerThatBrokeOff) {
  open();
  const SandboxSpec spec = function(R"(
import http.client, os, socket
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
def handler(event, context):
    path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
    with socket.create_connection((host, int(port))) as first:
        first.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n".encode())
        first.recv(65536)
    status = 403  # until the server has seen the end
    while status == 403:
        connection = http.client.HTTPConnection(host, int(port))
        connection.request("POST", path, b'"whole"')
        status = connection.getresponse().status
        connection.close()
    return "late"
)");
  EXPECT_EQ(run(spec).payload, "\"whole\"");
}

TEST_F(PoolTest, AnswersHaveABudget) {
  open({.body_bytes = 1000});
  const SandboxSpec spec = function("def handler(event, context): return 'x' * event\n");
  EXPECT_EQ(run(spec, "100").payload.size(), 102U);
  for (int i = 0; i < 2; ++i) {
    const InvocationOutcome outcome = run(spec, "5000");
    EXPECT_TRUE(outcome.failed);
    EXPECT_EQ(error_type(outcome), "ServiceException");
  }
  EXPECT_EQ(run(spec, "900").payload.size(), 902U);  // what was taken came back
  EXPECT_EQ(pool_->counts().cold_starts, 1U);
}

TEST_F(PoolTest, ConnectionsHaveALimit) {
  open();
  const SandboxSpec spec = function(R"(
import http.client, os
def ask():
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request("GET", "/2018-06-01/runtime/nothing")
    answer = connection.getresponse()
    answer.read()
    return connection, answer.status
def handler(event, context):
    held = [ask() for _ in range(event)]
    statuses = [status for _, status in held]
    for connection, _ in held: connection.close()
    return [statuses.count(404), statuses.count(429), ask()[1]]
)");
  // The runtime has one itself.
  const std::string most = std::to_string(RuntimeApi::kMaxConnections - 1);
  EXPECT_EQ(run(spec, "20").payload, "[" + most + ", " + std::to_string(20 - (RuntimeApi::kMaxConnections - 1)) + ", 404]");
  EXPECT_EQ(run(spec, most).payload, "[" + most + ", 0, 404]");
}

}  // namespace
}  // namespace eyrie::functions
