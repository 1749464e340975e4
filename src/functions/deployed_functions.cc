#include "functions/deployed_functions.h"

#include <algorithm>

#include "aws/account.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/trace/trace_lineage.h"
#include "functions/traced_invocation.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kDestinationErrors = "DestinationDeliveryFailures";
constexpr const char* kLoopStopped = "Lambda has detected your function being invoked in a recursive loop with other resources and stopped your function's invocation.";
constexpr int kDefaultRetries = 2;
constexpr int kDefaultAge_s = 6 * 3600;
constexpr milliseconds kFirstPutOff{1000}, kLongestPutOff{300'000};

// 0 to 1, evenly.
double random_share() {
  std::uint32_t value = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
  return value / 4294967296.0;
}

// The same for all that is asked of one try of an event: which version of an alias takes it, and which is told of to have taken it.
double share_of(const store::Event& event) {
  std::uint64_t mixed = static_cast<std::uint64_t>(event.id) * 0x9E37'79B9'7F4A'7C15 + static_cast<std::uint64_t>(event.attempts);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;  // the finalizer of SplitMix64
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  return static_cast<double>((mixed ^ (mixed >> 31)) >> 32) / 4294967296.0;
}

// As it is where it is JSON, with all its digits; else as a text.
std::string json_of(const std::string& text) { return parse_json(text, kMaxPayloadDepth) ? text : write_json(json::value(text)); }

// Whether one more invocation for this cause would be a loop that the function is not to run in.
bool is_loop(const std::string& cause, const FunctionRecord& function) {
  if (function.allows_loops) return false;
  const auto known = parse_trace_cause(cause);
  return known && passes_of(known->work.lineage, function.name) >= DeployedFunctions::kMostPasses;
}

// What an event's record and dead letter come of: what the event does, with one pass more.
std::string cause_beyond(const store::Event& event, const std::string& function) {
  auto cause = parse_trace_cause(event.trace);
  if (!cause) cause = TraceCause{.work = begin_trace(event.created_ms), .began_ms = event.created_ms, .kind = TraceCause::Kind::kFunction, .name = function};
  cause->work.lineage = with_pass(cause->work.lineage, function);
  return write_trace_cause(*cause);
}

// Why an event is given up.
enum class GivenUp {
  kFailed,    // the function answers with errors
  kLoop,      // it would run in a loop
  kGone,      // its version or alias is deleted
  kNotToRun,  // its concurrency is none
  kTooOld,
};

// As HTTP has it, and Lambda's dead letters.
int status_of(GivenUp why) {
  switch (why) {
    case GivenUp::kFailed: return 200;
    case GivenUp::kLoop: return 400;
    case GivenUp::kGone: return 404;
    default: return 429;
  }
}

// How an event ended, as its record tells it.
struct Ending {
  std::string_view condition;
  json::object response = {};                // responseContext; empty: the function was never asked
  std::optional<std::string> payload = {};   // what it answered
};

// `exhausted`: it was tried as often as it may be. `version`: that was executed; empty: it is not known. `answer`: where the function failed.
Ending ending_of(GivenUp why, bool exhausted, const std::string& version, const std::string& answer) {
  Ending ending{.condition = exhausted ? "RetriesExhausted" : "EventAgeExceeded", .response = {{"statusCode", status_of(why)}}};
  switch (why) {
    case GivenUp::kFailed:
      if (!version.empty()) ending.response["executedVersion"] = version;
      ending.response["functionError"] = "Unhandled";
      ending.payload = answer;
      break;
    case GivenUp::kLoop:
      ending.condition = "RecursiveInvocation";
      break;
    case GivenUp::kNotToRun:
      ending.condition = "ZeroReservedConcurrency";
      ending.response.clear();
      break;
    case GivenUp::kGone:
    case GivenUp::kTooOld:
      break;
  }
  return ending;
}

// What destinations get. Source: developer guide, "Capturing records of Lambda asynchronous invocations".
std::string destination_record(const store::Event& event, const std::string& arn, const Ending& ending, int invocations, std::int64_t now_ms) {
  const json::object head{{"version", "1.0"},
                          {"timestamp", format_iso8601(now_ms)},
                          {"requestContext", json::object{{"requestId", event.request_id},
                                                          {"functionArn", arn},
                                                          {"condition", ending.condition},
                                                          {"approximateInvokeCount", invocations}}}};
  std::string record = write_json(head);
  record.pop_back();
  record += R"(,"requestPayload":)" + json_of(event.payload);
  if (!ending.response.empty()) record += R"(,"responseContext":)" + write_json(ending.response);
  return record + R"(,"responsePayload":)" + (ending.payload ? json_of(*ending.payload) : "null") + "}";
}

// The event as it came, and why it did not go through. Source: developer guide, "Dead-letter queue message attributes".
DestinationMessage dead_letter(const store::Event& event, const Error& error, GivenUp why, std::string cause) {
  constexpr std::size_t kMostBytes = 1024;
  std::string reason = why == GivenUp::kLoop ? kLoopStopped : error.message;
  if (why == GivenUp::kFailed) {
    if (const auto answer = parse_json(error.message, kMaxPayloadDepth)) {
      if (const json::string* message = find_string(*answer, "errorMessage")) reason = *message;
    }
  }
  reason.resize(whole_characters(reason, kMostBytes).size());
  DestinationMessage message{.body = event.payload,
                             .attributes = {{"RequestID", "String", event.request_id}, {"ErrorCode", "Number", std::to_string(status_of(why))}},
                             .trace = std::move(cause)};
  if (!reason.empty()) message.attributes.push_back({"ErrorMessage", "String", reason});
  return message;
}

}  // namespace

