// Who asks: access keys and the two steps of verifying a SigV4 signature.
//
// Step one, claim(), needs only the request's head; step two, verify(), also the payload's hash. For S3 both come before
// the body; for the JSON services the hash is the body's own, so the second step waits for it.
// Thread safety: all of it.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "aws/form_signature.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "iam/identities.h"
#include "iam/roles/sessions.h"
#include "net/http.h"

namespace eyrie::iam {

struct AccessKey {
  std::string id;
  std::string secret;
  Principal principal = Principal::root();
  std::vector<PolicyPtr> role = {};  // of a session: what its role may do
};

class Authenticator {
 public:
  // `identities` and `sessions`: whose keys are known beside the root key; both must outlive it.
  explicit Authenticator(AccessKey root, const Clock& clock = Clock::system(), Identities* identities = nullptr, const Sessions* sessions = nullptr);

  struct Claim {
    aws::Authorization authorization;
    AccessKey key;
  };
  std::expected<Claim, aws::AuthError> claim(const net::RequestHead& head) const;

  // `body_hash` (hex SHA-256) is used where the request does not tell a payload hash of its own; where it tells one and a
  // body hash is given, both must agree.
  std::expected<aws::VerifiedSignature, aws::AuthError> verify(const Claim& claim, const net::RequestHead& head,
                                                               std::optional<std::string> body_hash = {}) const;

  // A POST form's signature for a service and region, over the policy as it was sent (base64); whose it is. What the policy permits is
  // the caller's to check.
  std::expected<AccessKey, aws::AuthError> verify_form(const aws::FormCredentials& form, std::string_view policy,
                                                       std::string_view service, std::string_view region) const;
  std::int64_t now_ms() const { return clock_.now_ms(); }

 private:
  // `token`: of the session; empty: none was told.
  std::optional<AccessKey> find(const std::string& key_id, const std::string& token) const;
  void note_use(const AccessKey& key, std::string_view service, std::string_view region) const;

  const AccessKey root_;
  const Clock& clock_;
  Identities* const identities_;
  const Sessions* const sessions_;
};

}  // namespace eyrie::iam
