// What TLS costs beside BM_Download and BM_SmallGet of server_bench.cc, and what a flood of handshakes costs others.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "base/testing.h"
#include "net/server.h"
#include "net/tls/own_certificate.h"
#include "net/tls/tls_test_client.h"

namespace eyrie::net {
namespace {

// Answers /N with N bytes.
class SizeHandler final : public Handler {
 public:
  std::expected<std::unique_ptr<RequestSink>, Response> begin(RequestHead head) override {
    return std::make_unique<Sink>(std::stoull(head.path.substr(1)));
  }

 private:
  class Zeros final : public BodySource {
   public:
    Result<std::size_t> read(std::span<std::uint8_t> into) override {
      std::memset(into.data(), 0, into.size());
      return into.size();
    }
  };
  class Sink final : public RequestSink {
   public:
    explicit Sink(std::uint64_t size) : size_(size) {}
    std::optional<Response> write(ByteView) override { return std::nullopt; }
    Response finish() override {
      Response response = text_response(200, "");
      response.source_length = size_;
      response.body = std::make_unique<Zeros>();
      return response;
    }

   private:
    const std::uint64_t size_;
  };
};

struct RunningTls {
  explicit RunningTls(bool tls) {
    ServerOptions options{.port = 0};
    if (tls) {
      const auto made = make_own_certificate({"localhost"});
      std::ofstream(file("ca.pem")) << made->authority;
      std::ofstream(file("cert.pem")) << made->certificate;
      std::ofstream(file("key.pem")) << made->key;
      options.tls = *TlsContext::load(file("cert.pem"), file("key.pem"));
    }
    server = std::move(*Server::start(options, handler));
  }
  std::string file(const char* name) const { return (directory.path() / name).string(); }

  TemporaryDirectory directory;
  SizeHandler handler;
  std::unique_ptr<Server> server;
};

std::string get(std::uint64_t size) { return "GET /" + std::to_string(size) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

// Reads a head and `size` bytes behind it. `receive` gives the next bytes' number.
template <typename Receive>
bool read_answer(std::uint64_t size, Receive receive) {
  static thread_local char buffer[64 << 10];
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::size_t got = receive(buffer, sizeof buffer);
    if (got == 0) return false;
    head.append(buffer, got);
  }
  std::uint64_t have = head.size() - head.find("\r\n\r\n") - 4;
  while (have < size) {
    const std::size_t got = receive(buffer, sizeof buffer);
    if (got == 0) return false;
    have += got;
  }
  return true;
}

bool tls_request(TlsClient& client, std::uint64_t size) {
  client.send(get(size));
  return read_answer(size, [&](char* into, std::size_t most) {
    std::size_t got = 0;
    return SSL_read_ex(client.ssl(), into, most, &got) == 1 ? got : 0;
  });
}

bool plain_request(TestClient& client, std::uint64_t size) {
  client.send(get(size));
  return read_answer(size, [&](char* into, std::size_t most) {
    return static_cast<std::size_t>(std::max<ssize_t>(0, ::recv(client.descriptor(), into, most, 0)));
  });
}

void PlainGet(benchmark::State& state) {
  RunningTls running(false);
  TestClient client(running.server->port());
  for (auto _ : state) {
    if (!plain_request(client, static_cast<std::uint64_t>(state.range(0)))) state.SkipWithError("get");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(PlainGet)->Arg(100)->Arg(16 << 20)->UseRealTime()->Unit(benchmark::kMicrosecond);

void TlsGet(benchmark::State& state) {
  RunningTls running(true);
  TlsClient client(running.server->port(), running.file("ca.pem"), {});
  for (auto _ : state) {
    if (!tls_request(client, static_cast<std::uint64_t>(state.range(0)))) state.SkipWithError("get");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(TlsGet)->Arg(100)->Arg(16 << 20)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Connection, handshake and the client's own check of the certificate.
void TlsHandshake(benchmark::State& state) {
  RunningTls running(true);
  for (auto _ : state) {
    if (!TlsClient(running.server->port(), running.file("ca.pem"), {}).connected()) state.SkipWithError("handshake");
  }
}
BENCHMARK(TlsHandshake)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Small GETs of one honest client while others begin handshakes as fast as they can; their 99th percentile.
void TlsGetBesideHandshakes(benchmark::State& state) {
  RunningTls running(true);
  TlsClient client(running.server->port(), running.file("ca.pem"), {});
  std::atomic<bool> over = false;
  std::atomic<int> handshakes = 0;
  std::vector<std::thread> flood;
  for (int i = 0; i < state.range(0); ++i) {
    flood.emplace_back([&] {
      while (!over) handshakes += TlsClient(running.server->port(), running.file("ca.pem"), {}).connected();
    });
  }
  std::vector<double> times;
  for (auto _ : state) {
    const auto since = std::chrono::steady_clock::now();
    if (!tls_request(client, 100)) state.SkipWithError("get");
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count());
  }
  over = true;
  for (std::thread& thread : flood) thread.join();
  std::ranges::sort(times);
  state.counters["p99_ms"] = times[times.size() * 99 / 100];
  state.counters["handshakes"] = benchmark::Counter(handshakes, benchmark::Counter::kIsRate);
}
BENCHMARK(TlsGetBesideHandshakes)->Arg(0)->Arg(8)->Arg(64)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace eyrie::net