std::optional<std::string> function_of_arn(std::string_view arn) {
  static const std::string kPrefix = aws::regional_arn("lambda", "function:");
  if (!arn.starts_with(kPrefix) || arn.size() == kPrefix.size()) return std::nullopt;
  return std::string(arn.substr(kPrefix.size()));
}

FunctionTarget target_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {.name = text, .qualifier = ""};
  return {.name = text.substr(0, colon), .qualifier = text.substr(colon + 1)};
}

DeployedFunctions::DeployedFunctions(Registry& registry, Pool& pool, store::EventQueue& events, monitor::Metrics& metrics,
                                     Destinations* destinations, RetryWaits retry_waits, const Clock& clock)
    : registry_(registry),
      pool_(pool),
      events_(events),
      destinations_(destinations),
      retry_waits_(retry_waits),
      clock_(clock),
      metrics_(metrics),
      throttles_(metrics.counter("eyrie_function_throttles_total", "Invocations refused for the limits of concurrency")),
      series_(metrics) {}

Result<DeployedFunctions::Resolved> DeployedFunctions::resolve(const FunctionTarget& target, std::optional<double> share) const {
  EYRIE_TRY(FunctionPtr function, registry_.find(target.name));
  std::string number = target.qualifier.empty() ? kLatest : target.qualifier;
  const std::string qualifier = number;
  if (const auto alias = function->aliases.find(number); alias != function->aliases.end()) {
    number = alias->second.version;
    double left = share ? *share : random_share();
    for (const auto& [version, weight] : alias->second.weights) {
      if (left < weight) number = version;
      left -= weight;
      if (left < 0) break;
    }
  }
  const FunctionVersion* version = function->version(number);
  if (version == nullptr) return fail(Code::kNotFound, "Function not found: " + function->arn() + ":" + target.qualifier);
  Resolved resolved{.function = function, .version = version, .config = {}};
  if (const auto config = function->invoke_configs.find(qualifier); config != function->invoke_configs.end()) resolved.config = config->second;
  return resolved;
}

Status DeployedFunctions::check(const FunctionTarget& target) const {
  EYRIE_CHECK_OK(resolve(target));
  return {};
}

