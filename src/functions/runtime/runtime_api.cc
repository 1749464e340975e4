#include "functions/runtime/runtime_api.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/log.h"

namespace eyrie::functions {
namespace {

constexpr std::string_view kVersion = "/2018-06-01/runtime/";
constexpr std::size_t kMaxErrorBody = 256U << 10;

net::Response error(int status, std::string_view type, std::string_view message) {
  return net::text_response(status, write_json(json::object{{"errorType", type}, {"errorMessage", message}}), "application/json");
}

net::Response accepted() { return net::text_response(202, R"({"status":"OK"})", "application/json"); }

net::Response unknown_id() { return error(400, "InvalidRequestID", "Invalid request ID"); }

net::Response wrong_state(std::string_view from, std::string_view to) {
  return error(403, "InvalidStateTransition",
               "State transition from " + std::string(from) + " to " + std::string(to) + " failed for runtime. Error: State transition is not allowed");
}

net::Response response_under_way() { return wrong_state("InvocationResponse", "InvocationResponse"); }

// The one body of a sandbox that is on its way, as long as its sink lives.
class Receiving {
 public:
  Receiving(std::shared_ptr<Sandbox> sandbox, std::uint64_t number) : sandbox_(std::move(sandbox)), number_(number) {}
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;
  ~Receiving() { sandbox_->end_receiving(number_); }
  Sandbox& sandbox() const { return *sandbox_; }

 private:
  const std::shared_ptr<Sandbox> sandbox_;
  const std::uint64_t number_;
};

// GET next: nothing to collect, and the wait belongs to finish(), where the exchange may take its time.
class NextSink final : public net::RequestSink {
 public:
  explicit NextSink(std::shared_ptr<Sandbox> sandbox) : sandbox_(std::move(sandbox)) {}
  std::optional<net::Response> write(ByteView) override { return std::nullopt; }
  net::Response finish() override {
    const auto next = sandbox_->next();
    if (!next) return error(403, "Forbidden", "This sandbox is ending, or waits for an event already.");
    net::Response response = net::text_response(200, next->invocation.payload, "application/json");
    response.headers.add("Lambda-Runtime-Aws-Request-Id", next->invocation.request_id);
    response.headers.add("Lambda-Runtime-Deadline-Ms", std::to_string(next->deadline_ms));
    response.headers.add("Lambda-Runtime-Invoked-Function-Arn", next->invocation.arn);
    if (!next->invocation.trace_id.empty()) response.headers.add("Lambda-Runtime-Trace-Id", next->invocation.trace_id);
    if (!next->invocation.client_context.empty()) response.headers.add("Lambda-Runtime-Client-Context", next->invocation.client_context);
    return response;
  }

