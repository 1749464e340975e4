#include "api/console/console_service.h"

#include <set>

#include "api/console/cookies.h"
#include "api/console/origin.h"
#include "base/encoding.h"
#include "base/log.h"
#include "crypto/digest.h"

namespace eyrie::api::console {

// A path has at most one part that stands for an id: "users/*".
struct ConsoleService::Route {
  const char* method;
  const char* path;
  const char* operation;
  Operation run;
  bool signed_in = true;   // served to who is
  bool takes_body = false;
  std::size_t max_body = kMaxBody;
};

// A policy has 6,144 characters besides white space, each as many as six bytes of JSON.
constexpr std::size_t kMaxPolicyBody = 64 << 10;
constexpr std::size_t kMaxEventBody = 512 << 10;
constexpr std::size_t kMaxLifecycleBody = 512 << 10;  // of 1,000 rules

const ConsoleService::Route ConsoleService::kRoutes[] = {
    {"GET", "session", "GetSession", get_session},
    {"POST", "session", "SignIn", sign_in, false, true},
    {"DELETE", "session", "SignOut", sign_out},
    {"GET", "users", "ListUsers", list_users},
    {"POST", "users", "CreateUser", create_user, true, true},
    {"GET", "users/*", "GetUser", get_user},
    {"PATCH", "users/*", "UpdateUser", update_user, true, true},
    {"DELETE", "users/*", "DeleteUser", delete_user},
    {"PUT", "users/*/password", "SetPassword", set_password, true, true},
    {"GET", "sessions", "ListSessions", list_sessions},
    {"DELETE", "sessions", "EndOtherSessions", end_other_sessions},
    {"DELETE", "sessions/*", "EndSession", end_session},
    {"GET", "alerts", "ListAlertRules", list_alerts},
    {"GET", "alerts/*", "GetAlertRule", get_alert},
    {"PUT", "alerts/*", "PutAlertRule", put_alert, true, true},
    {"DELETE", "alerts/*", "DeleteAlertRule", delete_alert},
    {"POST", "alerts/*/test", "TestAlertRule", test_alert},
    {"GET", "identities", "ListIdentities", list_identities},
    {"POST", "identities", "CreateIdentity", create_identity, true, true},
    {"GET", "identities/*", "GetIdentity", get_identity},
    {"DELETE", "identities/*", "DeleteIdentity", delete_identity},
    {"POST", "identities/*/keys", "CreateKey", create_key, true, true},
    {"POST", "identities/*/attach", "AttachPolicy", attach_policy, true, true},
    {"POST", "identities/*/detach", "DetachPolicy", detach_policy, true, true},
    {"PATCH", "keys/*", "UpdateKey", update_key, true, true},
    {"DELETE", "keys/*", "DeleteKey", delete_key},
    {"GET", "policies", "ListPolicies", list_policies},
    {"POST", "policies", "CreatePolicy", create_policy, true, true, kMaxPolicyBody},
    {"GET", "policies/*", "GetPolicy", get_policy},
    {"PUT", "policies/*", "PutPolicy", put_policy, true, true, kMaxPolicyBody},
    {"DELETE", "policies/*", "DeletePolicy", delete_policy},
    {"GET", "topics", "ListTopics", list_topics},
    {"GET", "audit", "ListAudit", list_audit},
    {"GET", "audit/csv", "ExportAudit", export_audit},
    {"GET", "models", "ListModels", list_models},
    {"GET", "settings", "ListSettings", list_settings},
    {"GET", "buckets", "ListBuckets", list_buckets},
    {"GET", "buckets/*/lifecycle", "GetLifecycle", get_lifecycle},
    {"PUT", "buckets/*/lifecycle", "PutLifecycle", put_lifecycle, true, true, kMaxLifecycleBody},
    {"DELETE", "buckets/*/lifecycle", "DeleteLifecycle", delete_lifecycle},
    {"GET", "functions", "ListFunctions", list_functions},
    {"GET", "functions/*", "GetFunction", get_function},
    {"GET", "functions/*/log", "GetFunctionLog", get_function_log},
    {"POST", "functions/*/test", "TestFunction", try_function, true, true, kMaxEventBody},
    {"GET", "pictures", "ListPictures", list_pictures},
    {"GET", "pictures/*", "GetPicture", get_picture},
    {"PATCH", "pictures/*", "UpdatePicture", update_picture, true, true},
    {"DELETE", "pictures/*", "DeletePicture", delete_picture},
    {"GET", "pictures/*/result", "GetResult", get_result},
    {"GET", "pictures/*/thumbnail", "GetThumbnail", get_thumbnail},
    {"POST", "pictures/*/analysis", "AnalyzeAnew", analyze_anew},
    {"POST", "uploads", "BeginUpload", begin_upload, true, true},
    {"GET", "live", "Watch", watch},
    {"GET", "overview", "GetOverview", get_overview},
    {"GET", "dashboard", "GetDashboard", get_dashboard},
    {"GET", "dashboard/csv", "ExportDashboard", export_dashboard},
    {"GET", "places", "ListPlaces", list_places},
    {"GET", "trace", "GetTrace", get_trace},
};

namespace {

constexpr std::size_t kMaxId = 128;

// Where the pattern has '*', `path` has an id: what names of users, policies and functions have. A browser writes some of it as %XX.
bool matches(std::string_view pattern, std::string_view path, std::string& id) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == path;
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) return false;
  const std::string_view inside = path.substr(before.size(), path.size() - before.size() - after.size());
  const std::optional<std::string> decoded = percent_decode(inside);
  if (!decoded || decoded->empty() || decoded->size() > kMaxId) return false;
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+=,.@";
  if (decoded->find_first_not_of(kAllowed) != std::string::npos) return false;
  id = *decoded;
  return true;
}

