#include "iam/authenticator.h"

namespace eyrie::iam {

Authenticator::Authenticator(AccessKey root, const Clock& clock) : keys_{{root.id, root}}, clock_(clock) {}

std::expected<Authenticator::Claim, aws::AuthError> Authenticator::claim(const net::RequestHead& head) const {
  auto authorization = aws::parse_authorization(head, clock_.now_ms());
  if (!authorization) return std::unexpected(authorization.error());
  const auto found = keys_.find(authorization->access_key);
  if (found == keys_.end()) return std::unexpected(aws::invalid_access_key(*authorization));
  return Claim{std::move(*authorization), found->second};
}

std::expected<aws::VerifiedSignature, aws::AuthError> Authenticator::verify(const Claim& claim,
                                                                            const net::RequestHead& head,
                                                                            std::optional<std::string> body_hash) const {
  const bool told = claim.authorization.payload != aws::PayloadMode::kBodyHash;
  const std::string& hash = told || !body_hash ? claim.authorization.payload_hash : *body_hash;
  auto verified = aws::check_signature(claim.authorization, head, claim.key.secret, hash);
  if (!verified) return verified;
  if (claim.authorization.payload == aws::PayloadMode::kSha256 && body_hash && *body_hash != hash) {
    return std::unexpected(aws::AuthError{aws::AuthProblem::kBadSignature,
                                          "The provided 'x-amz-content-sha256' header does not match what was computed."});
  }
  return verified;
}

std::expected<AccessKey, aws::AuthError> Authenticator::verify_form(const aws::FormCredentials& form,
                                                                    std::string_view policy) const {
  const auto claim = aws::parse_form_credentials(form, clock_.now_ms());
  if (!claim) return std::unexpected(claim.error());
  const auto found = keys_.find(claim->access_key);
  if (found == keys_.end()) return std::unexpected(aws::invalid_access_key(*claim));
  if (auto signature = aws::check_form_signature(*claim, policy, found->second.secret); !signature)
    return std::unexpected(signature.error());
  return found->second;
}

}  // namespace eyrie::iam
