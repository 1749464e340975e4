// IAM's roles: what code that runs here may do, and who may act as the role. Kept as Identities keeps users: in memory whole, written
// through as sealed records.
//
// A role's trust policy is understood as far as services go: trusts() says whether it lets a service ("lambda.amazonaws.com") assume the
// role. Quotas as IAM's: 1,000 roles, 10 attached policies a role, 10,240 characters of a role's own policies together.
// Errors as in identities.h. Source: AWS service description `iam`, 2010-05-08. Thread safety: all of it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "iam/identities.h"

namespace eyrie::iam {

struct Role {
  std::string name;
  std::string id;          // AROA...
  std::string path = "/";  // of the ARN
  std::string description;
  int session_seconds = 3600;  // the longest session; kept and told
  std::int64_t created_ms = 0;
  std::string trust;                          // the policy, as it was given
  std::map<std::string, PolicyPtr> policies;  // the role's own, by name
  std::set<std::string> attached;             // ARNs of managed ones

  std::string arn() const { return aws::iam_arn("role" + path + name); }
};

// kInvalidArgument where the document is no trust policy.
Status check_trust_policy(std::string_view text);

// The users, roles and accounts ("AWS" principals) that a sound trust policy names.
std::vector<std::string> trusted_principals(std::string_view text);

class Roles {
 public:
  static constexpr std::size_t kMaxRoles = 1000, kMaxAttached = 10, kMaxInline = 10'240;

  // All must outlive it. `identities` holds the managed policies.
  static Result<std::unique_ptr<Roles>> open(store::RecordStore& records, const Identities& identities, const Clock& clock = Clock::system());

  // Names of the server's own roles, in whatever case: nobody makes one of them or acts as one that was made before they were kept. Before other threads come.
  void keep_names(const std::set<std::string>& names);

  Result<Role> create(Role role);  // its id and time are given here
  Result<Role> role(const std::string& name) const;
  std::vector<Role> roles() const;  // by name
  Status remove(const std::string& name);
  Status update(const std::string& name, const std::optional<std::string>& description, std::optional<int> session_seconds);
  Status set_trust(const std::string& name, const std::string& trust);
  Status put_policy(const std::string& name, const std::string& policy, PolicyPtr document);
  Status delete_policy(const std::string& name, const std::string& policy);
  Status attach(const std::string& name, const std::string& arn);
  Status detach(const std::string& name, const std::string& arn);
  // Roles that a managed policy is attached to.
  std::vector<std::string> attached_to(const std::string& arn) const;

  Result<Role> by_arn(const std::string& arn) const;
  bool trusts(const std::string& arn, std::string_view service) const;
  // Whether the role's policies let it, for what is done in its name inside this process. False where there is no such role.
  bool may(const std::string& arn, std::string_view action, const std::string& resource) const;
  // What the role may do now: its own policies and those attached. Empty where it is gone, or its name is another's by now.
  std::vector<PolicyPtr> policies_of(const std::string& name, const std::string& id) const;

 private:
  Roles(store::RecordStore& records, const Identities& identities, const Clock& clock)
      : records_(records), identities_(identities), clock_(clock) {}
  Status load();
  Status save(const Role& role);
  const Role* find(const std::string& name) const;
  Result<Role> copy_of(const std::string& name) const;

  store::RecordStore& records_;
  const Identities& identities_;
  const Clock& clock_;
  std::set<std::string> kept_names_;  // in lower case
  std::mutex writing_;               // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards what follows
  std::map<std::string, Role> roles_;
};

}  // namespace eyrie::iam
