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
#include "aws/sigv2.h"
#include "aws/sigv4.h"
#include "base/time/clock.h"
#include "iam/identities.h"
#include "iam/roles/sessions.h"
#include "iam/root_key_use.h"
#include "net/http.h"

namespace eyrie::iam {

struct AccessKey {
  std::string id;
  std::string secret;
  Principal principal = Principal::root();
  std::vector<PolicyPtr> role = {};  // of a session: what its role may do
  std::int64_t issued_ms = 0;        // of temporary credentials; 0: they are none
};

class Authenticator {
 public:
  // `identities` and `sessions`: whose keys are known beside the root key; both must outlive it.
  explicit Authenticator(AccessKey root, const Clock& clock = Clock::system(), Identities* identities = nullptr, const Sessions* sessions = nullptr);

  // Whether S3's presigned URLs and forms may have Signature Version 2. Set before requests come.
  void take_version_2(bool takes) { takes_version_2_ = takes; }
  bool takes_version_2() const { return takes_version_2_; }

  // Told of each use of the root key itself, but for URLs that were signed before. It must outlive this; set before requests come.
  void note_root_use_in(RootKeyUse& use) { root_use_ = &use; }

  struct Claim {
    aws::Authorization authorization;
    AccessKey key;
  };
  // `may_be_version_2`: the service is one that takes such signatures.
  std::expected<Claim, aws::AuthError> claim(const net::RequestHead& head, bool may_be_version_2 = false) const;

  // `body_hash` (hex SHA-256) is used where the request does not tell a payload hash of its own; where it tells one and a
  // body hash is given, both must agree.
  // `host_bucket`: for Signature Version 2 (sigv2.h).
  std::expected<aws::VerifiedSignature, aws::AuthError> verify(const Claim& claim, const net::RequestHead& head,
                                                               std::optional<std::string> body_hash = {}, std::string_view host_bucket = {}) const;

  // A POST form's signature for a service and region, over the policy as it was sent (base64); whose it is. What the policy permits is
  // the caller's to check.
  std::expected<AccessKey, aws::AuthError> verify_form(const aws::FormCredentials& form, std::string_view policy,
                                                       std::string_view service, std::string_view region) const;
  // The same for Signature Version 2. `token`: of the session; empty: none.
  std::expected<AccessKey, aws::AuthError> verify_form_version_2(const std::string& access_key, const std::string& signature, std::string_view policy,
                                                                 const std::string& token) const;
  std::int64_t now_ms() const { return clock_.now_ms(); }

 private:
  // `token`: of the session; empty: none was told.
  std::optional<AccessKey> find(const std::string& key_id, const std::string& token) const;
  // `signed_now`: by whoever sends the request, and not before as a URL.
  void note_use(const AccessKey& key, std::string_view service, std::string_view region, bool signed_now = true) const;

  bool takes_version_2_ = true;
  const AccessKey root_;
  const Clock& clock_;
  Identities* const identities_;
  const Sessions* const sessions_;
  RootKeyUse* root_use_ = nullptr;
};

}  // namespace eyrie::iam
