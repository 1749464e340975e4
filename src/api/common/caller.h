// From a signed request to a Caller: what every service does before it serves. Failures go to the audit log. Thread-safe.
#pragma once

#include <expected>
#include <functional>
#include <optional>

#include "api/common/service.h"
#include "iam/access_control.h"
#include "iam/authenticator.h"

namespace eyrie::api {

// What services need to tell who asks and whether they may.
struct Door {
  const iam::Authenticator& authenticator;
  const iam::AccessControl& access;
};

// What a request says of itself to policies' conditions.
iam::ConditionValues request_values(const Context& context, std::int64_t now_ms);

// Step one (iam/authenticator.h).
std::expected<iam::Authenticator::Claim, aws::AuthError> claim(const Door& door, const Context& context,
                                                               std::string_view service);

// What a service says of a request to conditions. Asked once at most, when a policy first needs to know, so it must be callable as long as the context
// is there; never before the signature is known to be sound.
using ValuesOf = std::function<iam::ConditionValues()>;

// Step two: the signature. `host_bucket`: as of iam::Authenticator::verify(). From then on context.caller is there. `values`: empty where the service has none of its own.
std::expected<aws::VerifiedSignature, aws::AuthError> verify(const Door& door, Context& context,
                                                             const iam::Authenticator::Claim& claim,
                                                             std::optional<std::string> body_hash,
                                                             const ValuesOf& values = {}, std::string_view host_bucket = {});

// As verify() does, for a request that nobody has signed: may what a bucket's policy allows everybody.
void admit_anonymous(const Door& door, Context& context, const ValuesOf& values);

// As verify() does, for a POST form, whose signature is checked by another way.
void admit(const Door& door, Context& context, const iam::AccessKey& key, const ValuesOf& values);

// Writes a request without a sound signature to the audit log.
void note_refusal(const Door& door, const Context& context, std::string_view service, const std::string& access_key,
                  const std::string& reason);

}  // namespace eyrie::api
