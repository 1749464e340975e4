// HTTP as Eyrie's services see it: a request head, a body that comes in pieces, a response.
//
// A service implements Handler. For each request, once its head is read, the server calls begin() and gets a
// RequestSink: the one exchange's object. The server then calls write() for each piece of the body and
// finish() at its end; the answer of finish() is sent. Returning a Response early (from begin or write) ends
// the exchange: the rest of the body is read and dropped up to a bound, else the connection closes.
//
// All these calls run on the server's worker pool, never on an I/O thread; those of one exchange never
// overlap and are ordered, but may come on different threads. None is called while the client is slow to
// send: a slow client holds no thread. If the client goes away the sink is destroyed without finish().
//
// Source: RFC 9110, RFC 9112. Plain data is not synchronised.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::net {

// Header fields in order of arrival; names compare without case. Lookup is linear: requests have few.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void remove(std::string_view name);
  // First value, or nullptr.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // "" where absent
  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::size_t count(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

bool equals_ignore_case(std::string_view a, std::string_view b);
// Whether an IP address is of this machine alone: nothing that is sent there leaves it.
bool is_loopback(std::string_view address);

struct RequestHead {
  std::string method;  // "GET", upper case
  std::string target;  // as on the request line: "/images/a%20b?list-type=2"
  std::string path;    // target up to '?', still encoded, starting with '/'
  std::string query;   // after '?', still encoded, without it
  Headers headers;
  std::optional<std::uint64_t> content_length;  // absent: no body, or chunked
  bool chunked = false;
  std::string peer;              // IP address of the client
  std::uint16_t peer_port = 0;
  bool secure = false;           // over TLS
  std::string_view tls_version;  // "1.2", "1.3"; empty where it is not
  std::string id;                // request id, unique; the log and the answer carry it
  std::int64_t received_ms = 0;  // wall clock
};

// Name and value pairs of a query string, decoded ('+' stays '+': S3's clients send %20), in order. A name
// without '=' has an empty value. nullopt where an escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

// A response body made while it is sent. read() fills `into` and says how many bytes; 0 is the end. Runs on
// the pool. Outlives its sink, which goes as soon as there is a response.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual Result<std::size_t> read(std::span<std::uint8_t> into) = 0;
};

struct Response {
  int status = 200;
  Headers headers;  // Content-Length, Date, Server and Connection are the server's
  // A source's length must be told, or kUnknownLength for an endless or unknown one (sent chunked).
  std::variant<std::string, std::unique_ptr<BodySource>> body;
  std::uint64_t source_length = 0;
  // For HEAD: Content-Length to announce without a body.
  std::optional<std::uint64_t> announced_length;
  bool close = false;  // end the connection after this response

  static constexpr std::uint64_t kUnknownLength = ~0ULL;
};

Response text_response(int status, std::string body,
                       std::string_view content_type = "text/plain; charset=utf-8");

class RequestSink {
 public:
  virtual ~RequestSink() = default;
  // A piece of the body, valid during the call. A Response ends the exchange early.
  virtual std::optional<Response> write(ByteView piece) = 0;
  virtual Response finish() = 0;
};

class Handler {
 public:
  virtual ~Handler() = default;
  virtual std::expected<std::unique_ptr<RequestSink>, Response> begin(RequestHead head) = 0;
};

// A sink that gathers the whole body, at most max_bytes, then calls `handle(head, body)`. Over the limit it
// answers `too_large(head)`. Memory comes from `budget` where given (see MemoryBudget): refused ->
// `busy(head)`.
class MemoryBudget;
struct CollectOptions {
  std::size_t max_bytes = 0;
  MemoryBudget* budget = nullptr;
  std::function<Response(const RequestHead&)> too_large;  // default: 413
  std::function<Response(const RequestHead&)> busy;       // default: 503 with Retry-After
};
std::unique_ptr<RequestSink> collect_body(RequestHead head, CollectOptions options,
                                          std::function<Response(const RequestHead&, Bytes body)> handle);

// Bytes that request bodies may hold in memory at once, over the whole server. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit_bytes) : limit_(limit_bytes) {}
  bool take(std::uint64_t bytes);
  void give(std::uint64_t bytes) { used_ -= bytes; }
  std::uint64_t used() const { return used_; }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace eyrie::net
