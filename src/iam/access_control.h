// May they? The one place where it is decided, for every API and for functions.
//
//   iam::Caller caller(control, {.principal = ..., ...});         // once a request's signature is verified
//   if (const Status may = caller.may("s3:GetObject", arn); !may)  // kPermissionDenied: AWS's sentence; noted in the audit log
//
// The root may do everything that no bucket's policy denies it; read, set and remove that policy it always may, so that nobody is locked out. Who is anonymous may do what a
// bucket's policy allows everybody. Others may do what a policy of theirs, or of the bucket, allows and none of either denies.
//
// An object's tags (s3:ExistingObjectTag/KEY) are told to the policies of the actions for which S3 does; they are read only where a policy asks.
// Thread safety: AccessControl: all of it. A Caller is one request's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iam/audit_log.h"
#include "iam/identities.h"
#include "iam/policy/evaluate.h"
#include "iam/roles/roles.h"
#include "store/object_store.h"

namespace eyrie::iam {

// The setting of a bucket that holds its policy.
inline constexpr const char* kBucketPolicySetting = "policy";

std::string bucket_arn(std::string_view bucket);
std::string object_arn(std::string_view bucket, std::string_view key);
// s3:RequestObjectTag/KEY and s3:RequestObjectTagKeys, of tags that an object is to have.
ConditionValues request_tags(const store::StringMap& tags);

class AccessControl {
 public:
  // All must outlive it. `denied` takes what callers known by their signature were denied; `unknown`, apart from it so that
  // nobody without a key can wash the first away, who could not be told.
  struct Parts {
    const Identities& identities;
    store::ObjectStore& objects;  // for the policies of buckets
    AuditLog& denied;
    AuditLog& unknown;
    const Roles* roles = nullptr;           // that policies may name; null: there are none
    std::set<std::string> own_roles = {};  // ARNs of roles that parts of the server have and nobody made
  };
  explicit AccessControl(const Parts& parts) : parts_(parts) {}

  // Whether a policy's principal ("arn:aws:iam::ACCOUNT:user/ann", "AROA...", an account) may be somebody: of this account it must be there, of others it must be well-formed.
  bool has_principal(const std::string& name) const;

  // A call without a sound signature.
  void note_unknown(const AuditedCall& call) const { parts_.unknown.add(call); }

 private:
  friend class Caller;
  // nullptr where the bucket has none, or is none. An error where it cannot be read.
  Result<PolicyPtr> policy_of_bucket(const std::string& bucket) const;
  using TagsByArn = std::map<std::string, store::StringMap>;
  // Adds s3:ExistingObjectTag/KEY of the object, as `told` has them; else they are read, and put there. `readable` becomes false where they cannot be told.
  void add_existing_tags(const std::string& arn, ConditionValues& values, TagsByArn& told, bool& readable) const;

  const Parts parts_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, PolicyPtr> bucket_policies_;  // guarded by mutex_; as last read
};

class Caller {
 public:
  struct Facts {
    Principal principal;
    std::string access_key;  // empty: none
    std::string request_id;
    std::string source_ip;
    ConditionValues values;  // but for those of the principal, which the caller knows itself
    std::vector<PolicyPtr> role = {};  // a role's policies
    bool temporary = false;            // it asks with a session's credentials
  };
  Caller(const AccessControl& control, Facts facts);

  const Principal& principal() const { return facts_.principal; }
  bool is_anonymous() const { return facts_.principal.kind == Principal::Kind::kAnonymous; }
  bool is_temporary() const { return facts_.temporary; }
  bool is_root() const { return facts_.principal.kind == Principal::Kind::kRoot; }

  // `more`: what this action says of itself, beside the request. `of_resource`: the resource's own policy, where it is no bucket's.
  Status may(std::string_view action, const std::string& resource, const ConditionValues& more = {},
             const PolicyDocument* of_resource = nullptr) const;
  // The same, where "no" is no refusal but shapes an answer: nothing is noted.
  Status could(std::string_view action, const std::string& resource, const ConditionValues& more = {},
               const PolicyDocument* of_resource = nullptr) const;
  // Whether they may act as a role. Its trust policy (iam/roles/trust_policy.h) must name them, or the account while a policy of theirs allows it too; the root may not.
  Status may_assume(const std::string& role_arn, const ConditionValues& more, const PolicyDocument& trust) const;
  // Whether what policies were told of the object's tags, if anything, is what it has, now that it was opened. Where it is not, whoever asks again is
  // judged by `tags`: between the first judgement and the opening another object may have taken the place.
  bool was_judged_by(const std::string& object_arn, const store::StringMap& tags) const;
  // Notes that the request is denied for what no policy says (the signature of its body, say), unless something of it is noted as denied already.
  // What it is about is what may() was asked first; `action` and `resource` where that is nothing.
  void note_refusal(std::string_view action, const std::string& resource, const std::string& reason) const;

 private:
  struct Trail {
    std::string action, resource;  // what may() was asked first
    bool noted = false;
    AccessControl::TagsByArn tags;  // of objects, as policies were told them
  };

  // could(), of somebody who is not the root or meets a bucket's policy, with all that there is to be told.
  Status judge(const AccessRequest& request, const PolicyDocument* of_bucket, const PolicyDocument* of_resource) const;
  // What there is to be told: of the action, the principal and the request. Rests on `more`, and on this.
  ConditionValues values_with(const ConditionValues& more) const;
  ConditionValues values_of_principal() const;
  void note_denied(std::string_view action, const std::string& resource, const std::string& reason) const;

  const AccessControl* control_;
  Facts facts_;
  std::vector<PolicyPtr> policies_;
  std::shared_ptr<Trail> trail_ = std::make_shared<Trail>();  // copies are the same request's
};

}  // namespace eyrie::iam
