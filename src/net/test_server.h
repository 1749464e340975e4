// The server under test: a handler whose paths do what tests need, and the fixture that runs it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "net/server.h"
#include "net/test_client.h"

namespace eyrie::net {

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

inline bool is_pattern(std::string_view text) {
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

inline std::expected<std::unique_ptr<RequestSink>, Response> TestHandler::begin(RequestHead head) {
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

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}
inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace eyrie::net
