#include "net/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "net/test_client.h"

namespace eyrie::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Holds threads back until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

// What happened to sinks, over all of them.
struct SinkLog {
  std::atomic<int> begun{0};
  std::atomic<int> finished{0};
  std::atomic<int> destroyed{0};
  std::atomic<std::uint64_t> bytes{0};
};

// `size` bytes of a pattern, made as they are read.
class PatternSource final : public BodySource {
 public:
  PatternSource(std::uint64_t size, std::uint64_t fail_at, std::atomic<int>* destroyed)
      : size_(size), fail_at_(fail_at), destroyed_(destroyed) {}
  ~PatternSource() override { ++*destroyed_; }
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    if (at_ >= fail_at_) return fail(Code::kIo, "the disk is gone");
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - at_));
    for (std::size_t i = 0; i < size; ++i) into[i] = static_cast<std::uint8_t>('a' + (at_ + i) % 26);
    at_ += size;
    return size;
  }

 private:
  const std::uint64_t size_;
  const std::uint64_t fail_at_;
  std::atomic<int>* destroyed_;
  std::uint64_t at_ = 0;
};

bool is_pattern(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != static_cast<char>('a' + i % 26)) return false;
  }
  return true;
}

// The paths of the test server:
//   /echo    the body and how it came      /count    number of bytes of the body
//   /refuse  403 from begin()              /early    413 from the first write()
//   /hold    waits at the gate             /throw    throws from begin, /throw-late from finish
//   /source/N, /chunks/N, /broken/N        N bytes from a source: told length, unknown, failing in the middle
//   /query   the query; /204               no content
class TestHandler final : public Handler {
 public:
  std::expected<std::unique_ptr<RequestSink>, Response> begin(RequestHead head) override;

  SinkLog log;
  Gate gate;
  std::atomic<int> sources_destroyed{0};
};

class TestSink final : public RequestSink {
 public:
  TestSink(TestHandler& handler, RequestHead head) : handler_(handler), head_(std::move(head)) {}
  ~TestSink() override { ++handler_.log.destroyed; }

  std::optional<Response> write(ByteView piece) override {
    if (head_.path == "/early") return text_response(413, "enough\n");
    handler_.log.bytes += piece.size();
    size_ += piece.size();
    if (head_.path == "/echo") body_ += as_text(piece);
    if (head_.path == "/hold-write") handler_.gate.pass();
    return std::nullopt;
  }

  Response finish() override {
    ++handler_.log.finished;
    if (head_.path == "/echo") return text_response(200, head_.method + ":" + body_);
    if (head_.path == "/count") return text_response(200, std::to_string(size_));
    if (head_.path == "/query") return text_response(200, head_.query);
    if (head_.path == "/204") return text_response(204, "");
    if (head_.path == "/split") {
      Response response = text_response(200, "ok");
      response.headers.add("X-Good", "1");
      response.headers.add("X-Bad", "a\r\nSet-Cookie: b");
      response.headers.add("Content-Length", "999");
      return response;
    }
    if (head_.path == "/throw-late") throw std::runtime_error("late");
    if (head_.path == "/hold") handler_.gate.pass();
    for (const std::string_view kind : {"/source/", "/chunks/", "/broken/"}) {
      if (head_.path.starts_with(kind)) return from_source(kind);
    }
    return text_response(200, "hello\n");
  }

 private:
  Response from_source(std::string_view kind) {
    const std::uint64_t size = std::stoull(head_.path.substr(kind.size()));
    Response response = text_response(200, "");
    response.source_length = kind == "/chunks/" ? Response::kUnknownLength : size;
    response.body = std::make_unique<PatternSource>(size, kind == "/broken/" ? size / 2 : ~0ULL,
                                                    &handler_.sources_destroyed);
    return response;
  }

  TestHandler& handler_;
  const RequestHead head_;
  std::string body_;
  std::uint64_t size_ = 0;
};

