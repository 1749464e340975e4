// Published versions and aliases.
#include <algorithm>

#include "api/common/page_marker.h"
#include "api/lambda/members.h"
#include "base/ids.h"
#include "base/time/settled_clock.h"
#include "functions/registry/alias.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kVersionsAPage = 50;

json::object describe_alias(const functions::FunctionRecord& function, const functions::FunctionAlias& alias) {
  json::object document{{"AliasArn", function.arn() + ":" + alias.name},
                        {"Name", alias.name},
                        {"FunctionVersion", alias.version},
                        {"Description", alias.description},
                        {"RevisionId", alias.revision_id}};
  if (!alias.weights.empty()) {
    json::object weights;
    for (const auto& [version, weight] : alias.weights) weights[version] = weight;
    document["RoutingConfig"] = json::object{{"AdditionalVersionWeights", std::move(weights)}};
  }
  return document;
}

bool alias_name(std::string_view name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  return plain && !std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Sets what the request tells.
Wire<void> read_alias(const json::object& request, functions::FunctionAlias& alias) {
  EYRIE_TRY(const auto version, text_member(request, "FunctionVersion", 1024));
  if (version) alias.version = *version;
  EYRIE_TRY(const auto description, text_member(request, "Description", 256));
  if (description) alias.description = *description;
  EYRIE_TRY(const json::object* routing, object_member(request, "RoutingConfig"));
  if (routing == nullptr) return {};
  EYRIE_TRY(const json::object* weights, object_member(*routing, "AdditionalVersionWeights"));
  alias.weights.clear();
  if (weights == nullptr) return {};
  if (weights->size() > 1) return invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
  for (const auto& [number, weight] : *weights) {
    if (!weight.is_number()) return serialization("AdditionalVersionWeights");
    const double share = weight.to_number<double>();
    if (!(share >= 0 && share <= 1))
      return broken_constraint(write_json(weight), "routingConfig.additionalVersionWeights", "Map value must satisfy constraint: [Member must have value between 0.0 and 1.0, inclusive]");
    alias.weights[number] = share;
  }
  return {};
}

Wire<void> check_alias(const functions::FunctionRecord& function, const functions::FunctionAlias& alias) {
  const functions::FunctionVersion* own = function.version(alias.version);
  if (own == nullptr) return no_function({.name = function.name, .qualifier = alias.version});
  if (!alias.weights.empty() && alias.version == functions::kLatest)
    return invalid("$LATEST is not supported for an alias pointing to more than 1 version");
  for (const auto& [number, weight] : alias.weights) {
    if (number == functions::kLatest) return invalid("$LATEST is not supported for an alias pointing to more than 1 version");
    if (number == alias.version) return invalid("Invalid function version " + number + ". Function version " + number + " is already included in routing configuration.");
    const functions::FunctionVersion* other = function.version(number);
    if (other == nullptr) return no_function({.name = function.name, .qualifier = number});
    EYRIE_CHECK_OK(wire(functions::check_shared(*own, *other)));
  }
  return {};
}

// A change of the function whose refusal is an error of the wire's own.
LambdaResult change_alias(Backend& backend, const Call& call, int status, const std::string& name, const std::function<Wire<void>(functions::FunctionRecord&)>& change) {
  std::optional<aws::WireError> refused;
  const auto changed = backend.registry.change(call.named.name, [&](functions::FunctionRecord& function) -> Status {
    if (auto done = change(function); !done) {
      refused = std::move(done.error());
      return fail(Code::kInvalidArgument, refused->message);
    }
    return {};
  });
  if (refused) return std::unexpected(std::move(*refused));
  if (!changed) return std::unexpected(wire_error(changed.error()));
  const auto alias = (*changed)->aliases.find(name);
  if (alias == (*changed)->aliases.end()) return Answer{.status = status};
  return Answer{.status = status, .document = describe_alias(**changed, alias->second)};
}

std::unexpected<aws::WireError> no_alias(const Call& call, const std::string& name) {
  return std::unexpected(aws::WireError{404, "ResourceNotFoundException", "Cannot find alias arn: " + call.named.arn() + ":" + name});
}

}  // namespace