Result<DeployedFunctions::Invoked> DeployedFunctions::invoke_now(const FunctionTarget& target, Invocation invocation, std::optional<double> share) {
  EYRIE_TRY(const Resolved resolved, resolve(target, share));
  const FunctionVersion& version = *resolved.version;
  if (is_loop(invocation.cause, *resolved.function)) {
    // An event is counted where it is given up.
    if (invocation.left_ms == 0) series_.add({.function = target.name, .qualifier = target.qualifier}, "RecursiveInvocationsDropped", 1);
    return fail(Code::kPermissionDenied, kLoopStopped);
  }
  TracedInvocation traced(metrics_, {.name = target.name, .request_id = invocation.request_id, .cause = invocation.cause, .left_ms = invocation.left_ms, .deliveries = invocation.deliveries});
  TraceContext own = traced.context();
  own.lineage = with_pass(own.lineage, target.name);
  invocation.trace_id = write_xray_header(own);
  EYRIE_TRY(auto code, registry_.code().unpacked(version.code, pool_.code_directory()));
  const SandboxSpec spec{.function = target.name,
                         .version = version.version,
                         .revision = version.revision_id,
                         .runtime = version.runtime,
                         .handler = version.handler,
                         .role = version.role,
                         .memory_mb = version.memory_mb,
                         .timeout_s = version.timeout_s,
                         .tmp_mb = version.tmp_mb,
                         .environment = version.environment,
                         .code = std::move(code)};
  invocation.arn = resolved.function->arn() + (target.qualifier.empty() ? "" : ":" + target.qualifier);
  const InvocationMetrics::Running running = series_.begin(target.name);
  auto outcome = pool_.invoke(spec, {.own = resolved.function->reserved, .reserved = registry_.reserved()}, invocation);
  const InvokedFunction invoked{.function = target.name, .qualifier = target.qualifier, .version = version.version, .alias = resolved.function->aliases.contains(target.qualifier)};
  if (!outcome) {
    traced.fail(outcome.error());
    if (outcome.error().code == Code::kUnavailable) {
      traced.forget();
      throttles_.add();
      series_.add(invoked, "Throttles", 1);
    }
    return fail(outcome.error());
  }
  const bool begun = outcome->duration_ms > 0;
  if (outcome->init_ms > 0) note_step("init", outcome->init_ms, !begun, outcome->duration_ms);
  if (begun) note_step("handler", outcome->duration_ms, outcome->failed);
  // The function's own failure, as the queue's events are told it.
  if (outcome->failed) traced.fail({Code::kFailedPrecondition, ""});
  series_.add_invocation(invoked, outcome->failed, outcome->duration_ms);
  return Invoked{.outcome = std::move(*outcome), .version = version.version};
}

Status DeployedFunctions::invoke_later(const FunctionTarget& target, const std::string& payload, const std::string& request_id, const std::string& cause) {
  EYRIE_CHECK_OK(check(target));
  return events_.push({.function = target.name + (target.qualifier.empty() ? "" : ":" + target.qualifier),
                       .payload = payload,
                       .request_id = request_id,
                       .trace = cause});
}

Status DeployedFunctions::reaches(const std::string& arn, const std::string& role) const {
  if (const auto function = function_of_arn(arn)) return check(target_of(*function));
  if (destinations_ == nullptr) return fail(Code::kNotFound, "there is no such destination");
  return destinations_->may_send(arn, role);
}

Result<DeployedFunctions::Traits> DeployedFunctions::traits(const FunctionTarget& target) const {
  EYRIE_TRY(const Resolved resolved, resolve(target));
  return Traits{.role = resolved.version->role, .timeout_s = resolved.version->timeout_s};
}

void DeployedFunctions::received(const store::Event& event) {
  const FunctionTarget target = target_of(event.function);
  series_.add({.function = target.name, .qualifier = target.qualifier}, "AsyncEventsReceived", 1);
}

Status DeployedFunctions::invoke(const store::Event& event) {
  const FunctionTarget target = target_of(event.function);
  const std::string id = is_uuid(event.request_id) ? event.request_id : request_id();
  series_.add_event_age({.function = target.name, .qualifier = target.qualifier}, event.created_ms, clock_.now_ms());
  EYRIE_TRY(const Invoked invoked, invoke_now(target, {.request_id = id, .arn = "", .payload = event.payload, .cause = event.trace, .left_ms = event.created_ms, .deliveries = event.deliveries}, share_of(event)));
  const InvocationOutcome& outcome = invoked.outcome;
  // The answer itself: give_up() has nothing else to tell of.
  if (outcome.failed) return fail(Code::kFailedPrecondition, outcome.payload);
  const auto resolved = resolve(target, share_of(event));
  if (resolved && !resolved->config.on_success.empty()) {
    const Ending ending{.condition = "Success", .response = {{"statusCode", 200}, {"executedVersion", invoked.version}}, .payload = outcome.payload};
    send(resolved->config.on_success, resolved->version->role,
         {.body = destination_record(event, resolved->function->arn() + ":" + invoked.version, ending, event.attempts + 1, clock_.now_ms()), .trace = cause_beyond(event, target.name)}, target.name,
         kDestinationErrors);
  }
  return {};
}