std::expected<std::unique_ptr<RequestSink>, Response> TestHandler::begin(RequestHead head) {
  ++log.begun;
  if (head.path == "/refuse") return std::unexpected(text_response(403, "no\n"));
  if (head.path == "/throw") throw std::runtime_error("early");
  if (head.path == "/hold-begin") gate.pass();
  return std::make_unique<TestSink>(*this, std::move(head));
}

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::kOff);
    options_.port = 0;
    options_.workers = 2;
  }
  void TearDown() override {
    handler_.gate.open();
    server_.reset();
    set_log_level(LogLevel::kInfo);
  }
  std::uint16_t start() {
    auto server = Server::start(options_, handler_);
    if (!server) ADD_FAILURE() << server.error().message;
    server_ = std::move(*server);
    return server_->port();
  }
  // Waits for what another thread will soon make true.
  static bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  ServerOptions options_;
  TestHandler handler_;
  std::unique_ptr<Server> server_;
};

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}
std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST_F(ServerTest, AnswersOnKeptConnection) {
  TestClient client(start());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.request(get("/query?a=" + std::to_string(i)));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "a=" + std::to_string(i));
    EXPECT_THAT(response->head, HasSubstr("Server: Eyrie\r\n"));
    EXPECT_THAT(response->head, HasSubstr("Date: "));
    EXPECT_THAT(response->head, HasSubstr("x-amzn-RequestId: "));
    EXPECT_THAT(response->head, Not(HasSubstr("Connection:")));
  }
  EXPECT_EQ(server_->counters().requests, 3U);
  EXPECT_EQ(server_->counters().connections, 1U);
}

TEST_F(ServerTest, ClosesWhereAsked) {
  const auto port = start();
  TestClient asked(port);
  const auto response = asked.request("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(asked.at_end());

  TestClient old(port);
  EXPECT_EQ(old.request("GET / HTTP/1.0\r\n\r\n")->status, 200);
  EXPECT_TRUE(old.at_end());

  TestClient old_kept(port);
  EXPECT_THAT(old_kept.request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->head,
              HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_EQ(old_kept.request("GET / HTTP/1.0\r\n\r\n")->status, 200);
}

TEST_F(ServerTest, TakesRequestsByteByByte) {
  TestClient client(start());
  for (const char c : post("/echo", "abc")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.read_response()->body, "POST:abc");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(start());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post("/echo", std::to_string(i));
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "POST:" + std::to_string(i));
  }
}

TEST_F(ServerTest, HeadHasLengthAndNoBody) {
  TestClient client(start());
  for (const std::string_view path : {"/", "/source/1000000"}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto response = client.read_response(true);
    ASSERT_TRUE(response);
    EXPECT_THAT(response->head,
                HasSubstr(path == "/" ? "Content-Length: 6\r\n" : "Content-Length: 1000000\r\n"));
  }
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
  EXPECT_THAT(client.request(get("/204"))->head, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, StreamsLargeBodiesBothWays) {
  options_.piece_bytes = 64 << 10;
  const auto port = start();
  TestClient client(port);
  constexpr std::size_t kSize = 20 << 20;
  EXPECT_EQ(client.request(post("/count", std::string(kSize, 'x')))->body, std::to_string(kSize));
  for (const std::string_view kind : {"/source/", "/chunks/"}) {
    const auto response = client.request(get(std::string(kind) + std::to_string(kSize)));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body.size(), kSize);
    EXPECT_TRUE(is_pattern(response->body));
  }
  EXPECT_EQ(client.request(get("/source/0"))->body, "");
  EXPECT_EQ(client.request(get("/chunks/0"))->body, "");
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 4; }));
  EXPECT_EQ(server_->counters().in_flight, 0U);
}

