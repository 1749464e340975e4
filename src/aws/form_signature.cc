#include "aws/form_signature.h"

#include "base/time/clock.h"
#include "crypto/digest.h"

namespace eyrie::aws {

std::expected<Authorization, AuthError> parse_form_credentials(const FormCredentials& form, std::int64_t now_ms) {
  if (form.algorithm.starts_with("AWS4-ECDSA")) {
    return refuse(AuthProblem::kUnsupported,
                  "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported. Please use AWS4-HMAC-SHA256.");
  }
  if (form.algorithm != kSigV4Algorithm) {
    return std::unexpected(AuthError{AuthProblem::kInvalidArgument,
                                     "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"",
                                     {{"ArgumentName", "x-amz-algorithm"}, {"ArgumentValue", form.algorithm}}});
  }
  Authorization claim;
  claim.presigned = true;  // errors name the fields as those of a query
  std::string* const fields[] = {&claim.access_key, &claim.date, &claim.region, &claim.service};
  std::string_view rest = form.credential;
  for (std::string* field : fields) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || slash == 0) break;
    *field = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
  }
  if (rest != "aws4_request" || claim.service != "s3") {
    return refuse(AuthProblem::kMalformedQuery,
                  "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                  "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
  }
  const auto time = parse_amz_date(form.date);
  if (!time) {
    return refuse(AuthProblem::kMalformedQuery,
                  "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  claim.time_ms = *time;
  claim.amz_date = format_amz_date(*time);
  if (claim.date != std::string_view(claim.amz_date).substr(0, 8)) {
    return refuse(AuthProblem::kMalformedQuery, "Invalid credential date \"" + claim.date +
                                                    "\". This date is not the same as X-Amz-Date: \"" +
                                                    claim.amz_date.substr(0, 8) + "\".");
  }
  if (claim.time_ms - now_ms > kMaxSkewMs || now_ms - claim.time_ms > kMaxExpiresSeconds * 1000 + kMaxSkewMs) {
    return refuse(AuthProblem::kExpired, "The signature's date is too far from the current time.");
  }
  claim.signature = form.signature;
  claim.session_token = form.token;
  claim.payload = PayloadMode::kUnsigned;
  return claim;
}

std::expected<void, AuthError> check_form_signature(const Authorization& claim, std::string_view policy,
                                                    std::string_view secret) {
  const SigningKey key = derive_signing_key(secret, claim.date, claim.region, claim.service);
  const std::string expected = sign_string(key, policy);
  if (crypto::constant_time_equal(as_bytes(expected), as_bytes(claim.signature))) return {};
  return std::unexpected(
      AuthError{AuthProblem::kBadSignature,
                "The request signature we calculated does not match the signature you provided. Check your key and "
                "signing method.",
                {{"AWSAccessKeyId", claim.access_key},
                 {"StringToSign", std::string(policy)},
                 {"SignatureProvided", claim.signature}}});
}

}  // namespace eyrie::aws
