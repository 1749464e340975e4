#include <sys/resource.h>

#include "net/test_server.h"

namespace eyrie::net {
namespace {

using ::testing::HasSubstr;

using ServerLimitsTest = ServerTest;

TEST_F(ServerLimitsTest, RefusesWhereTheQueueIsFull) {
  options_.workers = 1;
  options_.max_queued = 1;
  const auto port = start();
  TestClient running(port);
  running.send(get("/hold"));
  handler_.gate.await_waiting(1);
  TestClient waiting(port);
  waiting.send(get("/query?waited"));
  ASSERT_TRUE(soon([&] { return server_->counters().queued == 1; }));

  TestClient refused(port);
  for (const std::string& request : {get("/"), post("/echo", std::string(100'000, 'x'))}) {
    const auto response = refused.request(request);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
    EXPECT_THAT(response->head, HasSubstr("Retry-After: 1\r\n"));
  }
  EXPECT_EQ(server_->counters().refused_busy, 2U);
  handler_.gate.open();
  EXPECT_EQ(running.read_response()->status, 200);
  EXPECT_EQ(waiting.read_response()->body, "waited");
  EXPECT_EQ(refused.request(get("/query?now"))->body, "now");
}

TEST_F(ServerLimitsTest, RefusesConnectionsOverTheLimit) {
  options_.max_connections = 2;
  const auto port = start();
  TestClient first(port);
  TestClient second(port);
  EXPECT_EQ(first.request(get("/"))->status, 200);
  EXPECT_EQ(second.request(get("/"))->status, 200);
  TestClient third(port);
  const auto response = third.request(get("/"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_TRUE(third.at_end());
  second.close();
  ASSERT_TRUE(soon([&] { return server_->counters().connections == 1; }));
  TestClient fourth(port);
  EXPECT_EQ(fourth.request(get("/"))->status, 200);
}

TEST_F(ServerLimitsTest, SlowHeadsAndIdleConnectionsEnd) {
  options_.head_timeout = std::chrono::seconds(1);
  options_.idle_timeout = std::chrono::seconds(1);
  const auto port = start();
  TestClient silent(port);
  TestClient half(port);
  half.send("GET / HTTP/1.1\r\nHo");
  TestClient idle(port);
  EXPECT_EQ(idle.request(get("/"))->status, 200);
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(idle.at_end());
  EXPECT_EQ(half.read_response()->status, 408);
  EXPECT_TRUE(half.at_end());
}

TEST_F(ServerLimitsTest, TricklingHeadEndsThoughBytesKeepComing) {
  options_.head_timeout = std::chrono::seconds(1);
  TestClient slow(start());
  slow.send("GET / HTTP/1.1\r\nHost: x\r\n");
  bool refused = false;
  for (int i = 0; i < 100 && !refused; ++i) {
    slow.send("X-" + std::to_string(i) + ": y\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    refused = server_->counters().connections == 0;
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(handler_.log.begun, 0);
}

TEST_F(ServerLimitsTest, StalledBodyEnds) {
  options_.body_timeout = std::chrono::seconds(1);
  TestClient client(start());
  client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(client.read_response()->status, 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(soon([&] { return handler_.log.destroyed == 1; }));
  EXPECT_EQ(handler_.log.finished, 0);
}

TEST_F(ServerLimitsTest, StalledReaderEnds) {
  options_.body_timeout = std::chrono::seconds(1);
  TestClient client(start());
  client.send(get("/source/100000000000"));
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 1; }));
}

// The handler is slow, not the client: no time limit of the client's may strike.
TEST_F(ServerLimitsTest, SlowHandlerIsNotTheClientsFault) {
  options_.body_timeout = std::chrono::seconds(1);
  options_.piece_bytes = 4 << 10;
  TestClient client(start());
  std::thread sender([&] { client.send(post("/hold-write", std::string(2 << 20, 'x'))); });
  handler_.gate.await_waiting(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(1600));
  // Backpressure: what was taken meanwhile is the piece at the handler and one more.
  EXPECT_LE(handler_.log.bytes, 16U << 10);
  handler_.gate.open();
  sender.join();
  EXPECT_EQ(client.read_response()->status, 200);
}

TEST_F(ServerLimitsTest, StopLetsExchangesEnd) {
  const auto port = start();
  TestClient held(port);
  held.send(get("/hold"));
  handler_.gate.await_waiting(1);
  TestClient idle(port);
  EXPECT_EQ(idle.request(get("/"))->status, 200);
  std::thread stopper([&] { server_->stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.at_end());
  EXPECT_FALSE(TestClient(port).request(get("/")));
  handler_.gate.open();
  const auto response = held.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
  stopper.join();
  EXPECT_EQ(server_->counters().connections, 0U);
  server_->stop(std::chrono::seconds(1));
}

TEST_F(ServerLimitsTest, StopDoesNotWaitForeverForClients) {
  const auto port = start();
  TestClient stuck(port);
  stuck.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
  ASSERT_TRUE(soon([&] { return handler_.log.begun == 1; }));
  server_->stop(std::chrono::milliseconds(50));
  EXPECT_EQ(handler_.log.destroyed, 1);
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(stuck.at_end());
}

TEST_F(ServerLimitsTest, StopEndsWhatHandlersWaitFor) {
  const auto port = start();
  TestClient held(port);
  held.send(get("/hold"));
  handler_.gate.await_waiting(1);
  server_->stop(std::chrono::milliseconds(50), [this] { handler_.gate.open(); });
  EXPECT_EQ(handler_.log.finished, 1);
  const auto response = held.read_response();
  ASSERT_TRUE(response) << "it is told what came of its waiting";
  EXPECT_EQ(response->status, 200);
}

TEST_F(ServerLimitsTest, ManyConnectionsAtOnce) {
  options_.io_threads = 2;
  options_.workers = 4;
  const auto port = start();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        TestClient client(port);
        const std::string body(static_cast<std::size_t>(1 + (t * 7919 + i * 104729) % 200'000), 'b');
        for (int k = 0; k < 3; ++k) {
          const auto response = client.request(post("/count", body));
          if (response && response->body == std::to_string(body.size())) ++good;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 8 * 20 * 3);
  EXPECT_TRUE(
      soon([&] { return server_->counters().connections == 0 && server_->counters().in_flight == 0; }));
}

// Where descriptors run out, what is open goes on, and what waits is taken once there are some again.
TEST_F(ServerLimitsTest, SurvivesRunningOutOfDescriptors) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "UBSan looks at objects through a pipe of its own, and there are no descriptors for it";
#endif
  const auto port = start();
  TestClient open(port);
  EXPECT_EQ(open.request(get("/"))->status, 200);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next_free = ::dup(0);
  ::close(next_free);
  const rlimit tight{.rlim_cur = static_cast<rlim_t>(next_free) + 1, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  TestClient waiting(port);  // takes the last; the system connects it, the server has none to take it with
  EXPECT_TRUE(waiting.connected());
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(open.request(get("/"))->status, 200);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(waiting.request(get("/"))->status, 200);
}

TEST_F(ServerLimitsTest, TricklingBodyEndsThoughBytesKeepComing) {
  options_.min_body_rate = 1 << 20;
  options_.body_rate_grace = std::chrono::seconds(1);
  TestClient client(start());
  client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  for (int i = 0; i < 100 && handler_.log.destroyed == 0; ++i) {
    client.send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(client.read_response()->status, 408);
  EXPECT_TRUE(soon([&] { return handler_.log.destroyed == 1; }));
}

TEST_F(ServerLimitsTest, AddressInUseIsAnError) {
  options_.port = start();
  TestHandler other;
  const auto second = Server::start(options_, other);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on 127.0.0.1:"));
}

}  // namespace
}  // namespace eyrie::net