TEST_F(ServerTest, DecodesChunkedBodies) {
  TestClient client(start());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.request(head + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n")->body,
            "POST:abc0123456789");
  EXPECT_EQ(client.request(head + "0\r\n\r\n")->body, "POST:");
  std::string large = "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 500; ++i) large += "1000\r\n" + std::string(0x1000, 'z') + "\r\n";
  EXPECT_EQ(client.request(large + "0\r\n\r\n")->body, std::to_string(500 * 0x1000));
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, UnknownLengthToOldClientsEndsWithTheConnection) {
  TestClient client(start());
  const auto response = client.request("GET /chunks/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, Not(HasSubstr("chunked")));
  EXPECT_EQ(response->body.size(), 100000U);
}

TEST_F(ServerTest, Sends100OnlyWhereTheBodyIsWanted) {
  const auto port = start();
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  TestClient wanted(port);
  EXPECT_EQ(wanted.request("POST /echo" + rest)->status, 100);
  EXPECT_EQ(wanted.request("abc")->body, "POST:abc");
  EXPECT_EQ(wanted.request(get("/query?next"))->body, "next");

  TestClient refused(port);
  EXPECT_EQ(refused.request("POST /refuse" + rest)->status, 403);
  EXPECT_TRUE(refused.at_end());

  // An empty body: the 100 comes even so (see respond()).
  TestClient empty(port);
  const std::string none = " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(empty.request("POST /echo" + none)->status, 100);
  EXPECT_EQ(empty.read_response()->body, "POST:");
  EXPECT_EQ(empty.request(get("/query?next"))->body, "next");

  TestClient impatient(port);
  EXPECT_EQ(impatient.request("POST /echo" + rest + "abc")->body, "POST:abc");
}

TEST_F(ServerTest, EarlyAnswerDropsASmallBodyAndGoesOn) {
  TestClient client(start());
  for (const std::string_view path : {"/refuse", "/early"}) {
    const auto response = client.request(post(path, std::string(300 << 10, 'x')));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, path == "/refuse" ? 403 : 413);
    EXPECT_EQ(client.request(get("/query?next"))->body, "next");
  }
  EXPECT_EQ(handler_.log.bytes, 0U);
}

TEST_F(ServerTest, EarlyAnswerToALargeBodyReachesTheClientAndCloses) {
  TestClient client(start());
  client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n" +
              std::string(600 << 10, 'x'));
  const auto response = client.read_response();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
  EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

