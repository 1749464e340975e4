#include "api/lambda/members.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "api/common/page_marker.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kMaxName = 64;

const json::value* present(const json::object& request, std::string_view name) {
  const json::value* value = request.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// Members as errors call them: "memorySize".
std::string lower_first(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + ('a' - 'A'));
  return text;
}

bool plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace

std::unexpected<aws::WireError> invalid(const std::string& message) {
  return std::unexpected(aws::WireError{400, "InvalidParameterValueException", message});
}

std::unexpected<aws::WireError> serialization(std::string_view member) {
  return std::unexpected(aws::WireError{400, "SerializationException", std::string(member) + " is of another type."});
}

std::unexpected<aws::WireError> broken_constraint(std::string_view value, std::string_view member, std::string_view constraint) {
  return std::unexpected(aws::WireError{400, "ValidationException",
                                        "1 validation error detected: Value '" + std::string(value.substr(0, 256)) + "' at '" + lower_first(member) +
                                            "' failed to satisfy constraint: " + std::string(constraint)});
}

std::unexpected<aws::WireError> no_function(const Named& named) {
  return std::unexpected(aws::WireError{404, "ResourceNotFoundException", "Function not found: " + named.qualified_arn()});
}

aws::WireError wire_error(const Error& error) {
  switch (error.code) {
    case Code::kNotFound:
      return {404, "ResourceNotFoundException", error.message};
    case Code::kAlreadyExists:
      return {409, "ResourceConflictException", error.message};
    case Code::kFailedPrecondition:
      return {412, "PreconditionFailedException", error.message};
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return {400, "InvalidParameterValueException", error.message};
    case Code::kTooLarge:
      return {400, "CodeStorageExceededException", error.message};
    case Code::kPermissionDenied:
      return {403, "AccessDeniedException", error.message};
    case Code::kUnavailable:  // of what is stored: the disk is full
      log_error("a function's request failed", {{"error", error.message}});
      return {500, "ServiceException", "The server cannot store this: its disk is full, or was a moment ago. Try again later."};
    default:
      log_error("a function's request failed", {{"error", error.message}});
      return {500, "ServiceException", "The server has failed; its log says why."};
  }
}

Wire<void> check_arn(std::string_view text, std::string_view member) {
  if (text.starts_with("arn:aws") && std::ranges::count(text, ':') >= 5) return {};
  return broken_constraint(text, member, "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
}

std::optional<Named> parse_name(std::string_view text, bool& elsewhere) {
  elsewhere = false;
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  auto take = [&](std::string_view wanted) {
    if (parts.empty() || parts.front() != wanted) elsewhere = true;
    if (!parts.empty()) parts.erase(parts.begin());
  };
  if (text.starts_with("arn:")) {
    if (parts.size() < 7 || parts[2] != "lambda" || parts[5] != "function") return std::nullopt;
    parts.erase(parts.begin(), parts.begin() + 3);
    take(kRegion);
    take(kAccount);
    parts.erase(parts.begin());
  } else if (parts.size() >= 3 && parts[1] == "function") {
    take(kAccount);
    parts.erase(parts.begin());
  } else if (parts.size() >= 2 && parts[0] == "function") {
    parts.erase(parts.begin());
  }
  if (parts.empty() || parts.size() > 2) return std::nullopt;
  Named named{.name = std::string(parts[0]), .qualifier = parts.size() == 2 ? std::string(parts[1]) : ""};
  if (!plain_name(named.name) || named.name.size() > kMaxName) return std::nullopt;
  if (parts.size() == 2 && named.qualifier != functions::kLatest && !plain_name(named.qualifier)) return std::nullopt;
  return named;
}

Wire<std::optional<std::string>> text_member(const json::object& request, std::string_view name, std::size_t most) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return serialization(name);
  if (value->get_string().size() > most)
    return broken_constraint(std::string_view(value->get_string()), name, "Member must have length less than or equal to " + std::to_string(most));
  return std::string(value->get_string());
}

Wire<std::string> required_text(const json::object& request, std::string_view name, std::size_t most) {
  EYRIE_TRY(const auto value, text_member(request, name, most));
  if (!value) return broken_constraint("null", name, "Member must not be null");
  if (value->empty()) return broken_constraint("", name, "Member must have length greater than or equal to 1");
  return *value;
}

Wire<std::optional<int>> integer_member(const json::object& request, std::string_view name, int least, int most) {
  const json::value* value = present(request, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64()) return serialization(name);
  const std::int64_t told = value->get_int64();
  const std::string text = std::to_string(told);
  if (told < least) return broken_constraint(text, name, "Member must have value greater than or equal to " + std::to_string(least));
  if (told > most) return broken_constraint(text, name, "Member must have value less than or equal to " + std::to_string(most));
  return static_cast<int>(told);
}

Wire<bool> flag_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return serialization(name);
  return value->get_bool();
}

