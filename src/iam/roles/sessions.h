// Temporary credentials: an access key, its secret and a session token, with which code acts as a role for a while.
//
// They live in memory: what they are given to (a function's sandbox) dies with the process too. A session's rights are the role's of the
// moment; one whose role is gone may do nothing. Thread safety: all of it.
#pragma once

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

#include "base/clock.h"
#include "iam/roles/roles.h"

namespace eyrie::iam {

struct SessionCredential {
  std::string access_key;  // ASIA...
  std::string secret;
  std::string token;
  std::int64_t expires_ms = 0;
};

class Sessions {
 public:
  // Both must outlive it.
  explicit Sessions(const Roles& roles, const Clock& clock = Clock::system()) : roles_(roles), clock_(clock) {}

  // kNotFound where there is no such role.
  Result<SessionCredential> begin(const std::string& role_arn, const std::string& session_name, std::int64_t lifetime_ms);
  void end(const std::string& access_key);

  struct Session {
    SessionCredential credential;
    Principal principal;
    std::vector<PolicyPtr> policies;  // as they are now
  };
  // nullopt where there is none of this key and token, or it is over.
  std::optional<Session> find(const std::string& access_key, const std::string& token) const;

 private:
  struct Known {
    SessionCredential credential;
    Principal principal;
    std::string role, role_id;
  };
  const Roles& roles_;
  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, Known> sessions_;  // guarded by mutex_; by access key
};

}  // namespace eyrie::iam
