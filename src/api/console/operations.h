// The operations of the console's API, and what they share. Each is one function from a call to an answer or an error.
// Thread-safe: the state lies in the backend.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/common/service.h"
#include "api/console/administration/administration.h"
#include "api/console/dashboard/dashboard.h"
#include "api/console/members.h"
#include "api/console/pictures/gallery.h"
#include "base/transform_error.h"
#include "iam/console/sign_in.h"
#include "monitor/traces/traces.h"
#include "notify/rules/alert_rules.h"

namespace eyrie::api::console {

struct Backend {
  iam::console::ConsoleUsers& users;
  iam::console::Sessions& sessions;
  iam::console::SignIn& sign_in;
  crypto::PasswordHasher& hasher;
  const iam::AccessControl& access;
  notify::rules::AlertRules* alerts = nullptr;  // null: there are none, and cannot be
  const Gallery* gallery = nullptr;  // null: there are no pictures to see here
  const Administration* administration = nullptr;  // null: there is nothing of it here
  const Monitoring* monitoring = nullptr;  // null: nothing is measured
  monitor::Traces* traces = nullptr;  // null: none are kept
};

// On the wire {"code": CODE, "message": TEXT}.
struct ApiError {
  int status = 500;
  std::string code;
  std::string message;
  std::chrono::milliseconds wait{0};  // told by Retry-After
  std::string allow = {};             // told by Allow
};
ApiError api_error(const Error& error);
ApiError api_error(const iam::console::Refusal& refusal);
inline std::unexpected<ApiError> refused(Code code, std::string message) {
  return std::unexpected(api_error(Error{code, std::move(message)}));
}

template <typename T>
using Outcome = std::expected<T, ApiError>;

// A result whose error is told as it is.
template <typename T, typename E>
Outcome<T> told(std::expected<T, E> result) {
  return transform_error(std::move(result), [](const E& error) { return api_error(error); });
}

struct Call {
  const Backend& backend;
  const Context& context;
  ByteView body;
  std::string id;     // of the path: users/ID
  std::string token;  // of the session; empty: not signed in
  std::optional<iam::console::Visitor> visitor;

  iam::console::From from() const;
  // Whether the visitor may do this to the user: AccessDenied.
  Outcome<void> may(std::string_view action, std::string_view user_id) const;
  // The same of what has an ARN.
  Outcome<void> may_on(std::string_view action, const std::string& arn) const;
  // Names and values of the query, as forms and URLSearchParams write it: '+' stands for a space. InvalidRequest.
  Outcome<std::vector<std::pair<std::string, std::string>>> query() const;
  // For the audit log: the visitor has done it.
  void note(std::string_view action, const std::string& arn) const;
  // NotFound where there is none.
  Outcome<const Gallery*> gallery() const;
  Outcome<const Administration*> administration() const;
};

// What is no JSON.
struct Raw {
  std::string type;  // Content-Type
  std::variant<std::string, std::unique_ptr<net::BodySource>> body;
  std::string etag = {};  // with quotes; the browser may keep it, and asks whether it is still the same after a day
};

struct Answer {
  int status = 200;
  json::value body;                       // null: none
  std::optional<std::string> new_token = {};  // the session goes on under this one; empty: it is over
  std::optional<Raw> raw = {};                // instead of a body
};
using Operation = Outcome<Answer> (*)(const Call& call);

// Who is signed in, with the session's CSRF token.
json::object session_json(const iam::console::Visitor& visitor, std::string_view token, std::int64_t ends_ms);
json::object user_json(const iam::console::ConsoleUser& user);

Outcome<Answer> get_session(const Call& call);
Outcome<Answer> sign_in(const Call& call);
Outcome<Answer> sign_out(const Call& call);

Outcome<Answer> list_users(const Call& call);
Outcome<Answer> create_user(const Call& call);
Outcome<Answer> get_user(const Call& call);
Outcome<Answer> update_user(const Call& call);
Outcome<Answer> delete_user(const Call& call);
Outcome<Answer> set_password(const Call& call);

Outcome<Answer> list_sessions(const Call& call);
Outcome<Answer> end_session(const Call& call);
Outcome<Answer> end_other_sessions(const Call& call);

Outcome<Answer> list_alerts(const Call& call);
Outcome<Answer> get_alert(const Call& call);
Outcome<Answer> put_alert(const Call& call);
Outcome<Answer> delete_alert(const Call& call);
Outcome<Answer> test_alert(const Call& call);

Outcome<Answer> list_identities(const Call& call);
Outcome<Answer> create_identity(const Call& call);
Outcome<Answer> get_identity(const Call& call);
Outcome<Answer> delete_identity(const Call& call);
Outcome<Answer> create_key(const Call& call);
Outcome<Answer> update_key(const Call& call);
Outcome<Answer> delete_key(const Call& call);
Outcome<Answer> list_policies(const Call& call);
Outcome<Answer> create_policy(const Call& call);
Outcome<Answer> get_policy(const Call& call);
Outcome<Answer> put_policy(const Call& call);
Outcome<Answer> delete_policy(const Call& call);
Outcome<Answer> attach_policy(const Call& call);
Outcome<Answer> detach_policy(const Call& call);
Outcome<Answer> list_topics(const Call& call);
Outcome<Answer> list_audit(const Call& call);
Outcome<Answer> export_audit(const Call& call);
Outcome<Answer> list_models(const Call& call);
Outcome<Answer> list_settings(const Call& call);
Outcome<Answer> list_buckets(const Call& call);
Outcome<Answer> get_lifecycle(const Call& call);
Outcome<Answer> put_lifecycle(const Call& call);
Outcome<Answer> delete_lifecycle(const Call& call);
Outcome<Answer> list_functions(const Call& call);
Outcome<Answer> get_function(const Call& call);
Outcome<Answer> get_function_log(const Call& call);
Outcome<Answer> try_function(const Call& call);

Outcome<Answer> list_pictures(const Call& call);
Outcome<Answer> get_picture(const Call& call);
Outcome<Answer> get_result(const Call& call);
Outcome<Answer> get_thumbnail(const Call& call);
Outcome<Answer> update_picture(const Call& call);
Outcome<Answer> delete_picture(const Call& call);
Outcome<Answer> analyze_anew(const Call& call);
Outcome<Answer> begin_upload(const Call& call);
Outcome<Answer> watch(const Call& call);
Outcome<Answer> get_overview(const Call& call);
Outcome<Answer> get_trace(const Call& call);

Outcome<Answer> get_dashboard(const Call& call);
Outcome<Answer> export_dashboard(const Call& call);
Outcome<Answer> list_places(const Call& call);

}  // namespace eyrie::api::console
