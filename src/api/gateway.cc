#include "api/gateway.h"

#include <algorithm>

#include "api/s3/request.h"
#include "aws/sigv4.h"
#include "base/time/clock.h"
#include "base/log.h"
#include "monitor/traces/trace_segment.h"

namespace eyrie::api {
namespace {

constexpr std::string_view kOwnPrefix = "/_";

bool asks_for_console(const net::RequestHead& head) {
  return head.path == "/" && head.query.empty() && (head.method == "GET" || head.method == "HEAD") &&
         !head.headers.has("Authorization") && head.headers.get("Accept").contains("text/html");
}

net::Response to_console() {
  net::Response response = net::text_response(302, "");
  response.headers.set("Location", "/_console/");
  return response;
}

class PageSink final : public net::RequestSink {
 public:
  explicit PageSink(net::Response response) : response_(std::move(response)) {}
  std::optional<net::Response> write(ByteView) override {
    return std::nullopt;
  }  // nothing of ours takes a body
  net::Response finish() override { return std::move(response_); }

 private:
  net::Response response_;
};

}  // namespace

// A browser that is led to an object must not take it for a page of this origin, whatever type its owner gave it: the console is of the same
// origin. Clients that are no browsers never say Sec-Fetch-Dest.
void confine(const net::RequestHead& head, net::Response& response) {
  static constexpr std::string_view kPages[] = {"document", "iframe", "frame", "embed", "object"};
  if (std::ranges::find(kPages, head.headers.get("Sec-Fetch-Dest")) != std::end(kPages)) response.headers.set("Content-Security-Policy", "sandbox");
}

// Wraps a service's sink: the log context and the place for steps around each call, the note at the end.
class Gateway::Observed final : public net::RequestSink {
 public:
  Observed(Gateway& gateway, ContextPtr context, std::string_view service,
           std::unique_ptr<net::RequestSink> sink, std::unique_ptr<StepLog> steps)
      : gateway_(gateway),
        context_(std::move(context)),
        service_(service),
        sink_(std::move(sink)),
        steps_(std::move(steps)) {}

  std::optional<net::Response> write(ByteView piece) override {
    const LogContext log(context_->head.id, context_->trace.own.trace_id);
    const StepScope scope({.log = steps_.get()});
    has_body_ = true;
    auto response = sink_->write(piece);
    if (response) confine(context_->head, *response);
    if (response) gateway_.note(*context_, service_, *response, *steps_);
    return response;
  }
  net::Response finish() override {
    const LogContext log(context_->head.id, context_->trace.own.trace_id);
    const StepScope scope({.log = steps_.get()});
    if (has_body_) note_step("body", steps_->elapsed_ms());
    net::Response response = sink_->finish();
    confine(context_->head, response);
    gateway_.note(*context_, service_, response, *steps_);
    return response;
  }

