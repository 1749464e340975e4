// Small requests on kept connections, answers from a source, uploads, and how cheaply a full server refuses.
// The client's side runs on the same cores: compare with each other, not with other servers' numbers.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "net/head_parser.h"
#include "net/server.h"
#include "net/test_client.h"

namespace eyrie::net {
namespace {

class ZeroSource final : public BodySource {
 public:
  explicit ZeroSource(std::uint64_t size) : left_(size) {}
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    std::memset(into.data(), 0, size);
    left_ -= size;
    return size;
  }

 private:
  std::uint64_t left_;
};

// Answers at once; /source/N with N bytes; /hold never, until release().
class BenchHandler final : public Handler {
 public:
  std::expected<std::unique_ptr<RequestSink>, Response> begin(RequestHead head) override {
    return std::make_unique<Sink>(*this, std::move(head));
  }
  void hold() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return released_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  class Sink final : public RequestSink {
   public:
    Sink(BenchHandler& handler, RequestHead head) : handler_(handler), head_(std::move(head)) {}
    std::optional<Response> write(ByteView piece) override {
      benchmark::DoNotOptimize(piece.data());
      return std::nullopt;
    }
    Response finish() override {
      if (head_.path == "/hold") handler_.hold();
      Response response = text_response(200, "hello\n");
      if (head_.path.starts_with("/source/")) {
        response.source_length = std::stoull(head_.path.substr(8));
        response.body = std::make_unique<ZeroSource>(response.source_length);
      }
      return response;
    }

   private:
    BenchHandler& handler_;
    const RequestHead head_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
};

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

struct Running {
  explicit Running(ServerOptions options) {
    options.port = 0;
    server = std::move(*Server::start(options, handler));
  }
  ~Running() { handler.release(); }
  BenchHandler handler;
  std::unique_ptr<Server> server;
};

// One client, one request after the other: latency.
void BM_SmallGet(benchmark::State& state) {
  Running running(ServerOptions{});
  TestClient client(running.server->port());
  const std::string request = get("/");
  for (auto _ : state) benchmark::DoNotOptimize(client.request(request));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SmallGet)->UseRealTime();

// Many requests written at once: what the server does a second.
void BM_PipelinedGets(benchmark::State& state) {
  Running running(ServerOptions{});
  TestClient client(running.server->port());
  constexpr int kDepth = 64;
  std::string requests;
  for (int i = 0; i < kDepth; ++i) requests += get("/");
  for (auto _ : state) {
    client.send(requests);
    for (int i = 0; i < kDepth; ++i) benchmark::DoNotOptimize(client.read_response());
  }
  state.SetItemsProcessed(state.iterations() * kDepth);
}
BENCHMARK(BM_PipelinedGets)->UseRealTime();

// The only worker is held and the queue full: what a refusal costs beside BM_SmallGet's answer.
void BM_RefusalWhenFull(benchmark::State& state) {
  ServerOptions options;
  options.workers = 1;
  options.max_queued = 1;
  Running running(options);
  TestClient held(running.server->port());
  held.send(get("/hold"));
  TestClient queued(running.server->port());
  const auto await = [&running](std::uint64_t in_flight, std::uint64_t waiting) {
    for (;;) {
      const ServerCounters now = running.server->counters();
      if (now.in_flight == in_flight && now.queued == waiting) return;
      std::this_thread::yield();
    }
  };
  await(1, 0);
  queued.send(get("/"));
  await(2, 1);
  TestClient client(running.server->port());
  const std::string request = get("/");
  for (auto _ : state) {
    const auto response = client.request(request);
    if (!response || response->status != 503) state.SkipWithError("not refused");
  }
  state.SetItemsProcessed(state.iterations());
  running.handler.release();
}
BENCHMARK(BM_RefusalWhenFull)->UseRealTime();

void BM_Download(benchmark::State& state) {
  Running running(ServerOptions{});
  TestClient client(running.server->port());
  const std::string request = get("/source/" + std::to_string(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(client.request(request));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Download)->Arg(64 << 10)->Arg(16 << 20)->UseRealTime();

void BM_Upload(benchmark::State& state) {
  Running running(ServerOptions{});
  TestClient client(running.server->port());
  const std::string request =
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(state.range(0)) + "\r\n\r\n" +
      std::string(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(client.request(request));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Upload)->Arg(64 << 10)->Arg(16 << 20)->UseRealTime();

constexpr std::string_view kHead =
    "PUT /images/uploads/street.jpg HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nAccept-Encoding: identity\r\n"
    "User-Agent: aws-sdk\r\nExpect: 100-continue\r\nX-Amz-Date: 20261124T000000Z\r\n"
    "X-Amz-Content-SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/s3/aws4_request, "
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\r\nContent-Length: "
    "100\r\n\r\n";

void BM_ParseHead(benchmark::State& state) {
  for (auto _ : state) {
    HeadScanner scanner;
    benchmark::DoNotOptimize(scanner.scan(kHead));
    benchmark::DoNotOptimize(parse_head(kHead));
  }
}
BENCHMARK(BM_ParseHead);

}  // namespace
}  // namespace eyrie::net