TEST_F(ServerTest, VanishedClientDestroysTheSink) {
  const auto port = start();
  for (const std::string_view framing :
       {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffff\r\n"}) {
    const int before = handler_.log.destroyed;
    TestClient client(port);
    client.send("POST /count HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + std::string(50'000, 'x'));
    ASSERT_TRUE(soon([&] { return handler_.log.begun > before; }));
    client.close();
    EXPECT_TRUE(soon([&] { return handler_.log.destroyed == before + 1; }));
  }
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(
      soon([&] { return server_->counters().in_flight == 0 && server_->counters().connections == 0; }));
}

TEST_F(ServerTest, ClientThatVanishesDuringAJobLeavesNothingBehind) {
  const auto port = start();
  TestClient client(port);
  client.send("POST /hold-write HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n" +
              std::string(20'000, 'x'));
  handler_.gate.await_waiting(1);
  client.close();
  ASSERT_TRUE(soon([&] { return server_->counters().connections == 0; }));
  EXPECT_EQ(handler_.log.destroyed, 0);
  handler_.gate.open();
  EXPECT_TRUE(soon([&] { return handler_.log.destroyed == 1 && server_->counters().in_flight == 0; }));
  EXPECT_EQ(handler_.log.finished, 0);
}

TEST_F(ServerTest, VanishedReaderDestroysTheSource) {
  TestClient client(start());
  client.send(get("/source/100000000000"));
  ASSERT_TRUE(soon([&] { return handler_.log.finished == 1; }));
  client.close();
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 1; }));
}

TEST_F(ServerTest, FailingSourceBreaksOff) {
  const auto port = start();
  TestClient late(port);
  EXPECT_FALSE(late.request(get("/broken/10000000")));  // ends before its Content-Length
  TestClient at_once(port);
  EXPECT_EQ(at_once.request(get("/broken/1"))->status, 500);
}

TEST_F(ServerTest, ExceptionsBecome500) {
  TestClient client(start());
  EXPECT_EQ(client.request(get("/throw"))->status, 500);
  EXPECT_EQ(client.request(get("/throw-late"))->status, 500);
  EXPECT_EQ(client.request(get("/query?next"))->body, "next");
}

TEST_F(ServerTest, ResponseHeadersCannotBeSplit) {
  TestClient client(start());
  const auto response = client.request(get("/split"));
  EXPECT_EQ(response->body, "ok");
  EXPECT_THAT(response->head, HasSubstr("X-Good: 1\r\n"));
  EXPECT_THAT(response->head, Not(HasSubstr("Set-Cookie")));
}

TEST_F(ServerTest, RefusesWhereTheQueueIsFull) {
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

TEST_F(ServerTest, RefusesConnectionsOverTheLimit) {
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

TEST_F(ServerTest, SlowHeadsAndIdleConnectionsEnd) {
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

TEST_F(ServerTest, TricklingHeadEndsThoughBytesKeepComing) {
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

TEST_F(ServerTest, StalledBodyEnds) {
  options_.body_timeout = std::chrono::seconds(1);
  TestClient client(start());
  client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(client.read_response()->status, 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(soon([&] { return handler_.log.destroyed == 1; }));
  EXPECT_EQ(handler_.log.finished, 0);
}

TEST_F(ServerTest, StalledReaderEnds) {
  options_.body_timeout = std::chrono::seconds(1);
  TestClient client(start());
  client.send(get("/source/100000000000"));
  EXPECT_TRUE(soon([&] { return handler_.sources_destroyed == 1; }));
}

// The handler is slow, not the client: no time limit of the client's may strike.
TEST_F(ServerTest, SlowHandlerIsNotTheClientsFault) {
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

TEST_F(ServerTest, StopLetsExchangesEnd) {
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

TEST_F(ServerTest, StopDoesNotWaitForeverForClients) {
  const auto port = start();
  TestClient stuck(port);
  stuck.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
  ASSERT_TRUE(soon([&] { return handler_.log.begun == 1; }));
  server_->stop(std::chrono::milliseconds(50));
  EXPECT_EQ(handler_.log.destroyed, 1);
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(stuck.at_end());
}

TEST_F(ServerTest, ManyConnectionsAtOnce) {
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
TEST_F(ServerTest, SurvivesRunningOutOfDescriptors) {
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

TEST_F(ServerTest, TricklingBodyEndsThoughBytesKeepComing) {
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

TEST_F(ServerTest, AddressInUseIsAnError) {
  options_.port = start();
  TestHandler other;
  const auto second = Server::start(options_, other);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on 127.0.0.1:"));
}

struct BadRequest {
  std::string_view name;
  std::string bytes;
  int status;
};

// Each of these, if taken for a request by one reader and not by another, would let a client hide a request
// in it.
const BadRequest kBadRequests[] = {
    {"length and coding",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding and length",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     400},
    {"two lengths", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
     400},
    {"two equal lengths",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"length list", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
    {"length with sign", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"length too long", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
     400},
    {"unknown coding", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    {"coding list", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding twice",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     400},
    {"coding in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"folded line", "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
    {"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400},
    {"bare LF in fields", "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400},
    {"bare CR", "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400},
    {"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 36), 400},
    {"no name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
    {"no colon", "GET / HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n", 400},
    {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"strange connection", "GET / HTTP/1.1\r\nHost: x\r\nConnection: cl\xF6se\r\n\r\n", 400},
    {"strange host", "GET / HTTP/1.1\r\nHost: x@y\r\n\r\n", 400},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"raw bytes in the target", "GET /\xC3\xBC HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"absolute target", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"bad method", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
    {"lower-case method", "get / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
    {"another version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
    {"no version", "GET /\r\nHost: x\r\n\r\n", 400},
    {"unknown expectation", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\na",
     417},
    {"TLS", "\x16\x03\x01\x02\n", 400},
    {"bad chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
    {"chunk size too long",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
     "chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
     400},
    {"no chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n", 400},
    {"bare LF after a chunk size",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
    {"chunk longer than told",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
    {"endless extension",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(400, 'x') +
         "\r\nabc\r\n0\r\n\r\n",
     400},
    {"endless trailer",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " + std::string(9000, 'x') +
         "\r\n\r\n",
     400},
    {"target too long", "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
    {"endless target", "GET /" + std::string(40'000, 'x'), 414},
    {"header too long", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", 431},
};

TEST_F(ServerTest, RefusesWhatCouldSmuggleARequest) {
  const auto port = start();
  for (const BadRequest& bad : kBadRequests) {
    SCOPED_TRACE(bad.name);
    TestClient client(port);
    // What follows on the connection must not be taken for a request.
    client.send(bad.bytes + get("/query?smuggled"));
    const auto response = client.read_response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, bad.status);
    EXPECT_THAT(response->head, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(response->head, HasSubstr("Content-Type: text/plain"));
    client.half_close();
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(server_->counters().bad_requests, std::size(kBadRequests));
  EXPECT_EQ(handler_.log.finished, 0);
  EXPECT_TRUE(soon([&] { return server_->counters().in_flight == 0; }));
}

}  // namespace
}  // namespace eyrie::net
