// Functions: what they are, what they wrote last, and one invocation to try them. They are made and changed by Lambda's API.
#include <algorithm>

#include "api/common/requester.h"
#include "api/console/operations.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "net/worker_pool.h"

namespace eyrie::api::console {
namespace {

using functions::FunctionPtr;
using functions::FunctionVersion;

constexpr std::size_t kLogShown = 64 << 10;

std::string arn_of(const std::string& name) { return aws::regional_arn("lambda", "function:" + name); }

Outcome<const Functions*> functions_of(const Call& call) {
  EYRIE_TRY(const Administration* administration, call.administration());
  if (!administration->functions) return refused(Code::kNotFound, "There are no functions here.");
  return &*administration->functions;
}

functions::Function* built_in(const Functions& functions, const std::string& name) {
  const auto found = std::ranges::find_if(functions.built_in, [&](const functions::Function* one) { return one->name() == name; });
  return found == functions.built_in.end() ? nullptr : *found;
}

json::object version_json(const FunctionVersion& version) {
  return {{"version", version.version},
          {"description", version.description},
          {"modified", format_iso8601(version.modified_ms)},
          {"sha256", version.code.sha256},
          {"bytes", version.code.size}};
}

json::object built_in_json(const std::string& name) { return {{"name", name}, {"arn", arn_of(name)}, {"built_in", true}}; }

json::object summary_json(const functions::FunctionRecord& function) {
  const FunctionVersion& latest = function.latest;
  return {{"name", function.name},
          {"arn", function.arn()},
          {"built_in", false},
          {"description", latest.description},
          {"runtime", latest.runtime},
          {"handler", latest.handler},
          {"role", latest.role},
          {"memory_mb", latest.memory_mb},
          {"timeout_s", latest.timeout_s},
          {"created", format_iso8601(function.created_ms)},
          {"modified", format_iso8601(latest.modified_ms)}};
}

// Values of variables are secrets as often as not: their names alone are shown.
json::object whole_json(const functions::FunctionRecord& function) {
  json::object object = summary_json(function);
  const FunctionVersion& latest = function.latest;
  object["tmp_mb"] = latest.tmp_mb;
  object["architecture"] = latest.architecture;
  object["dead_letter"] = latest.dead_letter;
  object["reserved"] = function.reserved ? json::value(*function.reserved) : json::value();
  json::array variables, versions, aliases;
  for (const auto& [name, value] : latest.environment) variables.push_back(json::string(name));
  versions.push_back(version_json(latest));
  for (auto version = function.versions.rbegin(); version != function.versions.rend(); ++version) versions.push_back(version_json(version->second));
  for (const auto& [name, alias] : function.aliases) {
    json::object weights;
    for (const auto& [version, weight] : alias.weights) weights[version] = weight;
    aliases.push_back(json::object{{"name", name}, {"version", alias.version}, {"description", alias.description}, {"weights", std::move(weights)}});
  }
  object["variables"] = std::move(variables);
  object["versions"] = std::move(versions);
  object["aliases"] = std::move(aliases);
  return object;
}

// What the trial of a built-in function, which answers nothing, comes to.
functions::InvocationOutcome try_built_in(const Call& call, functions::Function& function, const std::string& event) {
  const Stopwatch watch;
  const Status done = function.invoke({.function = function.name(), .payload = event, .request_id = call.context.head.id, .trace = cause_of(call.context)});
  functions::InvocationOutcome outcome{.failed = !done, .payload = "null", .duration_ms = watch.elapsed_ms()};
  if (!done) outcome.payload = write_json(json::object{{"errorType", code_name(done.error().code)}, {"errorMessage", done.error().message}});
  return outcome;
}

json::object outcome_json(const functions::InvocationOutcome& outcome, const std::string& version) {
  return {{"failed", outcome.failed},
          {"version", version},
          {"payload", outcome.payload},
          {"log", outcome.log_tail},
          {"duration_ms", rounded(outcome.duration_ms, 1)},
          {"init_ms", rounded(outcome.init_ms, 1)},
          {"memory_mb", outcome.memory_mb}};
}

}  // namespace

Outcome<Answer> list_functions(const Call& call) {
  EYRIE_TRY(const Functions* functions, functions_of(call));
  EYRIE_CHECK_OK(call.may_on("lambda:ListFunctions", "*"));
  json::array list;
  for (const functions::Function* function : functions->built_in) list.push_back(built_in_json(function->name()));
  for (const FunctionPtr& function : functions->registry.functions()) list.push_back(summary_json(*function));
  return Answer{.body = json::object{{"functions", std::move(list)}}};
}

Outcome<Answer> get_function(const Call& call) {
  EYRIE_TRY(const Functions* functions, functions_of(call));
  EYRIE_CHECK_OK(call.may_on("lambda:GetFunction", arn_of(call.id)));
  if (built_in(*functions, call.id) != nullptr) return Answer{.body = built_in_json(call.id)};
  EYRIE_TRY(const FunctionPtr function, told(functions->registry.find(call.id)));
  return Answer{.body = whole_json(*function)};
}

Outcome<Answer> get_function_log(const Call& call) {
  EYRIE_TRY(const Functions* functions, functions_of(call));
  EYRIE_CHECK_OK(call.may_on("logs:GetLogEvents", aws::regional_arn("logs", "log-group:/aws/lambda/" + call.id + ":*")));
  // Before it becomes a file's name.
  EYRIE_TRY(const FunctionPtr function, told(functions->registry.find(call.id)));
  EYRIE_TRY(const std::string tail, told(functions->logs.tail(function->name, kLogShown)));
  // What a function writes is any bytes, JSON's texts are not.
  json::array lines;
  for (std::size_t at = 0; at < tail.size();) {
    const std::size_t end = std::min(tail.find('\n', at), tail.size());
    std::string line = tail.substr(at, end - at);
    if (!valid_utf8(line)) std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    lines.push_back(json::string(line));
    at = end + 1;
  }
  return Answer{.body = json::object{{"lines", std::move(lines)}}};
}

Outcome<Answer> try_function(const Call& call) {
  EYRIE_TRY(const Functions* functions, functions_of(call));
  // The second alone some have who are no admins: for one function, of which they choose the picture, not the event.
  EYRIE_CHECK_OK(call.may_on("console:TestFunction", arn_of(call.id)));
  EYRIE_CHECK_OK(call.may_on("lambda:InvokeFunction", arn_of(call.id)));
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"event", "qualifier"})));
  EYRIE_TRY(const std::string event, told(members.text("event")));
  EYRIE_TRY(const auto qualifier, told(members.optional_text("qualifier")));
  if (const auto parsed = parse_json(event); !parsed) return refused(Code::kInvalidArgument, "The event is no JSON: " + parsed.error().message);
  call.note("console:TestFunction", arn_of(call.id));
  keep_trace();
  const net::WaitingElsewhere waiting;
  if (functions::Function* function = built_in(*functions, call.id)) return Answer{.body = outcome_json(try_built_in(call, *function, event), functions::kLatest)};
  const functions::FunctionTarget target{.name = call.id, .qualifier = qualifier.value_or("")};
  EYRIE_TRY(const auto invoked, told(functions->invoke(target, {.request_id = call.context.head.id, .payload = event, .cause = cause_of(call.context)})));
  return Answer{.body = outcome_json(invoked.outcome, invoked.version)};
}

}  // namespace eyrie::api::console
