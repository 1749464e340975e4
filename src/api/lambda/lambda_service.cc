#include "api/lambda/lambda_service.h"

#include "api/common/json_size.h"
#include "api/common/need.h"
#include "api/lambda/members.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "functions/permission.h"

namespace eyrie::api::lambda {
namespace {

// An archive of 50 MiB in base64, and what stands around it.
constexpr std::size_t kMaxCodeBody = 70U << 20;
constexpr std::size_t kMaxBody = 1U << 20;
constexpr std::size_t kMaxValues = 10'000;

// kUnqualified: a function, none of its versions and aliases.
enum class On { kFunction, kUnqualified, kNothing, kTags, kMapping };

struct Row {
  const char* name;
  const char* method;
  const char* path;  // {}: a segment of any text; the first is FunctionName
  Operation run;
  On on = On::kFunction;
  std::size_t max_body = kMaxBody;
};

constexpr Row kOperations[] = {
    {"CreateFunction", "POST", "/2015-03-31/functions", create_function, On::kNothing, kMaxCodeBody},
    {"ListFunctions", "GET", "/2015-03-31/functions", list_functions, On::kNothing},
    {"GetFunction", "GET", "/2015-03-31/functions/{}", get_function},
    {"DeleteFunction", "DELETE", "/2015-03-31/functions/{}", delete_function},
    {"GetFunctionConfiguration", "GET", "/2015-03-31/functions/{}/configuration", get_function_configuration},
    {"UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{}/configuration", update_function_configuration, On::kUnqualified},
    {"UpdateFunctionCode", "PUT", "/2015-03-31/functions/{}/code", update_function_code, On::kUnqualified, kMaxCodeBody},
    {"Invoke", "POST", "/2015-03-31/functions/{}/invocations", invoke, On::kFunction, functions::kMaxPayload},
    {"PublishVersion", "POST", "/2015-03-31/functions/{}/versions", publish_version, On::kUnqualified},
    {"ListVersionsByFunction", "GET", "/2015-03-31/functions/{}/versions", list_versions_by_function},
    {"CreateAlias", "POST", "/2015-03-31/functions/{}/aliases", create_alias, On::kUnqualified},
    {"ListAliases", "GET", "/2015-03-31/functions/{}/aliases", list_aliases},
    {"GetAlias", "GET", "/2015-03-31/functions/{}/aliases/{}", get_alias},
    {"UpdateAlias", "PUT", "/2015-03-31/functions/{}/aliases/{}", update_alias, On::kUnqualified},
    {"DeleteAlias", "DELETE", "/2015-03-31/functions/{}/aliases/{}", delete_alias, On::kUnqualified},
    {"AddPermission", "POST", "/2015-03-31/functions/{}/policy", add_permission},
    {"GetPolicy", "GET", "/2015-03-31/functions/{}/policy", get_policy},
    {"RemovePermission", "DELETE", "/2015-03-31/functions/{}/policy/{}", remove_permission},
    {"PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{}/concurrency", put_function_concurrency, On::kUnqualified},
    {"DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{}/concurrency", delete_function_concurrency, On::kUnqualified},
    {"GetFunctionConcurrency", "GET", "/2019-09-30/functions/{}/concurrency", get_function_concurrency},
    {"PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{}/recursion-config", put_function_recursion_config, On::kUnqualified},
    {"GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{}/recursion-config", get_function_recursion_config, On::kUnqualified},
    {"PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/{}/event-invoke-config", put_event_invoke_config},
    {"UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/{}/event-invoke-config", update_event_invoke_config},
    {"GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{}/event-invoke-config", get_event_invoke_config},
    {"DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/{}/event-invoke-config", delete_event_invoke_config},
    {"ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{}/event-invoke-config/list", list_event_invoke_configs},
    {"CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings", create_event_source_mapping, On::kNothing},
    {"ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", list_event_source_mappings, On::kNothing},
    {"GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{}", get_event_source_mapping, On::kMapping},
    {"UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{}", update_event_source_mapping, On::kMapping},
    {"DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{}", delete_event_source_mapping, On::kMapping},
    {"TagResource", "POST", "/2017-03-31/tags/{}", tag_resource, On::kTags},
    {"UntagResource", "DELETE", "/2017-03-31/tags/{}", untag_resource, On::kTags},
    {"ListTags", "GET", "/2017-03-31/tags/{}", list_tags, On::kTags},
    {"GetAccountSettings", "GET", "/2016-08-19/account-settings", get_account_settings, On::kNothing},
};

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  // Older clients end some paths with a slash.
  if (!segments.empty() && segments.back().empty()) segments.pop_back();
  return segments;
}

// What stands where the pattern has {}; nullopt where they do not fit.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string_view>& segments) {
  const std::vector<std::string_view> wanted = segments_of(pattern);
  if (wanted.size() != segments.size()) return std::nullopt;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "{}") {
      if (wanted[i] != segments[i]) return std::nullopt;
      continue;
    }
    auto text = percent_decode(segments[i]);
    if (!text || text->empty()) return std::nullopt;
    found.push_back(std::move(*text));
  }
  return found;
}

