// Signature Version 4 of a POST form: x-amz-signature is over the policy as it was sent.
//
// Source: AWS documentation, "Authenticating Requests in Browser-Based Uploads Using POST". Thread-safe: plain functions.
#pragma once

#include "aws/sigv4.h"

namespace eyrie::aws {

// The form's fields x-amz-algorithm, x-amz-credential, x-amz-date, x-amz-signature and, of temporary credentials, x-amz-security-token.
struct FormCredentials {
  std::string algorithm, credential, date, signature, token = {};
};

// Form, dates and scope; no secret needed. The signing key of a credential is good for a week; until when the form is, the
// policy says. access_key, date, region, service and signature are filled in.
std::expected<Authorization, AuthError> parse_form_credentials(const FormCredentials& form, std::int64_t now_ms);

// `policy`: the field's base64 text.
std::expected<void, AuthError> check_form_signature(const Authorization& claim, std::string_view policy,
                                                    std::string_view secret);

}  // namespace eyrie::aws
