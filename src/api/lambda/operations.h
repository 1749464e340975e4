// Lambda's operations, one function each: what the request says in, the answer out. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/common/service.h"
#include "aws/wire_error.h"
#include "base/json.h"
#include "functions/deployed_functions.h"
#include "functions/event_sources/event_sources.h"
#include "iam/object_keys.h"
#include "iam/roles/roles.h"
#include "store/object_store.h"

namespace eyrie::api::lambda {

inline constexpr std::size_t kMaxTags = 50;  // of a function

struct Backend {
  functions::Registry& registry;
  functions::DeployedFunctions& deployed;
  store::EventQueue& events;
  store::ObjectStore& objects;  // for code that lies in S3
  const iam::ObjectKeys& keys;
  const iam::Roles& roles;
  functions::FunctionLogs& logs;
  functions::Pool& pool;
  functions::EventSources& event_sources;
  std::vector<functions::Function*> built_in;  // run in this process; they cannot be changed
};

// FunctionName as it was told - a name, a partial or whole ARN - and the qualifier, from it or from the query.
struct Named {
  std::string name, qualifier;
  std::string arn() const { return aws::regional_arn("lambda", "function:" + name); }
  std::string qualified_arn() const { return arn() + (qualifier.empty() ? "" : ":" + qualifier); }
  functions::FunctionTarget target() const { return {.name = name, .qualifier = qualifier}; }
};

struct Call {
  const Context& context;
  Named named;        // of operations on a function
  std::string part;   // what the path names after it: an alias, a statement; the ARN of tags; a mapping's UUID
  std::map<std::string, std::string> query;
  std::vector<std::string> tag_keys;  // of the query
  json::object request;  // the body, where it is JSON
  const Bytes& body;
};

struct Answer {
  int status = 200;
  std::optional<json::value> document = std::nullopt;
  std::string payload;  // where there is no document
  std::vector<std::pair<std::string, std::string>> headers = {};
};
using LambdaResult = std::expected<Answer, aws::WireError>;
using Operation = LambdaResult (*)(Backend& backend, const Call& call);

// functions.cc
LambdaResult create_function(Backend& backend, const Call& call);
LambdaResult get_function(Backend& backend, const Call& call);
LambdaResult get_function_configuration(Backend& backend, const Call& call);
LambdaResult list_functions(Backend& backend, const Call& call);
LambdaResult update_function_code(Backend& backend, const Call& call);
LambdaResult update_function_configuration(Backend& backend, const Call& call);
LambdaResult delete_function(Backend& backend, const Call& call);
LambdaResult get_account_settings(Backend& backend, const Call& call);
// versions.cc
LambdaResult publish_version(Backend& backend, const Call& call);
LambdaResult list_versions_by_function(Backend& backend, const Call& call);
LambdaResult create_alias(Backend& backend, const Call& call);
LambdaResult update_alias(Backend& backend, const Call& call);
LambdaResult get_alias(Backend& backend, const Call& call);
LambdaResult list_aliases(Backend& backend, const Call& call);
LambdaResult delete_alias(Backend& backend, const Call& call);
// invoke.cc
LambdaResult invoke(Backend& backend, const Call& call);
// settings.cc
LambdaResult put_function_concurrency(Backend& backend, const Call& call);
LambdaResult get_function_concurrency(Backend& backend, const Call& call);
LambdaResult delete_function_concurrency(Backend& backend, const Call& call);
LambdaResult put_function_recursion_config(Backend& backend, const Call& call);
LambdaResult get_function_recursion_config(Backend& backend, const Call& call);
LambdaResult put_event_invoke_config(Backend& backend, const Call& call);
LambdaResult update_event_invoke_config(Backend& backend, const Call& call);
LambdaResult get_event_invoke_config(Backend& backend, const Call& call);
LambdaResult delete_event_invoke_config(Backend& backend, const Call& call);
LambdaResult list_event_invoke_configs(Backend& backend, const Call& call);
LambdaResult tag_resource(Backend& backend, const Call& call);
LambdaResult untag_resource(Backend& backend, const Call& call);
LambdaResult list_tags(Backend& backend, const Call& call);
// event_sources.cc
LambdaResult create_event_source_mapping(Backend& backend, const Call& call);
LambdaResult get_event_source_mapping(Backend& backend, const Call& call);
LambdaResult list_event_source_mappings(Backend& backend, const Call& call);
LambdaResult update_event_source_mapping(Backend& backend, const Call& call);
LambdaResult delete_event_source_mapping(Backend& backend, const Call& call);
// policy.cc
LambdaResult add_permission(Backend& backend, const Call& call);
LambdaResult remove_permission(Backend& backend, const Call& call);
LambdaResult get_policy(Backend& backend, const Call& call);

}  // namespace eyrie::api::lambda