bool changes(const net::RequestHead& head) {
  return head.method != "GET" && head.method != "HEAD";
}

bool has_body(const net::RequestHead& head) {
  return head.chunked || head.content_length.value_or(0) > 0;
}

bool is_json(std::string_view content_type) {
  return net::equals_ignore_case(content_type.substr(0, content_type.find(';')), "application/json");
}

net::Response json_response(const Context& context, int status, const json::value& body) {
  net::Response response = net::text_response(status, body.is_null() ? "" : write_json(body), "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Request-Id", context.head.id);
  return response;
}

net::Response raw_response(const Context& context, Raw raw) {
  net::Response response = net::text_response(200, "", raw.type);
  response.headers.set("Cache-Control", raw.etag.empty() ? "no-store" : "private, max-age=86400");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Request-Id", context.head.id);
  if (!raw.etag.empty()) response.headers.set("ETag", raw.etag);
  if (!raw.etag.empty() && context.head.headers.get("If-None-Match") == raw.etag) {
    response.status = 304;
    return response;
  }
  if (std::holds_alternative<std::unique_ptr<net::BodySource>>(raw.body)) response.source_length = net::Response::kUnknownLength;
  response.body = std::move(raw.body);
  return response;
}

ApiError too_large(std::size_t most) {
  return {.status = 413, .code = "TooLarge", .message = "The body has more than " + std::to_string(most) + " bytes."};
}

}  // namespace

BeginResult ConsoleService::begin(ContextPtr context) {
  std::string id;
  const auto found = route(*context, id);
  if (!found) return std::unexpected(refuse(*context, found.error()));
  const Route& route = **found;
  const std::size_t most = route.max_body;
  if (context->head.content_length.value_or(0) > most) return std::unexpected(refuse(*context, too_large(most)));
  return net::collect_body(context->head,
                           {.max_bytes = most,
                            .budget = &budget_,
                            .too_large = [this, context, most](const net::RequestHead&) { return refuse(*context, too_large(most)); },
                            .busy =
                                [this, context](const net::RequestHead&) {
                                  return refuse(*context, api_error(Error{Code::kUnavailable, "No memory is left for this body now."}));
                                }},
                           [this, context, &route, id](const net::RequestHead&, Bytes body) { return handle(route, *context, id, body); });
}

// What needs nothing but the head, before any of the body is read.
Outcome<const ConsoleService::Route*> ConsoleService::route(Context& context, std::string& id) const {
  const net::RequestHead& head = context.head;
  const std::string_view path = std::string_view(head.path).substr(std::string_view(kApiPath).size());
  const Route* found = nullptr;
  std::string allowed;
  for (const Route& route : kRoutes) {
    if (!matches(route.path, path, id)) continue;
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    if (head.method == route.method) found = &route;
  }
  if (allowed.empty()) return std::unexpected(ApiError{.status = 404, .code = "NotFound", .message = "There is nothing at this path."});
  if (found == nullptr) return std::unexpected(ApiError{.status = 405, .code = "MethodNotAllowed", .message = "This path knows no such method.", .allow = allowed});
  context.operation = found->operation;
  if (!head.secure && !net::is_loopback(head.peer))
    return std::unexpected(ApiError{.status = 403, .code = "TlsRequired", .message = "From other machines the console is reached over TLS only."});
  if (!of_own_origin(head))
    return std::unexpected(ApiError{.status = 403, .code = "CsrfRefused", .message = "This request comes from a page that is not the console's."});
  if (!found->takes_body && has_body(head))
    return std::unexpected(ApiError{.status = 400, .code = "InvalidRequest", .message = "This operation takes no body."});
  if (found->takes_body && !is_json(head.headers.get("Content-Type")))
    return std::unexpected(ApiError{.status = 415, .code = "UnsupportedMediaType", .message = "Content-Type is not application/json."});
  return found;
}