// Exceptions whose text the description calls Message.
bool says_upper_message(std::string_view code) {
  return code == "ResourceNotFoundException" || code == "ServiceException" || code == "InvalidZipFileException" ||
         code == "InvalidRuntimeException" || code == "AccessDeniedException" || code == "RecursiveInvocationException";
}

net::Response error_response(const Context& context, const aws::WireError& error) {
  json::object body{{"Type", error.status >= 500 ? "Service" : "User"}, {says_upper_message(error.code) ? "Message" : "message", error.message}};
  for (const auto& [name, value] : error.details) body[name] = value;
  net::Response response = net::text_response(error.status, write_json(body), "application/json");
  response.headers.set("x-amzn-RequestId", context.head.id);
  response.headers.set("x-amzn-ErrorType", error.code);
  if (error.status == 429 || error.status == 503) response.headers.set("Retry-After", "1");
  return response;
}

aws::WireError auth_error(const aws::AuthError& error) {
  aws::WireError wire = aws::json_auth_error(error);
  wire.status = 403;
  return wire;
}

Wire<void> read_query(const net::RequestHead& head, Call& call) {
  const auto pairs = net::parse_query(head.query);
  if (!pairs) return invalid("The query string is malformed.");
  for (const auto& [name, value] : *pairs) {
    if (name == "tagKeys") call.tag_keys.push_back(value);
    call.query[name] = value;
  }
  return {};
}

Wire<void> read_body(Call& call) {
  if (call.body.empty()) return {};
  if (count_json_values(as_text(call.body)) > kMaxValues)
    return std::unexpected(aws::WireError{400, "SerializationException", "The request body has too many values."});
  auto document = parse_json(as_text(call.body));
  if (!document || !document->is_object())
    return std::unexpected(aws::WireError{400, "SerializationException", "The request body is not the JSON of this operation."});
  call.request = std::move(document->get_object());
  return {};
}

// Source: service authorization reference, "Actions, resources, and condition keys for AWS Lambda".
std::optional<aws::WireError> denied(const Backend& backend, const Row& row, const Call& call) {
  const std::string operation = row.name;
  const std::string action = operation == "Invoke" ? "lambda:InvokeFunction" : "lambda:" + operation;
  if (row.on == On::kNothing) {
    const std::string name = text_of(call.request, "FunctionName");
    bool elsewhere = false;
    const auto named = parse_name(name, elsewhere);
    const std::string resource = operation == "CreateFunction" && named ? named->arn() : "*";
    return permit(call.context, {{.action = action, .resource = resource}}, 403, "AccessDeniedException");
  }
  if (row.on == On::kMapping) {
    return permit(call.context, {{.action = action, .resource = aws::regional_arn("lambda", "event-source-mapping:" + call.part)}}, 403,
                  "AccessDeniedException");
  }
  if (row.on == On::kTags) return permit(call.context, {{.action = action, .resource = call.part}}, 403, "AccessDeniedException");
  if (operation != "Invoke") return permit(call.context, {{.action = action, .resource = call.named.qualified_arn()}}, 403, "AccessDeniedException");
  // The function's own policy counts too.
  Need need{.action = action, .resource = call.named.qualified_arn()};
  if (const auto function = backend.registry.find(call.named.name)) {
    if (const auto text = functions::policy_of_principals(**function, call.named.qualifier)) {
      auto parsed = iam::PolicyDocument::parse(*text, iam::PolicyKind::kResource);
      if (parsed) need.policy = std::make_shared<const iam::PolicyDocument>(std::move(*parsed));
    }
  }
  return permit(call.context, {need}, 403, "AccessDeniedException");
}

