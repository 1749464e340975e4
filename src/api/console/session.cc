// Signing in and out, and who is signed in.
#include "api/console/operations.h"
#include "base/time/clock.h"

namespace eyrie::api::console {

using iam::console::SignIn;

json::object session_json(const iam::console::Visitor& visitor, std::string_view token, std::int64_t ends_ms) {
  return {{"user", user_json(visitor.user)},
          {"csrf", iam::console::csrf_token(token)},
          {"session", visitor.session.id},
          {"ends", format_iso8601(ends_ms)}};
}

Outcome<Answer> get_session(const Call& call) {
  return Answer{.body = session_json(*call.visitor, call.token, call.backend.sessions.ends_ms(call.visitor->session))};
}

Outcome<Answer> sign_in(const Call& call) {
  EYRIE_TRY(const Members members, told(Members::parse(call.body, {"name", "password", "token"})));
  const bool by_link = members.has("token");
  if (by_link && (members.has("name") || members.has("password")))
    return refused(Code::kInvalidArgument, "Either a token or name and password.");
  Outcome<SignIn::SignedIn> signed_in = [&]() -> Outcome<SignIn::SignedIn> {
    if (by_link) {
      EYRIE_TRY(const std::string token, told(members.text("token")));
      return told(call.backend.sign_in.with_link(token, call.from()));
    }
    EYRIE_TRY(const std::string name, told(members.text("name")));
    EYRIE_TRY(const std::string password, told(members.text("password")));
    return told(call.backend.sign_in.with_password(name, password, call.from()));
  }();
  if (!signed_in) return std::unexpected(std::move(signed_in.error()));
  // The browser forgets the session it had, so that one is over: nobody's token outlives who held it.
  if (call.visitor) EYRIE_CHECK_OK(told(call.backend.sessions.end(call.visitor->session.id)));
  const std::int64_t ends = call.backend.sessions.ends_ms(signed_in->visitor.session);
  return Answer{.body = session_json(signed_in->visitor, signed_in->token, ends), .new_token = signed_in->token};
}

Outcome<Answer> sign_out(const Call& call) {
  EYRIE_CHECK_OK(told(call.backend.sign_in.sign_out(*call.visitor, call.from())));
  return Answer{.status = 204, .body = nullptr, .new_token = ""};
}

}  // namespace eyrie::api::console
