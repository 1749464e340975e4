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

net::Response of_answer(bool known) {
  return known ? accepted() : error(400, "InvalidRequestID", "Invalid request ID");
}

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

Result<std::unique_ptr<RuntimeApi>> RuntimeApi::start(unsigned sandboxes) {
  std::unique_ptr<RuntimeApi> api(new RuntimeApi);
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

void RuntimeApi::stop() { server_->stop(std::chrono::milliseconds(0)); }

std::string RuntimeApi::address() const { return "127.0.0.1:" + std::to_string(port_); }

void RuntimeApi::expect() {
  const std::lock_guard lock(mutex_);
  ++expected_;
}

void RuntimeApi::add(const std::shared_ptr<Sandbox>& sandbox) {
  {
    const std::lock_guard lock(mutex_);
    sandboxes_[sandbox.get()] = {.sandbox = sandbox};
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
  std::vector<std::shared_ptr<Sandbox>> candidates;
  for (const auto& [key, entry] : sandboxes_) {
    auto sandbox = entry.sandbox.lock();
    if (sandbox == nullptr) continue;
    if (entry.cookie == socket.cookie) return sandbox;
    candidates.push_back(std::move(sandbox));
  }
  lock.unlock();
  const auto found = std::ranges::find_if(candidates, [&](const auto& sandbox) { return sandbox->owns(socket); });
  const std::shared_ptr<Sandbox> sandbox = found == candidates.end() ? nullptr : *found;
  candidates.clear();  // the last of one waits for the end of its processes: not under the lock
  lock.lock();
  if (const auto entry = sandboxes_.find(sandbox.get()); entry != sandboxes_.end()) entry->second.cookie = socket.cookie;
  return sandbox;
}

std::shared_ptr<Sandbox> RuntimeApi::find(const net::RequestHead& head) {
  const auto socket = find_peer_socket(head.peer, head.peer_port, port_);
  if (!socket) {
    if (socket.error().code != Code::kNotFound) log_error("cannot tell who asks the Runtime API", {{"error", socket.error().message}});
    return nullptr;
  }
  std::unique_lock lock(mutex_);
  while (true) {
    const std::uint64_t arrivals = arrivals_;
    if (auto sandbox = owner(*socket, lock)) return sandbox;
    if (arrivals_ == arrivals && expected_ == 0) return nullptr;
    changed_.wait(lock, [&] { return arrivals_ != arrivals; });
  }
}

std::expected<std::unique_ptr<net::RequestSink>, net::Response> RuntimeApi::begin(net::RequestHead head) {
  const auto sandbox = find(head);
  if (sandbox == nullptr) return std::unexpected(error(403, "Forbidden", "Only sandboxes' own processes may ask."));
  std::string_view rest = head.path;
  if (!rest.starts_with(kVersion)) return std::unexpected(error(404, "NotFound", "There is no such path."));
  rest.remove_prefix(kVersion.size());
  if (head.method == "GET" && rest == "invocation/next") return std::make_unique<NextSink>(sandbox);
  if (head.method != "POST") return std::unexpected(error(405, "MethodNotAllowed", "There is no such method."));
  if (rest == "init/error") {
    return net::collect_body(std::move(head), {.max_bytes = kMaxErrorBody}, [sandbox](const net::RequestHead&, const Bytes& body) {
      sandbox->init_error(std::string(as_text(body)));
      return accepted();
    });
  }
  constexpr std::string_view kInvocation = "invocation/";
  const std::size_t end = rest.find('/', kInvocation.size());
  if (!rest.starts_with(kInvocation) || end == std::string_view::npos)
    return std::unexpected(error(404, "NotFound", "There is no such path."));
  const std::string id(rest.substr(kInvocation.size(), end - kInvocation.size()));
  const bool fails = rest.substr(end) == "/error";
  if (!fails && rest.substr(end) != "/response") return std::unexpected(error(404, "NotFound", "There is no such path."));
  auto too_large = [sandbox, id](const net::RequestHead&) {
    sandbox->respond_too_large(id);
    return error(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (" + std::to_string(kMaxPayload) + " bytes).");
  };
  return net::collect_body(std::move(head), {.max_bytes = kMaxPayload, .too_large = too_large},
                           [sandbox, id, fails](const net::RequestHead&, const Bytes& body) {
                             std::string payload(as_text(body));
                             return of_answer(fails ? sandbox->respond_error(id, std::move(payload))
                                                    : sandbox->respond(id, std::move(payload)));
                           });
}

}  // namespace eyrie::functions
