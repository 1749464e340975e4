#include "iam/policy/condition_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"

namespace eyrie::iam {
namespace {

constexpr std::array kKnownKeys = std::to_array<std::string_view>({
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
    "cloudwatch:namespace",
    "eyrie:consoleuser",
    "eyrie:eventbucket",
    "eyrie:eventkey",
    "iam:policyarn",
    "kms:calleraccount",
    "kms:encryptioncontextkeys",
    "kms:viaservice",
    "s3:accessgrantsinstancearn",  // of access grants, of which there are none
    "s3:accesspointnetworkorigin",  // of requests by way of an access point, of which there are none
    "s3:authtype",
    "s3:dataaccesspointaccount",  // the same
    "s3:dataaccesspointarn",      // the same
    "s3:delimiter",
    "s3:if-match",
    "s3:if-none-match",
    "s3:max-keys",
    "s3:objectcreationoperation",
    "s3:prefix",
    "s3:requestobjecttagkeys",
    "s3:resourceaccount",
    "s3:signatureage",
    "s3:signatureversion",
    "s3:versionid",
    "sns:endpoint",
    "sns:protocol",
    "sts:externalid",
    "sts:rolesessionname",
});
static_assert(std::ranges::is_sorted(kKnownKeys));

}  // namespace

void ConditionValues::add(std::string_view key, std::string value) {
  values_[lower_case(key)].push_back(std::move(value));
}

void ConditionValues::add_lazily(std::string prefix, std::function<ConditionValues()> tell) {
  lazy_.push_back(std::make_shared<Lazy>(Lazy{.prefix = std::move(prefix), .tell = std::move(tell), .told = {}}));
}

ConditionValues ConditionValues::with(const ConditionValues& more) const {
  ConditionValues both = *this;
  for (const auto& [key, values] : more.values_) {
    auto& into = both.values_[key];
    into.insert(into.end(), values.begin(), values.end());
  }
  both.lazy_.insert(both.lazy_.end(), more.lazy_.begin(), more.lazy_.end());
  return both;
}

const std::vector<std::string>* ConditionValues::find(std::string_view lower_key) const {
  if (const auto found = values_.find(lower_key); found != values_.end()) return &found->second;
  for (const auto& lazy : lazy_) {
    if (!lower_key.starts_with(lazy->prefix)) continue;
    if (const auto tell = std::exchange(lazy->tell, {})) lazy->told = tell().values_;
    if (const auto found = lazy->told.find(lower_key); found != lazy->told.end()) return &found->second;
  }
  return nullptr;
}

bool is_known_key(std::string_view lower_key) {
  return std::ranges::binary_search(kKnownKeys, lower_key) || lower_key.starts_with("s3:x-amz-") ||
         lower_key.starts_with("s3:object-lock-") ||  // of objects that are to be locked, which is refused
         lower_key.starts_with("s3:existingobjecttag/") || lower_key.starts_with("s3:requestobjecttag/") ||
         lower_key.starts_with("kms:encryptioncontext:");
}

}  // namespace eyrie::iam
