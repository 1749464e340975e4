#include "iam/console/sign_in.h"

#include "base/log.h"
#include "iam/console/password_rules.h"

namespace eyrie::iam::console {
namespace {

constexpr std::string_view kSignIn = "console:SignIn";

Refusal wrong() {
  return {.error = {Code::kUnauthenticated, "The name or the password is wrong."}};
}

}  // namespace

ConsoleUser owner() {
  return {.id = std::string(kOwner), .name = std::string(kOwner), .role = Role::kAdmin};
}

std::unexpected<Refusal> SignIn::refuse(std::string_view action, const std::string& user_id, Refusal refusal, const From& from) {
  log_warning("not signed in", {{"peer", from.address}, {"user", user_id}, {"reason", refusal.error.message}});
  // What was typed for a name may be a password: a name is told by whose it is, or not at all.
  parts_.access.note_unknown({.request_id = from.request_id,
                              .source_ip = from.address,
                              .principal = {},
                              .access_key = {},
                              .action = std::string(action),
                              .resource = user_id.empty() ? "" : user_arn(user_id),
                              .reason = refusal.error.message});
  return std::unexpected(std::move(refusal));
}

void SignIn::note(const Visitor& visitor, std::string_view action, const std::string& resource, const From& from) {
  ConditionValues ignored;
  const Principal principal = principal_of(visitor.user.role, visitor.user.name, visitor.user.id, ignored);
  log_info("console", {{"principal", principal.arn}, {"action", action}, {"resource", resource}, {"peer", from.address}});
  parts_.done.add({.request_id = from.request_id,
                   .source_ip = from.address,
                   .principal = principal.arn,
                   .access_key = {},
                   .action = std::string(action),
                   .resource = resource,
                   .reason = {}});
}

// The password is known only now, so it can be kept as dearly as new ones are.
void SignIn::rekeep(const ConsoleUser& user, const std::string& password) {
  const auto kept = parts_.hasher.hash(password);
  const Status done = kept ? parts_.users.rekeep_password(user.id, user.password, *kept) : fail(kept.error());
  if (!done) log_warning("a password is kept as before", {{"user", user.id}, {"error", done.error().message}});
}

std::expected<ConsoleUser, Refusal> SignIn::check_password(const std::string& name, const std::string& password, const From& from) {
  const auto user = parts_.users.named(name);
  const std::string id = user ? user->id : "";
  if (const auto wait = parts_.throttle.admit(name, from.address); wait.count() > 0)
    return refuse(kSignIn, id, {.error = {Code::kUnavailable, "Too many tries; wait before the next."}, .wait = wait}, from);
  const bool bearable = password.size() <= kMaxPasswordBytes;
  const auto verdict = [&]() -> Result<crypto::PasswordHasher::Verdict> {
    if (user && bearable) return parts_.hasher.verify(user->password, password);
    EYRIE_CHECK_OK(parts_.hasher.verify_nobody(bearable ? std::string_view(password) : std::string_view()));
    return crypto::PasswordHasher::Verdict{};
  }();
  if (!verdict) {
    parts_.throttle.withdraw(name, from.address);
    return refuse(kSignIn, id, {.error = verdict.error()}, from);
  }
  if (!verdict->matches || user->disabled) return refuse(kSignIn, id, wrong(), from);
  parts_.throttle.succeeded(name, from.address);
  if (verdict->outdated) rekeep(*user, password);
  return *user;
}

Result<SignIn::SignedIn> SignIn::again(const ConsoleUser& user, const From& from) {
  EYRIE_TRY(Sessions::Started started, parts_.sessions.start(user.id, user.generation, from.address, from.agent));
  return SignedIn{.token = std::move(started.token), .visitor = {.user = user, .session = std::move(started.session)}};
}

std::expected<SignIn::SignedIn, Refusal> SignIn::with_password(const std::string& name, const std::string& password, const From& from) {
  EYRIE_TRY(const ConsoleUser user, check_password(name, password, from));
  auto signed_in = again(user, from);
  if (!signed_in) return refuse(kSignIn, user.id, {.error = signed_in.error()}, from);
  note(signed_in->visitor, kSignIn, user_arn(user.id), from);
  return std::move(*signed_in);
}

std::expected<SignIn::SignedIn, Refusal> SignIn::with_link(const std::string& token, const From& from) {
  if (!parts_.link.redeem(token)) {
    return refuse(kSignIn, std::string(kOwner),
                  {.error = {Code::kUnauthenticated, "This link was used already, or is older than 15 minutes, or of an earlier start."}}, from);
  }
  auto signed_in = again(owner(), from);
  if (!signed_in) return refuse(kSignIn, std::string(kOwner), {.error = signed_in.error()}, from);
  note(signed_in->visitor, kSignIn, user_arn(kOwner), from);
  return std::move(*signed_in);
}

std::expected<void, Refusal> SignIn::confirm(const Visitor& visitor, const std::string& password, const From& from) {
  EYRIE_TRY(const ConsoleUser user, check_password(visitor.user.name, password, from));
  if (user.id != visitor.user.id) return std::unexpected(wrong());
  return {};
}

std::optional<Visitor> SignIn::visitor(std::string_view token) {
  const auto session = parts_.sessions.find(token);
  if (!session) return std::nullopt;
  if (session->user == kOwner) return Visitor{.user = owner(), .session = *session};
  auto user = parts_.users.user(session->user);
  if (!user || user->disabled || user->generation != session->generation) return std::nullopt;
  return Visitor{.user = std::move(*user), .session = *session};
}

std::vector<Session> SignIn::sessions_of(const ConsoleUser& user) const {
  std::vector<Session> found = parts_.sessions.of_user(user.id);
  std::erase_if(found, [&](const Session& session) { return session.generation != user.generation; });
  return found;
}

Status SignIn::sign_out(const Visitor& visitor, const From& from) {
  EYRIE_CHECK_OK(parts_.sessions.end(visitor.session.id));
  note(visitor, "console:SignOut", user_arn(visitor.user.id), from);
  return {};
}

}  // namespace eyrie::iam::console
