#include "iam/authenticator.h"

#include "aws/account.h"

namespace eyrie::iam {

Authenticator::Authenticator(AccessKey root, const Clock& clock, Identities* identities, const Sessions* sessions)
    : root_(std::move(root)), clock_(clock), identities_(identities), sessions_(sessions) {}

std::optional<AccessKey> Authenticator::find(const std::string& key_id, const std::string& token) const {
  if (key_id == root_.id) return token.empty() ? std::optional(root_) : std::nullopt;
  if (!token.empty()) {
    auto session = sessions_ == nullptr ? std::nullopt : sessions_->find(key_id, token);
    if (!session) return std::nullopt;
    return AccessKey{.id = key_id,
                     .secret = session->credential.secret,
                     .principal = session->principal,
                     .role = std::move(session->policies),
                     .issued_ms = session->issued_ms};
  }
  if (identities_ == nullptr) return std::nullopt;
  auto found = identities_->credential(key_id);
  if (!found) return std::nullopt;
  return AccessKey{.id = key_id, .secret = std::move(found->secret), .principal = std::move(found->principal)};
}

void Authenticator::note_use(const AccessKey& key, std::string_view service, std::string_view region, bool signed_now) const {
  if (root_use_ != nullptr && signed_now && key.id == root_.id) root_use_->note(service, region);
  const bool lasting = key.principal.kind == Principal::Kind::kUser && key.issued_ms == 0;
  if (identities_ != nullptr && lasting) identities_->note_use(key.id, service, region);
}

std::expected<Authenticator::Claim, aws::AuthError> Authenticator::claim(const net::RequestHead& head, bool may_be_version_2) const {
  auto authorization = aws::parse_authorization(head, clock_.now_ms(), may_be_version_2 && takes_version_2_);
  if (!authorization) return std::unexpected(authorization.error());
  auto key = find(authorization->access_key, authorization->session_token);
  if (!key) return std::unexpected(aws::invalid_access_key(*authorization));
  return Claim{std::move(*authorization), std::move(*key)};
}

std::expected<aws::VerifiedSignature, aws::AuthError> Authenticator::verify(const Claim& claim,
                                                                            const net::RequestHead& head,
                                                                            std::optional<std::string> body_hash,
                                                                            std::string_view host_bucket) const {
  if (claim.authorization.version_2) {
    if (auto sound = aws::check_version_2(claim.authorization, head, host_bucket, claim.key.secret); !sound) return std::unexpected(sound.error());
    note_use(claim.key, claim.authorization.service, claim.authorization.region, !claim.authorization.presigned);
    return aws::VerifiedSignature{};  // nothing goes on from it
  }
  const bool told = claim.authorization.payload != aws::PayloadMode::kBodyHash;
  const std::string& hash = told || !body_hash ? claim.authorization.payload_hash : *body_hash;
  auto verified = aws::check_signature(claim.authorization, head, claim.key.secret, hash);
  if (!verified) return verified;
  if (claim.authorization.payload == aws::PayloadMode::kSha256 && body_hash && *body_hash != hash) {
    return std::unexpected(aws::AuthError{aws::AuthProblem::kBadSignature,
                                          "The provided 'x-amz-content-sha256' header does not match what was computed."});
  }
  note_use(claim.key, claim.authorization.service, claim.authorization.region, !claim.authorization.presigned);
  return verified;
}

std::expected<AccessKey, aws::AuthError> Authenticator::verify_form(const aws::FormCredentials& form,
                                                                    std::string_view policy, std::string_view service,
                                                                    std::string_view region) const {
  const auto claim = aws::parse_form_credentials(form, clock_.now_ms());
  if (!claim) return std::unexpected(claim.error());
  if (auto scope = aws::check_scope(*claim, service, region); !scope) return std::unexpected(scope.error());
  auto key = find(claim->access_key, claim->session_token);
  if (!key) return std::unexpected(aws::invalid_access_key(*claim));
  if (auto signature = aws::check_form_signature(*claim, policy, key->secret); !signature)
    return std::unexpected(signature.error());
  note_use(*key, claim->service, claim->region);
  return std::move(*key);
}

std::expected<AccessKey, aws::AuthError> Authenticator::verify_form_version_2(const std::string& access_key, const std::string& signature,
                                                                              std::string_view policy, const std::string& token) const {
  auto key = find(access_key, token);
  if (!key) return std::unexpected(aws::invalid_access_key({.access_key = access_key, .session_token = token}));
  if (auto sound = aws::check_form_version_2(access_key, signature, policy, key->secret); !sound) return std::unexpected(sound.error());
  note_use(*key, "s3", aws::kRegion);
  return std::move(*key);
}

}  // namespace eyrie::iam
