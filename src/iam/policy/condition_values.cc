#include "iam/policy/condition_values.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace eyrie::iam {
namespace {

constexpr std::array<std::string_view, 42> kKnownKeys = {
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",      // of temporary credentials, but not of those that are given out here
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",  // of accounts in an organization
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:securetransport",
    "aws:sourceaccount",  // of calls that a service makes by itself
    "aws:sourcearn",      // the same
    "aws:sourceip",
    "aws:sourcevpc",   // of requests by way of a VPC endpoint
    "aws:sourcevpce",  // the same
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpcsourceip",
    "eyrie:consoleuser",
    "eyrie:eventbucket",
    "eyrie:eventkey",
    "iam:policyarn",
    "kms:calleraccount",
    "kms:encryptioncontextkeys",
    "kms:viaservice",
    "s3:authtype",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "s3:resourceaccount",
    "s3:signatureage",
    "s3:signatureversion",
    "sns:endpoint",
    "sns:protocol",
    "sts:externalid",
    "sts:rolesessionname",
};
static_assert(std::ranges::is_sorted(kKnownKeys));

}  // namespace

void ConditionValues::add(std::string_view key, std::string value) {
  values_[lower_case(key)].push_back(std::move(value));
}

ConditionValues ConditionValues::with(const ConditionValues& more) const {
  ConditionValues both = *this;
  for (const auto& [key, values] : more.values_) {
    auto& into = both.values_[key];
    into.insert(into.end(), values.begin(), values.end());
  }
  return both;
}

const std::vector<std::string>* ConditionValues::find(std::string_view lower_key) const {
  const auto found = values_.find(lower_key);
  return found == values_.end() ? nullptr : &found->second;
}

bool is_known_key(std::string_view lower_key) {
  return std::ranges::binary_search(kKnownKeys, lower_key) || lower_key.starts_with("s3:x-amz-") ||
         lower_key.starts_with("kms:encryptioncontext:");
}

}  // namespace eyrie::iam