LambdaResult publish_version(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
  EYRIE_TRY(const auto description, text_member(call.request, "Description", 256));
  EYRIE_TRY(const auto sha256, text_member(call.request, "CodeSha256", 256));
  EYRIE_TRY(const auto revision, text_member(call.request, "RevisionId", 256));
  EYRIE_TRY(const functions::FunctionVersion made,
            wire(backend.registry.publish(call.named.name, description, sha256.value_or(""), revision.value_or(""))));
  return Answer{.status = 201, .document = describe(*function, made, made.version)};
}

LambdaResult list_versions_by_function(Backend& backend, const Call& call) {
  std::vector<Listed> entries;
  if (is_built_in(backend, call.named.name)) {
    entries.push_back({.key = number_key(0), .shown = describe_built_in(call.named.name)});
  } else {
    EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
    entries.push_back({.key = number_key(0), .shown = describe(*function, function->latest, functions::kLatest)});
    for (const auto& [number, version] : function->versions)
      entries.push_back({.key = number_key(number), .shown = describe(*function, version, version.version)});
  }
  EYRIE_TRY(json::object document, page(call, "Versions", std::move(entries), kVersionsAPage));
  return Answer{.document = std::move(document)};
}

LambdaResult create_alias(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  EYRIE_TRY(const std::string name, required_text(call.request, "Name", 128));
  if (!alias_name(name)) return broken_constraint(name, "name", "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)");
  functions::FunctionAlias alias{.name = name, .revision_id = uuid_v4()};
  EYRIE_CHECK_OK(required_text(call.request, "FunctionVersion", 1024));
  EYRIE_CHECK_OK(read_alias(call.request, alias));
  return change_alias(backend, call, 201, name, [&](functions::FunctionRecord& function) -> Wire<void> {
    EYRIE_CHECK_OK(check_alias(function, alias));
    if (function.aliases.contains(name))
      return std::unexpected(aws::WireError{409, "ResourceConflictException", "Alias already exists: " + function.arn() + ":" + name});
    if (function.aliases.size() >= functions::Registry::kMaxAliases)
      return std::unexpected(aws::WireError{400, "AliasLimitExceededException", "A function can have 100 aliases."});
    function.aliases[name] = alias;
    return {};
  });
}

LambdaResult update_alias(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  EYRIE_TRY(const auto revision, text_member(call.request, "RevisionId", 256));
  return change_alias(backend, call, 200, call.part, [&](functions::FunctionRecord& function) -> Wire<void> {
    const auto found = function.aliases.find(call.part);
    if (found == function.aliases.end()) return no_alias(call, call.part);
    functions::FunctionAlias alias = found->second;
    if (revision && *revision != alias.revision_id)
      return std::unexpected(aws::WireError{412, "PreconditionFailedException", "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId"});
    EYRIE_CHECK_OK(read_alias(call.request, alias));
    EYRIE_CHECK_OK(check_alias(function, alias));
    functions::note_alias_change(found->second, alias, SettledClock::system().now_ms());
    alias.revision_id = uuid_v4();
    found->second = std::move(alias);
    return {};
  });
}

LambdaResult get_alias(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  const auto alias = function->aliases.find(call.part);
  if (alias == function->aliases.end()) return no_alias(call, call.part);
  return Answer{.document = describe_alias(*function, alias->second)};
}

LambdaResult list_aliases(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, readable_function(backend, call.named));
  const auto version = call.query.find("FunctionVersion");
  std::vector<Listed> entries;
  for (const auto& [name, alias] : function->aliases) {
    if (version == call.query.end() || alias.version == version->second || alias.weights.contains(version->second))
      entries.push_back({.key = name, .shown = describe_alias(*function, alias)});
  }
  EYRIE_TRY(json::object document, page(call, "Aliases", std::move(entries), kVersionsAPage));
  return Answer{.document = std::move(document)};
}

// Deleting one that is not there is success.
LambdaResult delete_alias(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  return change_alias(backend, call, 204, call.part, [&](functions::FunctionRecord& function) -> Wire<void> {
    function.aliases.erase(call.part);
    function.invoke_configs.erase(call.part);
    function.policies.erase(call.part);
    return {};
  });
}

}  // namespace eyrie::api::lambda
