// What is set of a function beside its configuration: reserved concurrency, recursive loops, asynchronous invocation, tags.
#include <algorithm>

#include "api/lambda/members.h"
#include "base/time/clock.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kSettingsAPage = 50;
constexpr int kMostConcurrency = 1'000'000;
constexpr const char* kAllow = "Allow";
constexpr const char* kTerminate = "Terminate";

LambdaResult changed(Backend& backend, const Named& named, int status, const std::function<Status(functions::FunctionRecord&)>& change) {
  const auto done = backend.registry.change(named.name, change);
  if (!done) return std::unexpected(wire_error(done.error()));
  return Answer{.status = status};
}

std::string qualifier_or_latest(const Named& named) { return named.qualifier.empty() ? functions::kLatest : named.qualifier; }

json::object describe_config(const functions::FunctionRecord& function, const std::string& qualifier, const functions::EventInvokeConfig& config) {
  const auto destination = [](const std::string& arn) { return arn.empty() ? json::object() : json::object{{"Destination", arn}}; };
  json::object destinations{{"OnSuccess", destination(config.on_success)}, {"OnFailure", destination(config.on_failure)}};
  json::object document{{"LastModified", seconds(config.modified_ms)}, {"FunctionArn", function.arn() + ":" + qualifier}, {"DestinationConfig", std::move(destinations)}};
  if (config.retries) document["MaximumRetryAttempts"] = *config.retries;
  if (config.age_s) document["MaximumEventAgeInSeconds"] = *config.age_s;
  return document;
}

Wire<void> read_destination(const Backend& backend, const std::string& name, const std::string& role, const json::object& destinations, std::string_view which, std::string& into) {
  EYRIE_TRY(const json::object* entry, object_member(destinations, which));
  if (entry == nullptr) return {};
  EYRIE_TRY(const auto arn, text_member(*entry, "Destination", 350));
  if (arn && !arn->empty()) {
    EYRIE_CHECK_OK(check_arn(*arn, "destinationConfig." + std::string(which == "OnSuccess" ? "onSuccess" : "onFailure") + ".destination"));
    // Whatever version or alias of it: each record would make the next.
    const auto function = functions::function_of_arn(*arn);
    if (function && functions::target_of(*function).name == name) return invalid("You can't specify the function as a destination for itself.");
    const Status reached = backend.deployed.reaches(*arn, role);
    if (!reached && reached.error().code == Code::kPermissionDenied)
      return invalid("The function's execution role does not have permissions to call " + reached.error().message + " on " + *arn);
    if (!reached) return invalid("The destination ARN " + *arn + " is invalid, or there is no such destination.");
  }
  into = arn.value_or("");
  return {};
}

