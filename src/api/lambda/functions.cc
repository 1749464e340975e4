// Functions made, described, changed, removed.
#include <algorithm>

#include "api/common/page_marker.h"
#include "api/lambda/configuration.h"
#include "functions/registry/code_package.h"

namespace eyrie::api::lambda {
namespace {

constexpr std::size_t kFunctionsAPage = 50;

Wire<void> check_tags(const std::map<std::string, std::string>& tags) {
  if (tags.size() > kMaxTags) return invalid("A function can have 50 tags.");
  for (const auto& [name, value] : tags) {
    if (name.empty() || name.size() > 128 || value.size() > 256 || name.starts_with("aws:")) return invalid("The tag " + name.substr(0, 128) + " is not allowed.");
  }
  return {};
}

// A version of the function as the qualifier names it: a number, an alias, or $LATEST.
Wire<const functions::FunctionVersion*> version_of(const functions::FunctionRecord& function, const std::string& qualifier) {
  EYRIE_CHECK_OK(check_qualifier(function, qualifier));
  const auto alias = function.aliases.find(qualifier);
  return function.version(alias != function.aliases.end() ? alias->second.version : qualifier.empty() ? functions::kLatest : qualifier);
}

}  // namespace

LambdaResult create_function(Backend& backend, const Call& call) {
  const json::object& request = call.request;
  EYRIE_TRY(const std::string told, required_text(request, "FunctionName", 140));
  bool elsewhere = false;
  const auto named = parse_name(told, elsewhere);
  if (!named || elsewhere) return broken_constraint(told, "functionName", "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+");
  EYRIE_CHECK_OK(changeable(backend, *named));
  EYRIE_TRY(const auto package, text_member(request, "PackageType", 16));
  if (package && *package != "Zip") return invalid("PackageType " + *package + " is not supported by Eyrie.");
  functions::FunctionVersion version;
  EYRIE_TRY(version.architecture, read_architecture(request));
  if (version.architecture.empty()) version.architecture = functions::kArchitecture;
  EYRIE_CHECK_OK(read_configuration(backend, call, version));
  if (version.role.empty()) return broken_constraint("null", "role", "Member must not be null");
  if (version.runtime.empty() || version.handler.empty()) return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  EYRIE_TRY(const auto tags, texts_member(request, "Tags"));
  EYRIE_CHECK_OK(check_tags(tags));
  EYRIE_TRY(const bool publish, flag_member(request, "Publish"));
  EYRIE_TRY(const json::object* code, object_member(request, "Code"));
  if (code == nullptr) return broken_constraint("null", "code", "Member must not be null");
  EYRIE_TRY(const Bytes zip, read_code(backend, call, *code));
  EYRIE_TRY(const functions::FunctionPtr made, wire(backend.registry.create(named->name, std::move(version), tags, zip, publish)));
  if (publish) return Answer{.status = 201, .document = describe(*made, made->versions.rbegin()->second, made->versions.rbegin()->second.version)};
  return Answer{.status = 201, .document = describe(*made, made->latest, "")};
}

LambdaResult get_function_configuration(Backend& backend, const Call& call) {
  if (is_built_in(backend, call.named.name) && (call.named.qualifier.empty() || call.named.qualifier == functions::kLatest))
    return Answer{.document = describe_built_in(call.named.name)};
  const auto function = backend.registry.find(call.named.name);
  if (!function) return no_function(call.named);
  EYRIE_TRY(const functions::FunctionVersion* version, version_of(**function, call.named.qualifier));
  return Answer{.document = describe(**function, *version, call.named.qualifier)};
}

LambdaResult get_function(Backend& backend, const Call& call) {
  EYRIE_TRY(Answer answer, get_function_configuration(backend, call));
  json::object document{{"Configuration", std::move(*answer.document)}, {"Code", json::object{{"RepositoryType", "S3"}}}};
  if (const auto function = backend.registry.find(call.named.name)) {
    if (!(*function)->tags.empty()) document["Tags"] = json_of((*function)->tags);
    if ((*function)->reserved) document["Concurrency"] = json::object{{"ReservedConcurrentExecutions", *(*function)->reserved}};
  }
  answer.document = std::move(document);
  return answer;
}

LambdaResult list_functions(Backend& backend, const Call& call) {
  const auto asked = call.query.find("FunctionVersion");
  const bool all = asked != call.query.end() && !asked->second.empty();
  if (all && asked->second != "ALL") return broken_constraint(asked->second, "functionVersion", "Member must satisfy enum value set: [ALL]");
  std::vector<Listed> entries;  // the built-in ones first; no name has a space
  for (const functions::Function* function : backend.built_in)
    entries.push_back({.key = "0 " + number_key(static_cast<std::int64_t>(entries.size())), .shown = describe_built_in(function->name())});
  for (const functions::FunctionPtr& function : backend.registry.functions()) {
    const std::string key = "1 " + function->name + " ";
    entries.push_back({.key = key + number_key(0), .shown = describe(*function, function->latest, all ? functions::kLatest : "")});
    if (!all) continue;
    for (const auto& [number, version] : function->versions)
      entries.push_back({.key = key + number_key(number), .shown = describe(*function, version, version.version)});
  }
  EYRIE_TRY(json::object document, page(call, "Functions", std::move(entries), kFunctionsAPage));
  return Answer{.document = std::move(document)};
}

LambdaResult update_function_code(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr before, function_of(backend, call.named));
  EYRIE_TRY(const std::string architecture, read_architecture(call.request));
  EYRIE_TRY(const auto revision, text_member(call.request, "RevisionId", 256));
  EYRIE_TRY(const bool publish, flag_member(call.request, "Publish"));
  EYRIE_TRY(const bool dry, flag_member(call.request, "DryRun"));
  EYRIE_TRY(const Bytes zip, read_code(backend, call, call.request));
  if (dry) return Answer{.document = describe(*before, before->latest, "")};
  EYRIE_TRY(const functions::FunctionPtr changed, wire(backend.registry.update_code(call.named.name, zip, architecture, revision.value_or(""))));
  if (!publish) return Answer{.document = describe(*changed, changed->latest, "")};
  EYRIE_TRY(const functions::FunctionVersion made, wire(backend.registry.publish(call.named.name, std::nullopt, "", "")));
  return Answer{.document = describe(*changed, made, made.version)};
}

