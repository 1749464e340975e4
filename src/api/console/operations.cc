#include "api/console/operations.h"

#include "base/log.h"

namespace eyrie::api::console {

ApiError api_error(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return {.status = 400, .code = "InvalidRequest", .message = error.message};
    case Code::kUnauthenticated:
      return {.status = 401, .code = "WrongCredentials", .message = error.message};
    case Code::kPermissionDenied:
      return {.status = 403, .code = "AccessDenied", .message = error.message};
    case Code::kNotFound:
      return {.status = 404, .code = "NotFound", .message = error.message};
    case Code::kAlreadyExists:
      return {.status = 409, .code = "AlreadyExists", .message = error.message};
    case Code::kFailedPrecondition:
      return {.status = 409, .code = "Conflict", .message = error.message};
    case Code::kTooLarge:
      return {.status = 409, .code = "LimitExceeded", .message = error.message};
    case Code::kUnavailable:
      return {.status = 503, .code = "Busy", .message = error.message, .wait = std::chrono::seconds(1)};
    default:
      log_error("the console's API failed", {{"error", error.message}});
      return {.status = 500, .code = "InternalError", .message = "Something went wrong in the server; its log says what."};
  }
}

ApiError api_error(const iam::console::Refusal& refusal) {
  ApiError error = api_error(refusal.error);
  if (refusal.wait.count() > 0) error = {.status = 429, .code = "TooManyTries", .message = refusal.error.message, .wait = refusal.wait};
  return error;
}

iam::console::From Call::from() const {
  const net::RequestHead& head = context.head;
  return {.address = head.peer, .agent = std::string(head.headers.get("User-Agent")), .request_id = head.id};
}

Outcome<void> Call::may(std::string_view action, std::string_view user_id) const {
  return told(context.caller->may(action, iam::console::user_arn(user_id)));
}

Outcome<void> Call::may_on(std::string_view action, const std::string& arn) const {
  return told(context.caller->may(action, arn));
}

Outcome<std::vector<std::pair<std::string, std::string>>> Call::query() const {
  std::string text;
  for (const char c : context.head.query) text += c == '+' ? std::string("%20") : std::string(1, c);
  auto pairs = net::parse_query(text);
  if (!pairs) return refused(Code::kInvalidArgument, "The query is malformed.");
  return std::move(*pairs);
}

void Call::note(std::string_view action, const std::string& arn) const {
  backend.sign_in.note(*visitor, action, arn, from());
}

Outcome<const Gallery*> Call::gallery() const {
  if (backend.gallery == nullptr) return refused(Code::kNotFound, "There are no pictures here.");
  return backend.gallery;
}

Outcome<const Administration*> Call::administration() const {
  if (backend.administration == nullptr) return refused(Code::kNotFound, "There is nothing to administer here.");
  return backend.administration;
}

}  // namespace eyrie::api::console
