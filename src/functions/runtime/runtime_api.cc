#include "functions/runtime/runtime_api.h"

#include "base/json.h"

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
  return api;
}

RuntimeApi::~RuntimeApi() { stop(); }

void RuntimeApi::stop() { server_->stop(std::chrono::milliseconds(0)); }

std::string RuntimeApi::address(const std::string& token) const {
  return "127.0.0.1:" + std::to_string(server_->port()) + "/" + token;
}

void RuntimeApi::expect(const std::string& token) {
  const std::lock_guard lock(mutex_);
  sandboxes_[token] = std::nullopt;
}

void RuntimeApi::add(const std::string& token, std::weak_ptr<Sandbox> sandbox) {
  {
    const std::lock_guard lock(mutex_);
    sandboxes_[token] = std::move(sandbox);
  }
  changed_.notify_all();
}

void RuntimeApi::remove(const std::string& token) {
  {
    const std::lock_guard lock(mutex_);
    sandboxes_.erase(token);
  }
  changed_.notify_all();
}

std::shared_ptr<Sandbox> RuntimeApi::find(const std::string& token) {
  std::unique_lock lock(mutex_);
  auto found = sandboxes_.end();
  changed_.wait(lock, [&] {
    found = sandboxes_.find(token);
    return found == sandboxes_.end() || found->second;
  });
  return found == sandboxes_.end() ? nullptr : found->second->lock();
}

std::expected<std::unique_ptr<net::RequestSink>, net::Response> RuntimeApi::begin(net::RequestHead head) {
  const std::size_t slash = head.path.find('/', 1);
  const std::string token = head.path.substr(1, slash == std::string::npos ? std::string::npos : slash - 1);
  const auto sandbox = find(token);
  std::string_view rest = slash == std::string::npos ? std::string_view() : std::string_view(head.path).substr(slash);
  if (sandbox == nullptr || !rest.starts_with(kVersion)) return std::unexpected(error(404, "NotFound", "There is no such path."));
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
