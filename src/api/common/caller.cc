#include "api/common/caller.h"

#include "base/time/clock.h"
#include "base/log.h"

namespace eyrie::api {

iam::ConditionValues request_values(const Context& context, std::int64_t now_ms) {
  const net::RequestHead& head = context.head;
  iam::ConditionValues values;
  values.add("aws:SourceIp", head.peer);
  values.add("aws:SecureTransport", head.secure ? "true" : "false");
  values.add("aws:CurrentTime", format_iso8601(now_ms));
  values.add("aws:EpochTime", std::to_string(now_ms / 1000));
  values.add("aws:RequestedRegion", std::string(kRegion));
  if (const std::string* agent = head.headers.find("User-Agent")) values.add("aws:UserAgent", *agent);
  if (const std::string* referer = head.headers.find("Referer")) values.add("aws:Referer", *referer);
  return values;
}

void note_refusal(const Door& door, const Context& context, std::string_view service, const std::string& access_key,
                  const std::string& reason) {
  log_warning("not authenticated", {{"service", service}, {"peer", context.head.peer}, {"reason", reason}});
  door.access.note_unknown({.request_id = context.head.id,
                            .source_ip = context.head.peer,
                            .access_key = access_key,
                            .action = std::string(service),
                            .resource = context.head.path,
                            .reason = reason});
}

std::expected<iam::Authenticator::Claim, aws::AuthError> claim(const Door& door, const Context& context,
                                                               std::string_view service) {
  auto claim = door.authenticator.claim(context.head, service == "s3");
  if (!claim) {
    std::string key;
    for (const auto& [name, value] : claim.error().details) {
      if (name == "AWSAccessKeyId") key = value;
    }
    note_refusal(door, context, service, key, claim.error().message);
  }
  return claim;
}

std::expected<aws::VerifiedSignature, aws::AuthError> verify(const Door& door, Context& context,
                                                             const iam::Authenticator::Claim& claim,
                                                             std::optional<std::string> body_hash,
                                                             const ValuesOf& values, std::string_view host_bucket) {
  auto verified = door.authenticator.verify(claim, context.head, std::move(body_hash), host_bucket);
  if (!verified) {
    note_refusal(door, context, claim.authorization.service, claim.key.id, verified.error().message);
    return verified;
  }
  admit(door, context, claim.key, values);
  return verified;
}

void admit_anonymous(const Door& door, Context& context, const ValuesOf& values) {
  admit(door, context, {.id = {}, .secret = {}, .principal = iam::Principal::anonymous()}, values);
  context.version_4 = false;
}

void admit(const Door& door, Context& context, const iam::AccessKey& key, const ValuesOf& values) {
  context.user = key.principal.name;
  iam::Caller::Facts facts{.principal = key.principal,
                           .access_key = key.id,
                           .request_id = context.head.id,
                           .source_ip = context.head.peer,
                           .values = {},
                           .role = key.role,
                           .temporary = key.issued_ms != 0};
  // Most requests are never asked: the root's where no bucket's policy speaks of it, and where policies have no conditions.
  facts.values.add_lazily("", [&context, values, now_ms = door.authenticator.now_ms(), issued_ms = key.issued_ms] {
    iam::ConditionValues told = request_values(context, now_ms);
    if (issued_ms != 0) {
      told.add("aws:TokenIssueTime", format_iso8601(issued_ms));
      told.add("aws:MultiFactorAuthPresent", "false");
    }
    return values ? told.with(values()) : told;
  });
  context.caller.emplace(door.access, std::move(facts));
}

}  // namespace eyrie::api
