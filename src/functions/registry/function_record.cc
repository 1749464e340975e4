#include "functions/registry/function_record.h"

#include "aws/account.h"
#include "base/encoding.h"

namespace eyrie::functions {
namespace {

const json::object& object_of(const json::object& object, std::string_view name) {
  static const json::object kNone;
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : kNone;
}

json::object write_version(const FunctionVersion& version) {
  json::object written{{"version", version.version},
                       {"description", version.description},
                       {"runtime", version.runtime},
                       {"handler", version.handler},
                       {"role", version.role},
                       {"timeout_s", version.timeout_s},
                       {"memory_mb", version.memory_mb},
                       {"tmp_mb", version.tmp_mb},
                       {"environment", json_of(version.environment)},
                       {"dead_letter", version.dead_letter},
                       {"tracing", version.tracing},
                       {"architecture", version.architecture},
                       {"code", json::object{{"file", version.code.file}, {"key", version.code.key}, {"sha256", version.code.sha256}, {"size", version.code.size}}},
                       {"modified_ms", version.modified_ms},
                       {"revision_id", version.revision_id}};
  if (version.latest_description) written["latest_description"] = *version.latest_description;
  return written;
}

FunctionVersion read_version(const json::object& object) {
  const json::object& code = object_of(object, "code");
  return {.version = text_of(object, "version"),
          .description = text_of(object, "description"),
          .latest_description = object.contains("latest_description") ? std::optional(text_of(object, "latest_description")) : std::nullopt,
          .runtime = text_of(object, "runtime"),
          .handler = text_of(object, "handler"),
          .role = text_of(object, "role"),
          .timeout_s = static_cast<int>(number_of(object, "timeout_s")),
          .memory_mb = static_cast<int>(number_of(object, "memory_mb")),
          .tmp_mb = static_cast<int>(number_of(object, "tmp_mb")),
          .environment = texts_of(object.if_contains("environment")),
          .dead_letter = text_of(object, "dead_letter"),
          .tracing = text_of(object, "tracing"),
          .architecture = text_of(object, "architecture"),
          .code = {.file = text_of(code, "file"),
                   .key = text_of(code, "key"),
                   .sha256 = text_of(code, "sha256"),
                   .size = static_cast<std::uint64_t>(number_of(code, "size"))},
          .modified_ms = number_of(object, "modified_ms"),
          .revision_id = text_of(object, "revision_id")};
}

json::object write_alias(const FunctionAlias& alias) {
  json::object weights;
  for (const auto& [version, weight] : alias.weights) weights[version] = weight;
  json::object written{{"version", alias.version}, {"description", alias.description}, {"weights", std::move(weights)}, {"revision_id", alias.revision_id}};
  if (alias.former) written["former"] = json::object{{"version", alias.former->version}, {"left_ms", alias.former->left_ms}};
  if (!alias.rolled_back_for.empty()) written["rolled_back_for"] = alias.rolled_back_for;
  return written;
}

FunctionAlias read_alias(const std::string& name, const json::object& object) {
  FunctionAlias alias{.name = name,
                      .version = text_of(object, "version"),
                      .description = text_of(object, "description"),
                      .revision_id = text_of(object, "revision_id"),
                      .rolled_back_for = text_of(object, "rolled_back_for")};
  if (const json::object& former = object_of(object, "former"); !former.empty())
    alias.former = FormerVersion{.version = text_of(former, "version"), .left_ms = number_of(former, "left_ms")};
  for (const auto& [version, weight] : object_of(object, "weights")) {
    if (weight.is_number()) alias.weights[version] = weight.to_number<double>();
  }
  return alias;
}

std::optional<int> small_number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return static_cast<int>(value->get_int64());
}

json::object write_config(const EventInvokeConfig& config) {
  json::object object{{"on_success", config.on_success}, {"on_failure", config.on_failure}, {"modified_ms", config.modified_ms}};
  if (config.retries) object["retries"] = *config.retries;
  if (config.age_s) object["age_s"] = *config.age_s;
  return object;
}

EventInvokeConfig read_config(const json::object& object) {
  return {.retries = small_number(object, "retries"),
          .age_s = small_number(object, "age_s"),
          .on_success = text_of(object, "on_success"),
          .on_failure = text_of(object, "on_failure"),
          .modified_ms = number_of(object, "modified_ms")};
}

}  // namespace

std::string FunctionRecord::arn() const { return aws::regional_arn("lambda", "function:" + name); }

const FunctionVersion* FunctionRecord::version(const std::string& number) const {
  if (number == kLatest) return &latest;
  const auto value = whole_number<std::int64_t>(number);
  if (!value) return nullptr;
  const auto found = versions.find(*value);
  return found == versions.end() ? nullptr : &found->second;
}

std::string write_record(const FunctionRecord& record) {
  json::array versions;
  for (const auto& [number, version] : record.versions) versions.push_back(write_version(version));
  json::object aliases, configs, policies;
  for (const auto& [name, alias] : record.aliases) aliases[name] = write_alias(alias);
  for (const auto& [qualifier, config] : record.invoke_configs) configs[qualifier] = write_config(config);
  for (const auto& [qualifier, policy] : record.policies)
    policies[qualifier] = json::object{{"statements", json_of(policy.statements)}, {"revision_id", policy.revision_id}};
  json::object object{{"created_ms", record.created_ms},
                      {"next_version", record.next_version},
                      {"latest", write_version(record.latest)},
                      {"versions", std::move(versions)},
                      {"aliases", std::move(aliases)},
                      {"tags", json_of(record.tags)},
                      {"invoke_configs", std::move(configs)},
                      {"policies", std::move(policies)}};
  if (record.reserved) object["reserved"] = *record.reserved;
  if (record.allows_loops) object["allows_loops"] = true;
  return write_json(object);
}

Result<FunctionRecord> read_record(const std::string& name, const json::object& object) {
  FunctionRecord record{.name = name,
                        .created_ms = number_of(object, "created_ms"),
                        .next_version = number_of(object, "next_version"),
                        .latest = read_version(object_of(object, "latest")),
                        .tags = texts_of(object.if_contains("tags"))};
  if (record.latest.version != kLatest || record.latest.code.file.empty() || record.next_version < 1)
    return fail(Code::kCorrupt, "the record of the function " + name + " is damaged");
  if (const auto reserved = small_number(object, "reserved")) record.reserved = static_cast<unsigned>(*reserved);
  if (const json::value* allows = object.if_contains("allows_loops")) record.allows_loops = allows->is_bool() && allows->get_bool();
  if (const json::value* versions = object.if_contains("versions"); versions != nullptr && versions->is_array()) {
    for (const json::value& value : versions->get_array()) {
      if (!value.is_object()) continue;
      FunctionVersion version = read_version(value.get_object());
      record.versions[std::strtoll(version.version.c_str(), nullptr, 10)] = std::move(version);
    }
  }
  for (const auto& [alias, value] : object_of(object, "aliases")) {
    if (value.is_object()) record.aliases[alias] = read_alias(alias, value.get_object());
  }
  for (const auto& [qualifier, value] : object_of(object, "invoke_configs")) {
    if (value.is_object()) record.invoke_configs[qualifier] = read_config(value.get_object());
  }
  for (const auto& [qualifier, value] : object_of(object, "policies")) {
    if (!value.is_object()) continue;
    record.policies[qualifier] = {.statements = texts_of(find(value, "statements")), .revision_id = text_of(value.get_object(), "revision_id")};
  }
  return record;
}

}  // namespace eyrie::functions