std::optional<Retry> DeployedFunctions::retry(const store::Event& event, const Error& error) const {
  const auto resolved = resolve(target_of(event.function), share_of(event));
  // Who is deleted is asked no more.
  if (!resolved || is_loop(event.trace, *resolved->function)) return Retry{.what = Retry::What::kGiveUp};
  const EventInvokeConfig& config = resolved->config;
  const std::int64_t age = clock_.now_ms() - event.created_ms;
  const std::int64_t most = 1000LL * config.age_s.value_or(kDefaultAge_s);
  const auto within = [&](Retry::What what, milliseconds after) {
    return Retry{.what = age + after.count() > most ? Retry::What::kGiveUp : what, .after = after};
  };
  if (error.code == Code::kFailedPrecondition) {
    const int failures = event.attempts + 1;
    if (failures > config.retries.value_or(kDefaultRetries)) return Retry{.what = Retry::What::kGiveUp};
    return within(Retry::What::kAgain, failures == 1 ? retry_waits_.first : retry_waits_.second);
  }
  if (pool_.stopping()) return Retry{.what = Retry::What::kLeave};
  // A concurrency of none means: not at all.
  if (resolved->function->reserved == 0U) return Retry{.what = Retry::What::kGiveUp};
  milliseconds after = kFirstPutOff;
  for (int i = event.attempts; i < event.deliveries && after < kLongestPutOff; ++i) after *= 2;
  return within(Retry::What::kLater, std::min(after, kLongestPutOff));
}

Status DeployedFunctions::give_up(const store::Event& event, const Error& error) {
  const FunctionTarget target = target_of(event.function);
  const InvokedFunction of{.function = target.name, .qualifier = target.qualifier};
  series_.add(of, "AsyncEventsDropped", 1);
  auto resolved = resolve(target, share_of(event));
  // Its version or alias is deleted: $LATEST speaks for it.
  const bool gone = !resolved;
  if (gone) resolved = resolve({.name = target.name, .qualifier = ""});
  if (!resolved) {
    log_warning("an event is dropped whose function is deleted", {{"function", event.function}, {"event", event.id}});
    return {};
  }
  const FunctionRecord& function = *resolved->function;
  const FunctionVersion& version = *resolved->version;
  const GivenUp why = is_loop(event.trace, function)            ? GivenUp::kLoop
                      : error.code == Code::kFailedPrecondition ? GivenUp::kFailed
                      : gone                                    ? GivenUp::kGone
                      : function.reserved == 0U                 ? GivenUp::kNotToRun
                                                                : GivenUp::kTooOld;
  if (why == GivenUp::kLoop) series_.add(of, "RecursiveInvocationsDropped", 1);
  const int failures = event.attempts + (why == GivenUp::kFailed ? 1 : 0);
  const std::string cause = cause_beyond(event, target.name);
  if (!resolved->config.on_failure.empty()) {
    const bool exhausted = gone || (why == GivenUp::kFailed && failures > resolved->config.retries.value_or(kDefaultRetries));
    const Ending ending = ending_of(why, exhausted, gone ? "" : version.version, error.message);
    send(resolved->config.on_failure, version.role,
         {.body = destination_record(event, function.arn() + ":" + version.version, ending, failures, clock_.now_ms()), .trace = cause}, target.name, kDestinationErrors);
  }
  if (!version.dead_letter.empty()) send(version.dead_letter, version.role, dead_letter(event, error, why, cause), target.name, "DeadLetterErrors");
  return {};
}

Status DeployedFunctions::send_to_function(const FunctionTarget& target, const DestinationMessage& message, const std::string& of) {
  // Refused when it is set; one that was set before that was would make records for ever.
  if (target.name == of) return fail(Code::kFailedPrecondition, "a function is no destination for itself");
  if (message.body.size() > kMaxAsyncPayload)
    return fail(Code::kTooLarge, "the record is longer than an event may be: " + std::to_string(message.body.size()) + " of " + std::to_string(kMaxAsyncPayload) + " bytes");
  return invoke_later(target, message.body, request_id(), message.trace);
}

void DeployedFunctions::send(const std::string& arn, const std::string& role, const DestinationMessage& message, const std::string& of, std::string_view failure) {
  Status sent = fail(Code::kNotFound, "there is no such destination");
  if (const auto function = function_of_arn(arn)) {
    sent = send_to_function(target_of(*function), message, of);
  } else if (destinations_ != nullptr) {
    sent = destinations_->send(arn, role, message);
  }
  if (sent) return;
  series_.add({.function = of}, failure, 1);
  log_error("a destination was not reached", {{"destination", arn}, {"error", sent.error().message}});
}

}  // namespace eyrie::functions
