// Invoke: wait for the answer, leave an event, or only ask whether it could be done.
#include "api/common/requester.h"
#include "api/lambda/members.h"
#include "base/encoding.h"
#include "base/trace/trace_steps.h"
#include "net/worker_pool.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kMaxClientContext = 3583;
constexpr const char* kTraceHeader = "X-Amzn-Trace-Id";

aws::WireError throttled(const std::string& reason) {
  return {429, "TooManyRequestsException", "Rate Exceeded.", {{"Reason", reason}}};
}

// A function of this process: it answers null, or fails.
LambdaResult invoke_built_in(functions::Function& function, const Call& call, const std::string& payload) {
  const Status done = function.invoke({.function = function.name(), .payload = payload, .request_id = call.context.head.id, .trace = cause_of(call.context)});
  Answer answer{.payload = "null", .headers = {{"X-Amz-Executed-Version", functions::kLatest}, {kTraceHeader, write_xray_header(call.context.trace.own)}}};
  if (!done) {
    answer.payload = write_json(json::object{{"errorType", code_name(done.error().code)}, {"errorMessage", done.error().message}});
    answer.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
  }
  return answer;
}

}  // namespace

LambdaResult invoke(Backend& backend, const Call& call) {
  const net::Headers& headers = call.context.head.headers;
  const std::string type(headers.has("X-Amz-Invocation-Type") ? headers.get("X-Amz-Invocation-Type") : "RequestResponse");
  if (type != "RequestResponse" && type != "Event" && type != "DryRun")
    return broken_constraint(type, "invocationType", "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
  const std::string log_type(headers.get("X-Amz-Log-Type"));
  if (!log_type.empty() && log_type != "None" && log_type != "Tail") return broken_constraint(log_type, "logType", "Member must satisfy enum value set: [None, Tail]");
  functions::Function* built_in = nullptr;
  for (functions::Function* function : backend.built_in) {
    if (function->name() == call.named.name) built_in = function;
  }
  if (built_in != nullptr && !call.named.qualifier.empty() && call.named.qualifier != functions::kLatest) return no_function(call.named);
  if (built_in == nullptr && !backend.deployed.check(call.named.target())) return no_function(call.named);
  if (type == "DryRun") return Answer{.status = 204};

  const std::string payload = call.body.empty() ? "{}" : std::string(as_text(call.body));
  if (const auto parsed = parse_json(payload, functions::kMaxPayloadDepth); !parsed)
    return std::unexpected(aws::WireError{400, "InvalidRequestContentException", "Could not parse request body into json: " + parsed.error().message});
  if (type == "Event") {
    if (payload.size() > functions::kMaxAsyncPayload)
      return std::unexpected(aws::WireError{413, "RequestTooLargeException", std::to_string(payload.size()) + " byte payload is too large for the Event invocation type (limit " + std::to_string(functions::kMaxAsyncPayload) + " bytes)"});
    const Status left = built_in != nullptr ? backend.events.push({.function = built_in->name(), .payload = payload, .request_id = call.context.head.id, .trace = cause_of(call.context)})
                                            : backend.deployed.invoke_later(call.named.target(), payload, call.context.head.id, cause_of(call.context));
    if (!left) return std::unexpected(wire_error(left.error()));
    return Answer{.status = 202, .headers = {{kTraceHeader, write_xray_header(call.context.trace.own)}}};
  }
  keep_trace();
  if (built_in != nullptr) return invoke_built_in(*built_in, call, payload);

  functions::Invocation invocation{.request_id = call.context.head.id, .payload = payload, .cause = cause_of(call.context)};
  if (const std::string* context = headers.find("X-Amz-Client-Context")) {
    const auto decoded = base64_decode(*context);
    if (!decoded || context->size() > kMaxClientContext || !parse_json(as_text(*decoded)))
      return std::unexpected(aws::WireError{400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."});
    invocation.client_context = write_json(*parse_json(as_text(*decoded)));  // in one line: it becomes a header
  }
  const net::WaitingElsewhere waiting;
  auto invoked = backend.deployed.invoke_now(call.named.target(), std::move(invocation));
  if (!invoked) {
    if (invoked.error().code == Code::kUnavailable) return std::unexpected(throttled(invoked.error().message));
    if (invoked.error().code == Code::kPermissionDenied) return std::unexpected(aws::WireError{400, "RecursiveInvocationException", invoked.error().message});
    return std::unexpected(wire_error(invoked.error()));
  }
  Answer answer{.payload = std::move(invoked->outcome.payload), .headers = {{"X-Amz-Executed-Version", invoked->version}, {kTraceHeader, write_xray_header(call.context.trace.own)}}};
  if (invoked->outcome.failed) answer.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
  if (log_type == "Tail") answer.headers.emplace_back("X-Amz-Log-Result", base64_encode(as_bytes(invoked->outcome.log_tail)));
  return answer;
}

}  // namespace eyrie::api::lambda
