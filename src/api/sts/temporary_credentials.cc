#include "api/sts/temporary_credentials.h"

#include <algorithm>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "iam/roles/trust_policy.h"

namespace eyrie::api::sts {
namespace {

constexpr int kHour = 3600;
constexpr int kShortest = 900, kLongestRole = 12 * kHour, kLongestToken = 36 * kHour, kUsualToken = 12 * kHour;
constexpr std::size_t kMaxArn = 2048;

std::unexpected<aws::WireError> invalid(const std::string& value, std::string_view member, std::string_view constraint) {
  return std::unexpected(aws::WireError{400, "ValidationError",
                                        "1 validation error detected: Value '" + value + "' at '" + std::string(member) +
                                            "' failed to satisfy constraint: " + std::string(constraint)});
}

std::unexpected<aws::WireError> denied(const iam::Caller& caller, std::string_view action, const std::string& resource, std::string message) {
  caller.note_refusal(action, resource, message);
  return std::unexpected(aws::WireError{403, "AccessDenied", std::move(message)});
}

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Letters, digits, _ and those of `more`.
bool is_made_of(const std::string& text, std::string_view more, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::ranges::all_of(text, [more](char c) { return is_letter_or_digit(c) || c == '_' || more.contains(c); });
}

std::expected<int, aws::WireError> duration(const QueryCall& call, int usual, int longest) {
  const auto told = call.optional("DurationSeconds");
  if (!told) return usual;
  const auto number = whole_number<int>(*told);
  if (!number) return invalid(told->substr(0, 32), "durationSeconds", "Member must be a number");
  const int seconds = *number;
  if (seconds < kShortest) return invalid(*told, "durationSeconds", "Member must have value greater than or equal to 900");
  if (seconds > longest) return invalid(*told, "durationSeconds", "Member must have value less than or equal to " + std::to_string(longest));
  return seconds;
}

std::optional<aws::WireError> check_absent(const QueryCall& call) {
  for (const auto& [name, value] : call.parameters) {
    for (const std::string_view prefix : {"Policy", "Tags.", "TransitiveTagKeys.", "SerialNumber", "TokenCode", "SourceIdentity", "ProvidedContexts."}) {
      if (name.starts_with(prefix)) return aws::WireError{501, "NotImplemented", "The parameter " + name.substr(0, 64) + " is not implemented."};
    }
  }
  return std::nullopt;
}

void write(XmlWriter& xml, const iam::SessionCredential& credential) {
  xml.open("Credentials").text("AccessKeyId", credential.access_key).text("SecretAccessKey", credential.secret);
  xml.text("SessionToken", credential.token).text("Expiration", format_iso8601(credential.expires_ms / 1000 * 1000)).close("Credentials");
}

QueryResult done(const Status& status) {
  if (status) return {};
  return std::unexpected(aws::WireError{500, "InternalFailure", status.error().message});
}

}  // namespace

QueryResult assume_role(const iam::Roles& roles, const iam::Sessions& sessions, const QueryCall& call, XmlWriter& xml) {
  const std::string arn = call.get("RoleArn"), name = call.get("RoleSessionName");
  if (arn.size() < 20 || arn.size() > kMaxArn) return invalid(arn.substr(0, 128), "roleArn", "Member must have length between 20 and 2048, inclusive");
  if (!is_made_of(name, "+=,.@-", 2, 64))
    return invalid(name.substr(0, 128), "roleSessionName", R"(Member must satisfy regular expression pattern: [\w+=,.@-]*, length between 2 and 64)");
  const auto external = call.optional("ExternalId");
  if (external && !is_made_of(*external, "+=,.@:/-", 2, 1224))
    return invalid(external->substr(0, 128), "externalId", R"(Member must satisfy regular expression pattern: [\w+=,.@:\/-]*, length between 2 and 1224)");
  if (auto absent = check_absent(call)) return std::unexpected(*absent);
  const auto seconds = duration(call, kHour, kLongestRole);
  if (!seconds) return std::unexpected(seconds.error());

  const iam::Caller& caller = *call.context.caller;
  const auto role = roles.by_arn(arn);
  const auto refuse = [&](std::string message) { return denied(caller, "sts:AssumeRole", arn, std::move(message)); };
  // A role that is not there is told as one that may not be assumed.
  const auto trust = role ? iam::parse_trust_policy(role->trust) : Result<iam::PolicyDocument>(std::unexpected(role.error()));
  if (!trust && !caller.is_root()) return refuse("User: " + caller.principal().arn + " is not authorized to perform: sts:AssumeRole on resource: " + arn);
  if (!trust) return refuse("Roles may not be assumed by root accounts.");
  iam::ConditionValues values;
  if (external) values.add("sts:ExternalId", *external);
  values.add("sts:RoleSessionName", name);
  if (const Status may = caller.may_assume(arn, values, *trust); !may) return refuse(may.error().message);
  if (*seconds > role->session_seconds) {
    return std::unexpected(aws::WireError{400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."});
  }
  // "Role chaining": whoever acts as a role already.
  if (caller.principal().kind == iam::Principal::Kind::kRole && *seconds > kHour) {
    return std::unexpected(aws::WireError{400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"});
  }
  const auto given = sessions.assume(*role, name, std::int64_t{*seconds} * 1000);
  if (!given) return done(std::unexpected(given.error()));
  write(xml, given->credential);
  xml.open("AssumedRoleUser").text("AssumedRoleId", given->principal.id).text("Arn", given->principal.arn).close("AssumedRoleUser");
  return {};
}

QueryResult get_session_token(const iam::Sessions& sessions, const QueryCall& call, XmlWriter& xml) {
  const iam::Caller& caller = *call.context.caller;
  if (auto absent = check_absent(call)) return std::unexpected(*absent);
  if (caller.is_temporary()) return denied(caller, "sts:GetSessionToken", "*", "Cannot call GetSessionToken with session credentials");
  const int longest = caller.is_root() ? kHour : kLongestToken;
  // Longer than the root may, it is made shorter, as the documentation says.
  auto seconds = duration(call, caller.is_root() ? kHour : kUsualToken, kLongestToken);
  if (!seconds) return std::unexpected(seconds.error());
  const auto given = sessions.session_of(caller.principal(), std::int64_t{std::min(*seconds, longest)} * 1000);
  if (!given) return done(std::unexpected(given.error()));
  write(xml, given->credential);
  return {};
}

}  // namespace eyrie::api::sts