Wire<void> read_name(const Row& row, const std::vector<std::string>& found, Call& call) {
  if (row.on == On::kTags || row.on == On::kMapping) call.part = found.at(0);
  if (row.on != On::kFunction && row.on != On::kUnqualified) return {};
  if (found.size() > 1) call.part = found[1];
  bool elsewhere = false;
  auto named = parse_name(found.at(0), elsewhere);
  if (!named) return broken_constraint(found[0], "functionName", "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
  const auto qualifier = call.query.find("Qualifier");
  if (qualifier != call.query.end() && !qualifier->second.empty()) {
    if (!named->qualifier.empty() && named->qualifier != qualifier->second)
      return invalid("The derived qualifier from the function name does not match the specified qualifier.");
    named->qualifier = qualifier->second;
  }
  call.named = std::move(*named);
  if (elsewhere) return no_function(call.named);
  if (row.on == On::kUnqualified && !call.named.qualifier.empty() && call.named.qualifier != functions::kLatest)
    return invalid("Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do not set a version in your request.");
  return {};
}

}  // namespace

struct LambdaService::Route {
  const Row* row;
  std::vector<std::string> found;
};

std::optional<LambdaService::Route> LambdaService::route_of(const net::RequestHead& head) {
  const auto segments = segments_of(head.path);
  for (const Row& row : kOperations) {
    if (head.method != row.method) continue;
    if (auto found = match(row.path, segments)) return Route{.row = &row, .found = std::move(*found)};
  }
  return std::nullopt;
}

BeginResult LambdaService::begin(ContextPtr context) {
  auto route = route_of(context->head);
  if (route) context->operation = route->row->name;
  auto claim = api::claim(door_, *context, name());
  if (!claim) return std::unexpected(error_response(*context, auth_error(claim.error())));
  if (!route) {
    return std::unexpected(error_response(*context, {404, "UnknownOperationException", "This operation is not known, or not implemented here yet."}));
  }
  const std::size_t most = route->row->max_body;
  const aws::WireError too_large{413, "RequestTooLargeException", "Request must be smaller than " + std::to_string(most) + " bytes for the " + context->operation + " operation"};
  if (context->head.content_length.value_or(0) > most) return std::unexpected(error_response(*context, too_large));
  return net::collect_body(
      context->head,
      {.max_bytes = most,
       .budget = &budget_,
       .too_large = [context, too_large](const net::RequestHead&) { return error_response(*context, too_large); },
       .busy = [context](const net::RequestHead&) { return error_response(*context, {503, "ServiceUnavailableException", "No memory is left for this request now. Try again."}); }},
      [this, context, claim = std::move(*claim), route = std::move(*route)](const net::RequestHead&, const Bytes& body) {
        return handle(*context, claim, route, body);
      });
}

net::Response LambdaService::handle(Context& context, const iam::Authenticator::Claim& claim, const Route& route, const Bytes& body) {
  const auto verified = api::verify(door_, context, claim, hex_encode(crypto::sha256(body)));
  if (!verified) return error_response(context, auth_error(verified.error()));
  if (context.over_rate(claim.key.id))
    return error_response(context, {429, "TooManyRequestsException", "Rate exceeded", {{"Reason", "CallerRateLimitExceeded"}}});
  Call call{.context = context, .named = {}, .part = {}, .query = {}, .tag_keys = {}, .request = {}, .body = body};
  Wire<void> read = read_query(context.head, call);
  if (read && route.row->run != invoke) read = read_body(call);
  if (read) read = read_name(*route.row, route.found, call);
  if (!read) return error_response(context, read.error());
  if (const auto refused = denied(backend_, *route.row, call)) return error_response(context, *refused);
  LambdaResult result = route.row->run(backend_, call);
  if (!result) return error_response(context, result.error());
  const bool has_text = result->document.has_value() || !result->payload.empty();
  net::Response response = net::text_response(result->status, result->document ? write_json(*result->document) : std::move(result->payload), "application/json");
  if (!has_text) response.headers.remove("Content-Type");
  response.headers.set("x-amzn-RequestId", context.head.id);
  for (auto& [header, value] : result->headers) response.headers.set(header, std::move(value));
  return response;
}

}  // namespace eyrie::api::lambda
