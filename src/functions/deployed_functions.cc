#include "functions/deployed_functions.h"

#include <algorithm>

#include "aws/account.h"
#include "base/ids.h"
#include "base/log.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kDestinationErrors = "DestinationDeliveryFailures";
constexpr int kDefaultRetries = 2;
constexpr int kDefaultAge_s = 6 * 3600;
constexpr milliseconds kAfterFirstError{60'000}, kAfterSecondError{120'000};
constexpr milliseconds kFirstPutOff{1000}, kLongestPutOff{300'000};

// 0 to 1, evenly.
double random_share() {
  std::uint32_t value = 0;
  fill_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
  return value / 4294967296.0;
}

json::value json_of(const std::string& text) {
  auto parsed = parse_json(text);
  return parsed ? std::move(*parsed) : json::value(text);
}

// What destinations get. Source: developer guide, "Capturing records of Lambda asynchronous invocations".
std::string destination_record(const store::Event& event, const std::string& arn, std::string_view condition, const std::string& version,
                               bool failed, const std::string& response, std::int64_t now_ms) {
  json::object record{{"version", "1.0"},
                      {"timestamp", format_iso8601(now_ms)},
                      {"requestContext", json::object{{"requestId", event.request_id},
                                                      {"functionArn", arn},
                                                      {"condition", condition},
                                                      {"approximateInvokeCount", event.attempts + 1}}},
                      {"requestPayload", json_of(event.payload)}};
  json::object context{{"statusCode", 200}, {"executedVersion", version}};
  if (failed) context["functionError"] = "Unhandled";
  record["responseContext"] = std::move(context);
  record["responsePayload"] = json_of(response);
  return write_json(record);
}

// The event as it came, and why it did not go through. Source: developer guide, "Dead-letter queue message attributes".
DestinationMessage dead_letter(const store::Event& event, const Error& error, bool answered) {
  constexpr std::size_t kMostBytes = 1024;
  std::string why = error.message;
  if (answered) {
    const json::value answer = json_of(error.message);
    if (const json::string* message = find_string(answer, "errorMessage")) why = *message;
  }
  std::size_t kept = std::min(why.size(), kMostBytes);
  while (kept > 0 && kept < why.size() && (static_cast<unsigned char>(why[kept]) & 0xC0) == 0x80) --kept;  // no half of a character
  why.resize(kept);
  DestinationMessage message{.body = event.payload,
                             .attributes = {{"RequestID", "String", event.request_id}, {"ErrorCode", "Number", answered ? "200" : "429"}}};
  if (!why.empty()) message.attributes.push_back({"ErrorMessage", "String", why});
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
                                     Destinations* destinations, const Clock& clock)
    : registry_(registry),
      pool_(pool),
      events_(events),
      destinations_(destinations),
      clock_(clock),
      throttles_(metrics.counter("eyrie_function_throttles_total", "Invocations refused for the limits of concurrency")),
      series_(metrics) {}

Result<DeployedFunctions::Resolved> DeployedFunctions::resolve(const FunctionTarget& target) const {
  EYRIE_TRY(FunctionPtr function, registry_.find(target.name));
  std::string number = target.qualifier.empty() ? kLatest : target.qualifier;
  const std::string qualifier = number;
  if (const auto alias = function->aliases.find(number); alias != function->aliases.end()) {
    number = alias->second.version;
    double share = random_share();
    for (const auto& [version, weight] : alias->second.weights) {
      if (share < weight) number = version;
      share -= weight;
      if (share < 0) break;
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

Result<DeployedFunctions::Invoked> DeployedFunctions::invoke_now(const FunctionTarget& target, Invocation invocation) {
  EYRIE_TRY(const Resolved resolved, resolve(target));
  const FunctionVersion& version = *resolved.version;
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
    if (outcome.error().code == Code::kUnavailable) {
      throttles_.add();
      series_.add(invoked, "Throttles", 1);
    }
    return fail(outcome.error());
  }
  series_.add_invocation(invoked, outcome->failed, outcome->duration_ms);
  return Invoked{.outcome = std::move(*outcome), .version = version.version};
}

Status DeployedFunctions::invoke_later(const FunctionTarget& target, const std::string& payload, const std::string& request_id) {
  EYRIE_CHECK_OK(check(target));
  EYRIE_CHECK_OK(events_.push({.function = target.name + (target.qualifier.empty() ? "" : ":" + target.qualifier),
                               .payload = payload,
                               .request_id = request_id}));
  series_.add({.function = target.name, .qualifier = target.qualifier}, "AsyncEventsReceived", 1);
  return {};
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

Status DeployedFunctions::invoke(const store::Event& event) {
  const FunctionTarget target = target_of(event.function);
  const std::string id = is_uuid(event.request_id) ? event.request_id : request_id();
  series_.add({.function = target.name, .qualifier = target.qualifier}, "AsyncEventAge", static_cast<double>(std::max<std::int64_t>(0, clock_.now_ms() - event.created_ms)), "Milliseconds");
  EYRIE_TRY(const Invoked invoked, invoke_now(target, {.request_id = id, .arn = "", .payload = event.payload}));
  const InvocationOutcome& outcome = invoked.outcome;
  // The answer itself: give_up() has nothing else to tell of.
  if (outcome.failed) return fail(Code::kFailedPrecondition, outcome.payload);
  const auto resolved = resolve(target);
  if (resolved && !resolved->config.on_success.empty()) {
    send(resolved->config.on_success, resolved->version->role,
         {destination_record(event, resolved->function->arn() + ":" + invoked.version, "Success", invoked.version, false, outcome.payload, clock_.now_ms())},
         target.name, kDestinationErrors);
  }
  return {};
}

std::optional<Retry> DeployedFunctions::retry(const store::Event& event, const Error& error) const {
  const auto resolved = resolve(target_of(event.function));
  // Who is deleted is asked no more.
  if (!resolved) return Retry{.what = Retry::What::kGiveUp};
  const EventInvokeConfig& config = resolved->config;
  const std::int64_t age = clock_.now_ms() - event.created_ms;
  const std::int64_t most = 1000LL * config.age_s.value_or(kDefaultAge_s);
  const auto within = [&](Retry::What what, milliseconds after) {
    return Retry{.what = age + after.count() > most ? Retry::What::kGiveUp : what, .after = after};
  };
  if (error.code == Code::kFailedPrecondition) {
    const int failures = event.attempts + 1;
    if (failures > config.retries.value_or(kDefaultRetries)) return Retry{.what = Retry::What::kGiveUp};
    return within(Retry::What::kAgain, failures == 1 ? kAfterFirstError : kAfterSecondError);
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
  const auto resolved = resolve(target);
  if (!resolved) return {};
  series_.add({.function = target.name, .qualifier = target.qualifier}, "AsyncEventsDropped", 1);
  const bool answered = error.code == Code::kFailedPrecondition;
  const int failures = event.attempts + (answered ? 1 : 0);
  const bool exhausted = answered && failures > resolved->config.retries.value_or(kDefaultRetries);
  const std::string& version = resolved->version->version;
  if (!resolved->config.on_failure.empty()) {
    send(resolved->config.on_failure, resolved->version->role,
         {destination_record(event, resolved->function->arn() + ":" + version, exhausted ? "RetriesExhausted" : "EventAgeExceeded", version, true,
                             answered ? error.message : write_json(json::object{{"errorMessage", error.message}}), clock_.now_ms())},
         target.name, kDestinationErrors);
  }
  if (!resolved->version->dead_letter.empty())
    send(resolved->version->dead_letter, resolved->version->role, dead_letter(event, error, answered), target.name, "DeadLetterErrors");
  return {};
}

void DeployedFunctions::send(const std::string& arn, const std::string& role, const DestinationMessage& message, const std::string& of, std::string_view failure) {
  Status sent = fail(Code::kNotFound, "there is no such destination");
  if (const auto function = function_of_arn(arn)) {
    sent = invoke_later(target_of(*function), message.body, request_id());
  } else if (destinations_ != nullptr) {
    sent = destinations_->send(arn, role, message);
  }
  if (sent) return;
  series_.add({.function = of}, failure, 1);
  log_error("a destination was not reached", {{"destination", arn}, {"error", sent.error().message}});
}

}  // namespace eyrie::functions