Wire<void> read_config(const Backend& backend, const std::string& name, const std::string& role, const json::object& request, functions::EventInvokeConfig& config) {
  EYRIE_TRY(const auto retries, integer_member(request, "MaximumRetryAttempts", 0, 2));
  if (retries) config.retries = retries;
  EYRIE_TRY(const auto age, integer_member(request, "MaximumEventAgeInSeconds", 60, 21'600));
  if (age) config.age_s = age;
  EYRIE_TRY(const json::object* destinations, object_member(request, "DestinationConfig"));
  if (destinations == nullptr) return {};
  EYRIE_CHECK_OK(read_destination(backend, name, role, *destinations, "OnSuccess", config.on_success));
  return read_destination(backend, name, role, *destinations, "OnFailure", config.on_failure);
}

LambdaResult set_config(Backend& backend, const Call& call, bool keep) {
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
  EYRIE_CHECK_OK(check_qualifier(*function, call.named.qualifier));
  const std::string qualifier = qualifier_or_latest(call.named);
  const auto before = function->invoke_configs.find(qualifier);
  if (keep && before == function->invoke_configs.end())
    return std::unexpected(aws::WireError{404, "ResourceNotFoundException", "The function " + call.named.arn() + ":" + qualifier + " doesn't have an EventInvokeConfig"});
  functions::EventInvokeConfig config = keep ? before->second : functions::EventInvokeConfig{};
  EYRIE_TRY(const auto traits, wire(backend.deployed.traits(call.named.target())));
  EYRIE_CHECK_OK(read_config(backend, call.named.name, traits.role, call.request, config));
  if (!config.retries && !config.age_s && config.on_success.empty() && config.on_failure.empty())
    return invalid("You must specify at least one of error handling or destination setting.");
  config.modified_ms = Clock::system().now_ms();
  EYRIE_CHECK_OK(changed(backend, call.named, 200, [&](functions::FunctionRecord& record) -> Status {
    record.invoke_configs[qualifier] = config;
    return {};
  }));
  return Answer{.document = describe_config(*function, qualifier, config)};
}

// Tags are of whole functions.
Wire<Named> tagged(const Call& call) {
  bool elsewhere = false;
  auto named = call.part.starts_with("arn:") ? parse_name(call.part, elsewhere) : std::nullopt;
  if (!named) return broken_constraint(call.part, "resource", "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:...:function:[a-zA-Z0-9-_]+");
  if (elsewhere) return no_function(*named);
  if (!named->qualifier.empty()) return invalid("Tags on function aliases and versions are not supported. Please specify either a function ARN.");
  return *named;
}

}  // namespace

LambdaResult put_function_concurrency(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  EYRIE_TRY(const auto asked, integer_member(call.request, "ReservedConcurrentExecutions", 0, kMostConcurrency));
  if (!asked) return broken_constraint("null", "reservedConcurrentExecutions", "Member must not be null");
  const unsigned others = backend.registry.reserved(call.named.name);
  // One is left for those who have reserved nothing.
  if (static_cast<unsigned>(*asked) + others + 1 > backend.pool.concurrency() && *asked > 0)
    return invalid("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [1].");
  EYRIE_CHECK_OK(changed(backend, call.named, 200, [&](functions::FunctionRecord& record) -> Status {
    record.reserved = static_cast<unsigned>(*asked);
    return {};
  }));
  return Answer{.document = json::object{{"ReservedConcurrentExecutions", *asked}}};
}

LambdaResult get_function_concurrency(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  json::object document;
  if (function->reserved) document["ReservedConcurrentExecutions"] = *function->reserved;
  return Answer{.document = std::move(document)};
}

LambdaResult delete_function_concurrency(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  return changed(backend, call.named, 204, [](functions::FunctionRecord& record) -> Status {
    record.reserved.reset();
    return {};
  });
}

LambdaResult put_function_recursion_config(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  EYRIE_TRY(const std::string asked, required_text(call.request, "RecursiveLoop", 64));
  if (asked != kAllow && asked != kTerminate) return broken_constraint(asked, "recursiveLoop", "Member must satisfy enum value set: [Allow, Terminate]");
  EYRIE_CHECK_OK(changed(backend, call.named, 200, [&](functions::FunctionRecord& record) -> Status {
    record.allows_loops = asked == kAllow;
    return {};
  }));
  return Answer{.document = json::object{{"RecursiveLoop", asked}}};
}

LambdaResult get_function_recursion_config(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  return Answer{.document = json::object{{"RecursiveLoop", function->allows_loops ? kAllow : kTerminate}}};
}

LambdaResult put_event_invoke_config(Backend& backend, const Call& call) { return set_config(backend, call, false); }

LambdaResult update_event_invoke_config(Backend& backend, const Call& call) { return set_config(backend, call, true); }

LambdaResult get_event_invoke_config(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  const std::string qualifier = qualifier_or_latest(call.named);
  const auto config = function->invoke_configs.find(qualifier);
  if (config == function->invoke_configs.end())
    return std::unexpected(aws::WireError{404, "ResourceNotFoundException", "The function " + call.named.arn() + ":" + qualifier + " doesn't have an EventInvokeConfig"});
  return Answer{.document = describe_config(*function, qualifier, config->second)};
}

LambdaResult delete_event_invoke_config(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(changeable(backend, call.named));
  EYRIE_CHECK_OK(get_event_invoke_config(backend, call));
  return changed(backend, call.named, 204, [&](functions::FunctionRecord& record) -> Status {
    record.invoke_configs.erase(qualifier_or_latest(call.named));
    return {};
  });
}

LambdaResult list_event_invoke_configs(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  std::vector<Listed> entries;
  for (const auto& [qualifier, config] : function->invoke_configs)
    entries.push_back({.key = qualifier, .shown = describe_config(*function, qualifier, config)});
  EYRIE_TRY(json::object document, page(call, "FunctionEventInvokeConfigs", std::move(entries), kSettingsAPage));
  return Answer{.document = std::move(document)};
}

LambdaResult tag_resource(Backend& backend, const Call& call) {
  EYRIE_TRY(const Named named, tagged(call));
  EYRIE_CHECK_OK(function_of(backend, named));
  EYRIE_TRY(const auto tags, texts_member(call.request, "Tags"));
  for (const auto& [name, value] : tags) {
    if (name.empty() || name.size() > 128 || value.size() > 256 || name.starts_with("aws:")) return invalid("The tag " + name.substr(0, 128) + " is not allowed.");
  }
  return changed(backend, named, 204, [&](functions::FunctionRecord& record) -> Status {
    for (const auto& [name, value] : tags) record.tags[name] = value;
    if (record.tags.size() > kMaxTags) return fail(Code::kInvalidArgument, "A function can have 50 tags.");
    return {};
  });
}

LambdaResult untag_resource(Backend& backend, const Call& call) {
  EYRIE_TRY(const Named named, tagged(call));
  EYRIE_CHECK_OK(function_of(backend, named));
  return changed(backend, named, 204, [&](functions::FunctionRecord& record) -> Status {
    for (const std::string& name : call.tag_keys) record.tags.erase(name);
    return {};
  });
}

LambdaResult list_tags(Backend& backend, const Call& call) {
  EYRIE_TRY(const Named named, tagged(call));
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, named));
  return Answer{.document = json::object{{"Tags", json_of(function->tags)}}};
}

}  // namespace eyrie::api::lambda