Wire<const json::object*> object_member(const json::object& request, std::string_view name) {
  const json::value* value = present(request, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return serialization(name);
  return &value->get_object();
}

Wire<std::map<std::string, std::string>> texts_member(const json::object& request, std::string_view name) {
  std::map<std::string, std::string> texts;
  EYRIE_TRY(const json::object* object, object_member(request, name));
  if (object == nullptr) return texts;
  for (const auto& [key, value] : *object) {
    if (!value.is_string()) return serialization(name);
    texts[key] = value.get_string();
  }
  return texts;
}

Wire<void> refuse_members(const json::object& request, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json::value* value = present(request, name);
    if (value == nullptr || (value->is_string() && value->get_string().empty()) || (value->is_array() && value->get_array().empty())) continue;
    if (value->is_object() && std::ranges::all_of(value->get_object(), [](const auto& member) {
          const json::value& inner = member.value();
          return inner.is_null() || (inner.is_array() && inner.get_array().empty()) || (inner.is_bool() && !inner.get_bool());
        }))
      continue;
    return invalid(std::string(name) + " is not supported by Eyrie.");
  }
  return {};
}

bool is_built_in(const Backend& backend, const std::string& name) {
  return std::ranges::any_of(backend.built_in, [&](const functions::Function* function) { return function->name() == name; });
}

Wire<void> changeable(const Backend& backend, const Named& named) {
  if (!is_built_in(backend, named.name)) return {};
  return std::unexpected(aws::WireError{409, "ResourceConflictException", "The function " + named.name + " is built in and cannot be changed."});
}

Wire<functions::FunctionPtr> function_of(const Backend& backend, const Named& named) {
  EYRIE_CHECK_OK(changeable(backend, named));
  auto function = backend.registry.find(named.name);
  if (!function) return no_function(named);
  return *function;
}

Wire<functions::FunctionPtr> readable_function(const Backend& backend, const Named& named) {
  if (!is_built_in(backend, named.name)) return function_of(backend, named);
  return std::make_shared<const functions::FunctionRecord>(functions::FunctionRecord{.name = named.name});
}

Wire<void> check_qualifier(const functions::FunctionRecord& function, const std::string& qualifier) {
  if (qualifier.empty() || function.version(qualifier) != nullptr || function.aliases.contains(qualifier)) return {};
  return no_function({.name = function.name, .qualifier = qualifier});
}

double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000.0; }

std::string modified_text(std::int64_t ms) {
  std::string text = format_iso8601(ms);  // ends in Z
  text.pop_back();
  return text + "+0000";
}

json::object describe(const functions::FunctionRecord& function, const functions::FunctionVersion& version, const std::string& qualifier) {
  json::object document{{"FunctionName", function.name},
                        {"FunctionArn", function.arn() + (qualifier.empty() ? "" : ":" + qualifier)},
                        {"Runtime", version.runtime},
                        {"Role", version.role},
                        {"Handler", version.handler},
                        {"CodeSize", version.code.size},
                        {"Description", version.description},
                        {"Timeout", version.timeout_s},
                        {"MemorySize", version.memory_mb},
                        {"LastModified", modified_text(version.modified_ms)},
                        {"CodeSha256", version.code.sha256},
                        {"Version", version.version},
                        {"TracingConfig", json::object{{"Mode", version.tracing}}},
                        {"RevisionId", version.revision_id},
                        {"State", "Active"},
                        {"LastUpdateStatus", "Successful"},
                        {"PackageType", "Zip"},
                        {"Architectures", json::array{json::string(version.architecture)}},
                        {"EphemeralStorage", json::object{{"Size", version.tmp_mb}}},
                        {"SnapStart", json::object{{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
                        {"LoggingConfig", json::object{{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + function.name}}}};
  if (version.handler.empty()) document.erase("Handler");
  if (!version.dead_letter.empty()) document["DeadLetterConfig"] = json::object{{"TargetArn", version.dead_letter}};
  if (!version.environment.empty()) {
    json::object variables;
    for (const auto& [name, value] : version.environment) variables[name] = value;
    document["Environment"] = json::object{{"Variables", std::move(variables)}};
  }
  return document;
}

json::object describe_built_in(const std::string& name) {
  functions::FunctionVersion version{.description = "Built into Eyrie: understands the picture that an S3 event names",
                                     .runtime = "provided.al2023",
                                     .handler = name,
                                     .role = aws::iam_arn("role/" + name),
                                     .timeout_s = 900,
                                     .memory_mb = 1024,
                                     .architecture = functions::kArchitecture,
                                     .code = {.file = "", .key = "", .sha256 = base64_encode(crypto::sha256({})), .size = 0},
                                     .modified_ms = 0,
                                     .revision_id = "00000000-0000-4000-8000-000000000000"};
  return describe({.name = name}, version, "");
}

Wire<json::object> page(const Call& call, const char* name, std::vector<Listed> entries, std::size_t most) {
  std::size_t count = most;
  if (const auto asked = call.query.find("MaxItems"); asked != call.query.end()) {
    const auto value = whole_number<std::size_t>(asked->second);
    if (!value || *value == 0) return broken_constraint(asked->second, "maxItems", "Member must have value greater than or equal to 1");
    count = std::min(most, *value);
  }
  std::optional<std::string> after;
  if (const auto marker = call.query.find("Marker"); marker != call.query.end() && !marker->second.empty()) {
    after = marked_key(marker->second);
    if (!after) return invalid("Invalid marker");
  }
  const PageSpan span = page_span(entries, after, count, std::mem_fn(&Listed::key));
  json::object document;
  json::array part;
  for (std::size_t i = span.begin; i < span.end; ++i) part.push_back(std::move(entries[i].shown));
  document[name] = std::move(part);
  if (!span.next.empty()) document["NextMarker"] = span.next;
  return document;
}

}  // namespace eyrie::api::lambda