// Who asks, and whether it is really they.
Outcome<void> ConsoleService::admit(const Route& route, Context& context, Call& call) const {
  const net::RequestHead& head = context.head;
  call.token = session_token(head.headers, head.secure).value_or("");
  if (!call.token.empty()) call.visitor = backend_.sign_in.visitor(call.token);
  if (!route.signed_in) return {};
  if (!call.visitor) return std::unexpected(ApiError{.status = 401, .code = "NotSignedIn", .message = "Nobody is signed in, or not any more."});
  const auto& user = call.visitor->user;
  iam::ConditionValues values = request_values(context, clock_.now_ms());
  iam::Principal principal = iam::console::principal_of(user.role, user.name, user.id, values);
  context.user = principal.name;
  context.caller.emplace(backend_.access, iam::Caller::Facts{.principal = std::move(principal),
                                                             .access_key = {},
                                                             .request_id = head.id,
                                                             .source_ip = head.peer,
                                                             .values = std::move(values),
                                                             .role = {iam::console::policy_of(user.role)}});
  if (!changes(head)) return {};
  const std::string expected = iam::console::csrf_token(call.token);
  if (crypto::constant_time_equal(as_bytes(expected), as_bytes(head.headers.get(kCsrfHeader)))) return {};
  return std::unexpected(ApiError{.status = 403, .code = "CsrfRefused", .message = "The header X-Eyrie-CSRF does not hold the session's token."});
}

net::Response ConsoleService::handle(const Route& route, Context& context, std::string id, const Bytes& body) const {
  Call call{.backend = backend_, .context = context, .body = body, .id = std::move(id), .token = {}, .visitor = {}};
  if (const auto admitted = admit(route, context, call); !admitted) return refuse(context, admitted.error());
  Outcome<Answer> outcome = route.run(call);
  if (outcome && outcome->raw) return raw_response(context, std::move(*outcome->raw));
  return outcome ? answer(context, *outcome) : refuse(context, outcome.error());
}

net::Response ConsoleService::answer(const Context& context, const Answer& answer) const {
  net::Response response = json_response(context, answer.status, answer.body);
  // What the browser has kept of pictures goes with the session.
  if (answer.new_token && answer.new_token->empty()) response.headers.set("Clear-Site-Data", "\"cache\"");
  if (!answer.new_token) return response;
  const bool secure = context.head.secure;
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(backend_.sessions.limits().absolute);
  response.headers.add("Set-Cookie",
                       answer.new_token->empty() ? clear_session_cookie(secure) : set_session_cookie(*answer.new_token, secure, life));
  return response;
}

net::Response ConsoleService::refuse(const Context& context, const ApiError& error) const {
  note(context, error);
  net::Response response = json_response(context, error.status, json::object{{"code", error.code}, {"message", error.message}});
  if (error.wait.count() > 0) response.headers.set("Retry-After", std::to_string((error.wait.count() + 999) / 1000));
  if (!error.allow.empty()) response.headers.set("Allow", error.allow);
  return response;
}

// What signing in and policies refuse they have noted themselves. A page that asks who is signed in, and nobody is, is no refusal.
void ConsoleService::note(const Context& context, const ApiError& error) const {
  static const std::set<std::string_view> kNoted{"CsrfRefused", "TlsRequired", "NotSignedIn"};
  const bool asks_who = context.operation == "GetSession" && error.code == "NotSignedIn";
  if (!kNoted.contains(error.code) || asks_who) return;
  log_warning("the console refuses", {{"operation", context.operation}, {"peer", context.head.peer}, {"reason", error.message}});
  backend_.access.note_unknown({.request_id = context.head.id,
                                .source_ip = context.head.peer,
                                .principal = {},
                                .access_key = {},
                                .action = "console:" + context.operation,
                                .resource = context.head.path,
                                .reason = error.message});
}

}  // namespace eyrie::api::console
