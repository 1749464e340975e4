// Temporary credentials: an access key, its secret and a session token, with which code acts as a role for a while.
//
// Those of sandboxes live in memory: what they are given to dies with the process too. Those that STS gives out are in their token, sealed
// (session_tokens.h), and outlive restarts; there is no taking them back, as with AWS. A session's rights are the role's, or the user's, of the
// moment; one whose role or user is gone may do nothing. Thread safety: all of it.
#pragma once

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

#include "base/time/clock.h"
#include "iam/roles/roles.h"

namespace eyrie::iam {

struct SessionCredential {
  std::string access_key;  // ASIA...
  std::string secret;
  std::string token;
  std::int64_t expires_ms = 0;
};

class SessionTokens;

class Sessions {
 public:
  // All must outlive it. Without `tokens` there are sessions in memory alone.
  explicit Sessions(const Roles& roles, const Clock& clock = Clock::system(), const Identities* identities = nullptr,
                    const SessionTokens* tokens = nullptr)
      : roles_(roles), clock_(clock), identities_(identities), tokens_(tokens) {}

  // kNotFound where there is no such role.
  Result<SessionCredential> begin(const std::string& role_arn, const std::string& session_name, std::int64_t lifetime_ms);
  void end(const std::string& access_key);

  // What STS gives out: acting as a role, and as the user (or the root) that asks. kUnsupported without tokens.
  struct Given {
    SessionCredential credential;
    Principal principal;
  };
  Result<Given> assume(const Role& role, const std::string& session_name, std::int64_t lifetime_ms) const;
  Result<Given> session_of(const Principal& principal, std::int64_t lifetime_ms) const;

  struct Session {
    SessionCredential credential;
    Principal principal;
    std::vector<PolicyPtr> policies;  // of the role, as they are now; a user's are asked for by the principal
    std::int64_t issued_ms = 0;
  };
  // nullopt where there is none of this key and token, or it is over.
  std::optional<Session> find(const std::string& access_key, const std::string& token) const;

 private:
  struct Known {
    SessionCredential credential;
    Principal principal;
    std::string role, role_id;
    std::int64_t issued_ms = 0;
  };
  std::optional<Session> find_sealed(const std::string& access_key, const std::string& token) const;

  const Roles& roles_;
  const Clock& clock_;
  const Identities* const identities_;
  const SessionTokens* const tokens_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, Known> sessions_;  // guarded by mutex_; by access key
};

}  // namespace eyrie::iam
