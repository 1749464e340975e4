// Who is signed in where, and ending that.
#include "api/console/operations.h"
#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

using iam::console::ConsoleUser;
using iam::console::Session;

// Of the query: whose sessions; the visitor's own where nobody is named.
Outcome<std::string> user_asked_for(const Call& call) {
  EYRIE_TRY(const auto pairs, call.query());
  std::string user = call.visitor->user.id;
  for (const auto& [name, value] : pairs) {
    if (name != "user") return refused(Code::kInvalidArgument, "The query asks for what is not known here.");
    user = value;
  }
  return user;
}

json::object session_row(const Call& call, const Session& session) {
  return {{"id", session.id},
          {"user", session.user},
          {"created", format_iso8601(session.created_ms)},
          {"used", format_iso8601(session.used_ms)},
          {"ends", format_iso8601(call.backend.sessions.ends_ms(session))},
          {"address", session.address},
          {"agent", session.agent},
          {"current", session.id == call.visitor->session.id}};
}

}  // namespace

Outcome<Answer> list_sessions(const Call& call) {
  EYRIE_TRY(const std::string id, user_asked_for(call));
  EYRIE_CHECK_OK(call.may("console:ListSessions", id));
  ConsoleUser user = iam::console::owner();
  if (id != iam::console::kOwner) {
    EYRIE_TRY(user, told(call.backend.users.user(id)));
  }
  json::array sessions;
  for (const Session& session : call.backend.sign_in.sessions_of(user)) sessions.push_back(session_row(call, session));
  return Answer{.body = json::object{{"sessions", std::move(sessions)}}};
}

Outcome<Answer> end_session(const Call& call) {
  const auto session = call.backend.sessions.session(call.id);
  if (!session) return refused(Code::kNotFound, "There is no such session.");
  EYRIE_CHECK_OK(call.may("console:EndSession", session->user));
  EYRIE_CHECK_OK(told(call.backend.sessions.end(call.id)));
  call.note("console:EndSession", iam::console::user_arn(session->user));
  Answer answer{.status = 204, .body = nullptr};
  if (call.id == call.visitor->session.id) answer.new_token = "";
  return answer;
}

Outcome<Answer> end_other_sessions(const Call& call) {
  const std::string& user = call.visitor->user.id;
  EYRIE_CHECK_OK(call.may("console:EndSession", user));
  EYRIE_CHECK_OK(told(call.backend.sessions.end_of_user(user, call.visitor->session.id)));
  call.note("console:EndSession", iam::console::user_arn(user));
  return Answer{.status = 204, .body = nullptr};
}

}  // namespace eyrie::api::console