 private:
  const std::shared_ptr<Sandbox> sandbox_;
};

}  // namespace

Result<std::unique_ptr<RuntimeApi>> RuntimeApi::start(unsigned sandboxes, std::uint64_t body_bytes) {
  std::unique_ptr<RuntimeApi> api(new RuntimeApi(body_bytes));
  // Each sandbox that waits for an event holds a worker, and no more than one.
  EYRIE_TRY(api->server_, net::Server::start({.host = "127.0.0.1",
                                              .port = 0,
                                              .workers = sandboxes + 4,
                                              .max_connections = 4096,
                                              .idle_timeout = std::chrono::hours(1)},
                                             *api));
  api->port_ = api->server_->port();
  return api;
}

RuntimeApi::~RuntimeApi() { stop(); }

void RuntimeApi::stop() {
  if (server_ != nullptr) server_->stop(std::chrono::milliseconds(0));
}

std::string RuntimeApi::address() const { return "127.0.0.1:" + std::to_string(port_); }

void RuntimeApi::expect() {
  const std::lock_guard lock(mutex_);
  ++expected_;
}

void RuntimeApi::add(const std::shared_ptr<Sandbox>& sandbox) {
  {
    const std::lock_guard lock(mutex_);
    sandboxes_[sandbox.get()] = Entry{.sandbox = sandbox, .connections = {}};
    --expected_;
    ++arrivals_;
  }
  changed_.notify_all();
}

void RuntimeApi::give_up() {
  {
    const std::lock_guard lock(mutex_);
    --expected_;
    ++arrivals_;
  }
  changed_.notify_all();
}

void RuntimeApi::remove(const std::shared_ptr<Sandbox>& sandbox) {
  const std::lock_guard lock(mutex_);
  sandboxes_.erase(sandbox.get());
}

std::shared_ptr<Sandbox> RuntimeApi::owner(const PeerSocket& socket, std::unique_lock<std::mutex>& lock) {
  for (const auto& [key, entry] : sandboxes_) {
    if (!entry.connections.contains(socket.cookie)) continue;
    if (auto sandbox = entry.sandbox.lock()) return sandbox;
  }
  std::vector<std::shared_ptr<Sandbox>> candidates;
  for (const auto& [key, entry] : sandboxes_) {
    if (auto sandbox = entry.sandbox.lock()) candidates.push_back(std::move(sandbox));
  }
  lock.unlock();
  const auto found = std::ranges::find_if(candidates, [&](const auto& sandbox) { return sandbox->owns(socket); });
  const std::shared_ptr<Sandbox> sandbox = found == candidates.end() ? nullptr : *found;
  candidates.clear();  // the last of one waits for the end of its processes: not under the lock
  lock.lock();
  return sandbox;
}

// Nobody tells of connections' ends: where there seem to be too many, the kernel is asked which there are.
bool RuntimeApi::admit(const std::shared_ptr<Sandbox>& sandbox, const PeerSocket& socket, const net::RequestHead& head, std::unique_lock<std::mutex>& lock) {
  auto entry = sandboxes_.find(sandbox.get());
  if (entry == sandboxes_.end() || entry->second.connections.contains(socket.cookie)) return true;  // not there: it ends, and is told so
  if (entry->second.connections.size() >= kMaxConnections) {
    const Connections known = entry->second.connections;
    lock.unlock();
    std::vector<std::uint64_t> ended;
    for (const auto& [cookie, connection] : known) {
      const auto there = find_peer_socket(connection.address, connection.port, port_);
      if (there ? there->cookie != cookie : there.error().code == Code::kNotFound) ended.push_back(cookie);
    }
    lock.lock();
    entry = sandboxes_.find(sandbox.get());
    if (entry == sandboxes_.end()) return true;
    for (const std::uint64_t cookie : ended) entry->second.connections.erase(cookie);
    if (entry->second.connections.size() >= kMaxConnections) return false;
  }
  entry->second.connections.emplace(socket.cookie, Connection{.address = head.peer, .port = head.peer_port});
  return true;
}

std::expected<std::shared_ptr<Sandbox>, net::Response> RuntimeApi::find(const net::RequestHead& head) {
  auto forbidden = [] { return std::unexpected(error(403, "Forbidden", "Only sandboxes' own processes may ask.")); };
  const auto socket = find_peer_socket(head.peer, head.peer_port, port_);
  if (!socket) {
    if (socket.error().code != Code::kNotFound) log_error("cannot tell who asks the Runtime API", {{"error", socket.error().message}});
    return forbidden();
  }
  std::unique_lock lock(mutex_);
  while (true) {
    const std::uint64_t arrivals = arrivals_;
    if (auto sandbox = owner(*socket, lock)) {
      const bool admitted = admit(sandbox, *socket, head, lock);
      lock.unlock();  // the last of a sandbox waits for the end of its processes
      if (admitted) return sandbox;
      net::Response refusal = error(429, "TooManyConnections", "A sandbox asks by " + std::to_string(kMaxConnections) + " connections at once, at most.");
      refusal.close = true;
      return std::unexpected(std::move(refusal));
    }
    if (arrivals_ == arrivals && expected_ == 0) return forbidden();
    changed_.wait(lock, [&] { return arrivals_ != arrivals; });
  }
}

std::unique_ptr<net::RequestSink> RuntimeApi::take_init_error(net::RequestHead head, const std::shared_ptr<Sandbox>& sandbox, std::uint64_t number) {
  const auto receiving = std::make_shared<Receiving>(sandbox, number);
  return net::collect_body(std::move(head), {.max_bytes = kMaxErrorBody, .budget = &bodies_}, [receiving](const net::RequestHead&, const Bytes& body) {
    return receiving->sandbox().init_error(std::string(as_text(body))) ? accepted() : wrong_state("Ready", "InitError");
  });
}

// Where the body is not taken, the invocation ends with the reason: no other will come.
std::unique_ptr<net::RequestSink> RuntimeApi::take_answer(net::RequestHead head, const std::shared_ptr<Sandbox>& sandbox, std::uint64_t number, const std::string& id, bool fails) {
  const auto receiving = std::make_shared<Receiving>(sandbox, number);
  auto too_large = [receiving, id](const net::RequestHead&) {
    receiving->sandbox().respond_too_large(id);
    return error(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (" + std::to_string(kMaxPayload) + " bytes).");
  };
  auto busy = [receiving, id](const net::RequestHead&) {
    const json::object told{{"errorType", "ServiceException"}, {"errorMessage", "The server has no memory left for this response now."}};
    receiving->sandbox().respond_error(id, write_json(told));
    return net::text_response(503, write_json(told), "application/json");
  };
  return net::collect_body(std::move(head), {.max_bytes = kMaxPayload, .budget = &bodies_, .too_large = std::move(too_large), .busy = std::move(busy)},
                           [receiving, id, fails](const net::RequestHead&, const Bytes& body) {
                             std::string payload(as_text(body));
                             Sandbox& asks = receiving->sandbox();
                             const bool known = fails ? asks.respond_error(id, std::move(payload)) : asks.respond(id, std::move(payload));
                             return known ? accepted() : unknown_id();
                           });
}

std::expected<std::unique_ptr<net::RequestSink>, net::Response> RuntimeApi::begin(net::RequestHead head) {
  auto found = find(head);
  if (!found) return std::unexpected(std::move(found).error());
  const std::shared_ptr<Sandbox>& sandbox = *found;
  std::string_view rest = head.path;
  if (!rest.starts_with(kVersion)) return std::unexpected(error(404, "NotFound", "There is no such path."));
  rest.remove_prefix(kVersion.size());
  const auto wrong_method = [] { return std::unexpected(error(405, "MethodNotAllowed", "There is no such method.")); };
  if (rest == "invocation/next") {
    if (head.method != "GET") return wrong_method();
    return std::make_unique<NextSink>(sandbox);
  }
  if (rest == "init/error") {
    if (head.method != "POST") return wrong_method();
    const auto number = sandbox->receive_init_error();
    if (!number) return std::unexpected(wrong_state("Ready", "InitError"));
    return take_init_error(std::move(head), sandbox, *number);
  }
  constexpr std::string_view kInvocation = "invocation/";
  const std::size_t end = rest.find('/', kInvocation.size());
  if (!rest.starts_with(kInvocation) || end == std::string_view::npos)
    return std::unexpected(error(404, "NotFound", "There is no such path."));
  const std::string id(rest.substr(kInvocation.size(), end - kInvocation.size()));
  const bool fails = rest.substr(end) == "/error";
  if (!fails && rest.substr(end) != "/response") return std::unexpected(error(404, "NotFound", "There is no such path."));
  if (head.method != "POST") return wrong_method();
  const auto number = sandbox->receive_answer(id);
  if (!number) return std::unexpected(number.error() == Sandbox::Refusal::kUnderWay ? response_under_way() : unknown_id());
  return take_answer(std::move(head), sandbox, *number, id, fails);
}

}  // namespace eyrie::functions
