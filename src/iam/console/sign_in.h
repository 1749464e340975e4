// Signing in to the console, and who is signed in: what users, sessions, throttle and the one-time link are together.
//
// Whether a name is anybody's shows neither in the answer nor in its time, nor whether a user is disabled. Refusals go to the audit log of
// those that nobody known has made (AccessControl::note_unknown); what is done (signing in and out, changes of users) to `done`.
//
// Refusals: kUnauthenticated - name and password (or token) do not fit; kUnavailable with `wait` - too many tries, or without - too many
// at once; else the store's. Thread safety: all of it.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "crypto/password.h"
#include "iam/access_control.h"
#include "iam/console/console_users.h"
#include "iam/console/sessions.h"
#include "iam/console/throttle.h"
#include "iam/console/tokens.h"

namespace eyrie::iam::console {

// Whence a request comes.
struct From {
  std::string address, agent, request_id;
};

// Who is signed in. Who came by the one-time link is `owner`: an admin without a record.
struct Visitor {
  ConsoleUser user;
  Session session;

  bool is_owner() const { return user.id == kOwner; }
};

struct Refusal {
  Error error;
  std::chrono::milliseconds wait{0};
};

class SignIn {
 public:
  // All must outlive it.
  struct Parts {
    ConsoleUsers& users;
    Sessions& sessions;
    crypto::PasswordHasher& hasher;
    Throttle& throttle;
    OneTimeToken& link;
    const AccessControl& access;
    AuditLog& done;
  };
  explicit SignIn(const Parts& parts) : parts_(parts) {}

  struct SignedIn {
    std::string token;  // of the new session
    Visitor visitor;
  };
  std::expected<SignedIn, Refusal> with_password(const std::string& name, const std::string& password, const From& from);
  std::expected<SignedIn, Refusal> with_link(const std::string& token, const From& from);
  // A new session of somebody whose others have just ended.
  Result<SignedIn> again(const ConsoleUser& user, const From& from);
  // Whether it is who is signed in that asks: the password once more, throttled like a sign-in.
  std::expected<void, Refusal> confirm(const Visitor& visitor, const std::string& password, const From& from);

  // nullopt where the token is of no live session, or its user has gone or changed since.
  std::optional<Visitor> visitor(std::string_view token);
  std::vector<Session> sessions_of(const ConsoleUser& user) const;  // last used first
  Status sign_out(const Visitor& visitor, const From& from);

  // Notes in the audit log that `visitor` has done this.
  void note(const Visitor& visitor, std::string_view action, const std::string& resource, const From& from);

 private:
  std::expected<ConsoleUser, Refusal> check_password(const std::string& name, const std::string& password, const From& from);
  void rekeep(const ConsoleUser& user, const std::string& password);
  std::unexpected<Refusal> refuse(std::string_view action, const std::string& user_id, Refusal refusal, const From& from);

  const Parts parts_;
};

// The user that the holder of the one-time link is.
ConsoleUser owner();

}  // namespace eyrie::iam::console
