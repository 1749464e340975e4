// Event source mappings: which queues' messages a function gets.
#include "functions/event_sources/event_sources.h"

#include "api/lambda/members.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kMappingsAPage = 100;
constexpr int kMostBatch = 10'000, kMostWindow_s = 300, kMostMappingConcurrency = 1000;
constexpr const char* kReports = "ReportBatchItemFailures";

using Known = functions::EventSources::Known;

json::object describe_source(const Known& known, std::string_view state) {
  const functions::EventSource& source = known.source;
  json::object document{{"UUID", source.id},
                        {"BatchSize", source.batch},
                        {"MaximumBatchingWindowInSeconds", source.window_s},
                        {"EventSourceArn", notify::queue_arn(source.queue)},
                        {"FunctionArn", aws::regional_arn("lambda", "function:" + source.function)},
                        {"LastModified", seconds(source.modified_ms)},
                        {"State", state},
                        {"StateTransitionReason", "USER_INITIATED"},
                        {"EventSourceMappingArn", aws::regional_arn("lambda", "event-source-mapping:" + source.id)}};
  if (!known.last_result.empty()) document["LastProcessingResult"] = known.last_result;
  if (source.reports_failures) document["FunctionResponseTypes"] = json::array{kReports};
  if (source.concurrency) document["ScalingConfig"] = json::object{{"MaximumConcurrency", *source.concurrency}};
  return document;
}

json::object describe_source(const Known& known) { return describe_source(known, known.source.enabled ? "Enabled" : "Disabled"); }

// What may be changed later, too.
struct Settings {
  std::optional<std::string> function;
  std::optional<int> batch, window_s;
  std::optional<bool> enabled, reports_failures;
  std::optional<std::optional<int>> concurrency;

  void apply(functions::EventSource& source) const {
    if (function) source.function = *function;
    if (batch) source.batch = *batch;
    if (window_s) source.window_s = *window_s;
    if (enabled) source.enabled = *enabled;
    if (reports_failures) source.reports_failures = *reports_failures;
    if (concurrency) source.concurrency = *concurrency;
  }
};

// `present`: the mapping's own function, which may be gone by now; whoever enables the mapping is told.
Wire<std::string> read_function(const Backend& backend, const std::string& text, std::string_view present = "") {
  bool elsewhere = false;
  const auto named = parse_name(text, elsewhere);
  if (!named) return broken_constraint(text, "functionName", "Member must satisfy regular expression pattern: [a-zA-Z0-9-_:]+");
  if (elsewhere) return no_function(*named);
  std::string read = named->name + (named->qualifier.empty() ? "" : ":" + named->qualifier);
  if (read == present) return read;
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, *named));
  EYRIE_CHECK_OK(check_qualifier(*function, named->qualifier));
  return read;
}

Wire<void> read_response_types(const json::object& request, Settings& settings) {
  const json::value* types = request.if_contains("FunctionResponseTypes");
  if (types == nullptr || types->is_null()) return {};
  if (!types->is_array() || types->get_array().size() > 1) return serialization("FunctionResponseTypes");
  for (const json::value& type : types->get_array()) {
    if (!type.is_string() || type.get_string() != kReports)
      return broken_constraint(write_json(type), "functionResponseTypes", "Member must satisfy enum value set: [ReportBatchItemFailures]");
  }
  settings.reports_failures = !types->get_array().empty();
  return {};
}

Wire<Settings> read_settings(const Backend& backend, const json::object& request, std::string_view present = "") {
  EYRIE_CHECK_OK(refuse_members(request, {"FilterCriteria", "StartingPosition", "StartingPositionTimestamp", "ParallelizationFactor", "DestinationConfig",
                                          "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "MaximumRetryAttempts", "TumblingWindowInSeconds", "Topics", "Queues",
                                          "SourceAccessConfigurations", "SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig",
                                          "SelfManagedKafkaEventSourceConfig", "DocumentDBEventSourceConfig", "KMSKeyArn", "MetricsConfig",
                                          "ProvisionedPollerConfig"}));
  Settings settings;
  EYRIE_TRY(const auto function, text_member(request, "FunctionName", 256));
  if (function && !function->empty()) {
    EYRIE_TRY(settings.function, read_function(backend, *function, present));
  }
  EYRIE_TRY(settings.batch, integer_member(request, "BatchSize", 1, kMostBatch));
  EYRIE_TRY(settings.window_s, integer_member(request, "MaximumBatchingWindowInSeconds", 0, kMostWindow_s));
  if (const json::value* enabled = request.if_contains("Enabled"); enabled != nullptr && !enabled->is_null()) {
    EYRIE_TRY(settings.enabled, flag_member(request, "Enabled"));
  }
  EYRIE_CHECK_OK(read_response_types(request, settings));
  EYRIE_TRY(const json::object* scaling, object_member(request, "ScalingConfig"));
  if (scaling != nullptr) {
    EYRIE_TRY(settings.concurrency, integer_member(*scaling, "MaximumConcurrency", 2, kMostMappingConcurrency));
  }
  return settings;
}

}  // namespace

LambdaResult create_event_source_mapping(Backend& backend, const Call& call) {
  EYRIE_TRY(const std::string arn, required_text(call.request, "EventSourceArn", 1024));
  EYRIE_CHECK_OK(required_text(call.request, "FunctionName", 256));
  const auto queue = notify::queue_of_arn(arn);
  if (!queue) return invalid("Unrecognized event source. Event sources here are queues: arn:aws:sqs:REGION:ACCOUNT:NAME.");
  EYRIE_TRY(const Settings settings, read_settings(backend, call.request));
  functions::EventSource source{.queue = *queue};
  settings.apply(source);
  EYRIE_TRY(const Known known, wire(backend.event_sources.create(source)));
  return Answer{.status = 202, .document = describe_source(known)};
}

LambdaResult get_event_source_mapping(Backend& backend, const Call& call) {
  EYRIE_TRY(const Known known, wire(backend.event_sources.find(call.part)));
  return Answer{.document = describe_source(known)};
}

LambdaResult list_event_source_mappings(Backend& backend, const Call& call) {
  const auto asked = [&](const char* name) {
    const auto found = call.query.find(name);
    return found == call.query.end() ? std::string() : found->second;
  };
  const std::string arn = asked("EventSourceArn");
  std::string function = asked("FunctionName");
  if (!function.empty()) {
    EYRIE_TRY(function, read_function(backend, function));
  }
  std::vector<Listed> entries;
  for (const Known& known : backend.event_sources.list()) {
    if (!arn.empty() && notify::queue_arn(known.source.queue) != arn) continue;
    if (!function.empty() && known.source.function != function) continue;
    entries.push_back({.key = known.source.id, .shown = describe_source(known)});
  }
  EYRIE_TRY(json::object document, page(call, "EventSourceMappings", std::move(entries), kMappingsAPage));
  return Answer{.document = std::move(document)};
}

LambdaResult update_event_source_mapping(Backend& backend, const Call& call) {
  EYRIE_TRY(const Known present, wire(backend.event_sources.find(call.part)));
  EYRIE_TRY(const Settings settings, read_settings(backend, call.request, present.source.function));
  EYRIE_TRY(const Known known, wire(backend.event_sources.update(call.part, [&](functions::EventSource& source) { settings.apply(source); })));
  return Answer{.status = 202, .document = describe_source(known)};
}

LambdaResult delete_event_source_mapping(Backend& backend, const Call& call) {
  EYRIE_TRY(const Known known, wire(backend.event_sources.remove(call.part)));
  return Answer{.status = 202, .document = describe_source(known, "Deleting")};
}

}  // namespace eyrie::api::lambda