 private:
  Gateway& gateway_;
  const ContextPtr context_;
  const std::string_view service_;
  const std::unique_ptr<net::RequestSink> sink_;
  const std::unique_ptr<StepLog> steps_;
  bool has_body_ = false;
};

void Gateway::add_service(std::unique_ptr<Service> service) {
  services_.push_back(std::move(service));
}

void Gateway::add_own_service(std::string path, std::unique_ptr<Service> service) {
  own_services_[std::move(path)] = std::move(service);
}

void Gateway::add_page(std::string path, Page page) {
  pages_[std::move(path)] = std::move(page);
}

std::expected<std::unique_ptr<net::RequestSink>, net::Response> Gateway::begin(net::RequestHead head) {
  // A key may begin with what a bucket cannot: where the host names a bucket, nothing is ours.
  const bool names_bucket = !s3::bucket_of_host(head.headers.get("Host")).empty();
  Service* const own = names_bucket ? nullptr : own_service_for(head);
  if (own == nullptr && !names_bucket && head.path.starts_with(kOwnPrefix)) return std::make_unique<PageSink>(own_page(head));
  if (!names_bucket && asks_for_console(head)) return std::make_unique<PageSink>(to_console());
  return serve(own, std::move(head));
}

std::expected<std::unique_ptr<net::RequestSink>, net::Response> Gateway::serve(Service* own, net::RequestHead head) {
  auto steps = std::make_unique<StepLog>();
  RequestTrace trace = trace_of(head);
  auto context = std::make_shared<Context>(Context{.head = std::move(head), .trace = std::move(trace), .limiter = &limiter_});
  const LogContext log(context->head.id, context->trace.own.trace_id);
  const StepScope scope({.log = steps.get()});
  Service& service = own != nullptr ? *own : service_for(context->head);
  context->service = service.name();
  BeginResult sink = service.begin(context);
  if (!sink) {
    confine(context->head, sink.error());
    note(*context, service.name(), sink.error(), *steps);
    return std::unexpected(std::move(sink.error()));
  }
  return std::make_unique<Observed>(*this, context, service.name(), std::move(*sink), std::move(steps));
}

Service& Gateway::service_for(const net::RequestHead& head) {
  const std::string_view claimed = aws::claimed_service(head);
  const std::string_view target = head.headers.get("X-Amz-Target");
  for (const auto& service : services_) {
    if (service->name() == claimed) return *service;
  }
  for (const auto& service : services_) {
    const std::string_view prefix = service->target_prefix();
    if (claimed.empty() && !prefix.empty() && target.starts_with(prefix)) return *service;
  }
  return *services_.front();
}

Service* Gateway::own_service_for(const net::RequestHead& head) {
  for (const auto& [path, service] : own_services_) {
    if (head.path.starts_with(path)) return service.get();
  }
  return nullptr;
}

net::Response Gateway::own_page(const net::RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD") {
    net::Response response = net::text_response(405, "method not allowed\n");
    response.headers.set("Allow", "GET, HEAD");
    return response;
  }
  for (const auto& [path, page] : pages_) {
    if (head.path == path || (path.ends_with('/') && head.path.starts_with(path))) return page(head);
  }
  return net::text_response(404, "not found\n");
}

// A request is kept in its trace where it left an event or invoked a function, and where who was let in has asked for that.
void Gateway::trace(const Context& context, const net::Response& response, const StepLog& steps) {
  const bool asked = context.trace.is_named && context.trace.own.sampled && context.caller && context.caller->principal().kind != iam::Principal::Kind::kAnonymous;
  if (!steps.is_kept() && !asked) return;
  metrics_.record(monitor::TraceSegment{.context = context.trace.own,
                                        .parent = context.trace.parent,
                                        .name = std::string(context.service) + ":" + context.operation,
                                        .request_id = context.head.id,
                                        .began_ms = context.head.received_ms,
                                        .duration_ms = steps.elapsed_ms(),
                                        .status = response.status,
                                        .steps = steps.steps()});
}

void Gateway::note(const Context& context, std::string_view service, const net::Response& response, const StepLog& steps) {
  const double ms = steps.elapsed_ms();
  trace(context, response, steps);
  const monitor::Metrics::Labels labels{{"service", std::string(service)}, {"operation", context.operation}};
  monitor::Metrics::Labels with_status = labels;
  with_status.emplace_back("status", std::to_string(response.status));
  metrics_.counter("eyrie_requests_total", "Requests answered", with_status).add();
  metrics_
      .histogram("eyrie_request_duration_ms", "Time from a request's head to its answer in milliseconds",
                 labels)
      .observe(ms);
  series_.add(context, service, response.status, ms);
  log_info("request", {{"service", service},
                       {"operation", context.operation},
                       {"method", context.head.method},
                       {"path", context.head.path},
                       {"status", response.status},
                       {"duration_ms", ms},
                       {"peer", context.head.peer},
                       {"user", context.user}});
}

}  // namespace eyrie::api