LambdaResult update_function_configuration(Backend& backend, const Call& call) {
  EYRIE_CHECK_OK(function_of(backend, call.named));
  EYRIE_TRY(const auto revision, text_member(call.request, "RevisionId", 256));
  std::optional<aws::WireError> refused;
  const auto changed = backend.registry.update_configuration(call.named.name, revision.value_or(""), [&](functions::FunctionVersion& version) -> Status {
    if (auto read = read_configuration(backend, call, version); !read) {
      refused = std::move(read.error());
      return fail(Code::kInvalidArgument, refused->message);
    }
    return {};
  });
  if (refused) return std::unexpected(std::move(*refused));
  if (!changed) return std::unexpected(wire_error(changed.error()));
  return Answer{.document = describe(**changed, (*changed)->latest, "")};
}

LambdaResult delete_function(Backend& backend, const Call& call) {
  EYRIE_TRY(const functions::FunctionPtr function, function_of(backend, call.named));
  if (function->aliases.contains(call.named.qualifier)) return invalid("Deletion of aliases is not currently supported.");
  if (!call.named.qualifier.empty()) {
    EYRIE_CHECK_OK(wire(backend.registry.remove_version(call.named.name, call.named.qualifier)));
  } else {
    EYRIE_CHECK_OK(wire(backend.registry.remove(call.named.name)));
    backend.logs.remove(call.named.name);
  }
  backend.pool.retire(call.named.name);
  return Answer{.status = 204};
}

LambdaResult get_account_settings(Backend& backend, const Call&) {
  const auto all = static_cast<int>(backend.pool.concurrency());
  const int reserved = static_cast<int>(backend.registry.reserved());
  return Answer{.document = json::object{
                    {"AccountLimit", json::object{{"TotalCodeSize", functions::Registry::kMaxCodeStorage},
                                                  {"CodeSizeUnzipped", functions::kMaxUnzipped},
                                                  {"CodeSizeZipped", functions::kMaxZipped},
                                                  {"ConcurrentExecutions", all},
                                                  {"UnreservedConcurrentExecutions", std::max(0, all - reserved)}}},
                    {"AccountUsage", json::object{{"TotalCodeSize", backend.registry.code_storage()}, {"FunctionCount", backend.registry.functions().size()}}}}};
}

}  // namespace eyrie::api::lambda
