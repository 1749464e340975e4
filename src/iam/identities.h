// Users, their access keys, and policies. Kept in memory, so that authentication and authorization touch no disk; every change is
// on disk when it returns (store/record_store.h: kinds iam.user, iam.key, iam.policy), or has not happened.
//
// Names of users and policies are unique whatever their case. Limits are AWS's: 5,000 users, 2 keys and 10 attached policies a user,
// 1,500 policies of 6,144 characters, 2,048 characters of a user's own policies together (white space not counted).
//
// Errors, and what IAM calls them: kNotFound NoSuchEntity, kAlreadyExists EntityAlreadyExists, kFailedPrecondition DeleteConflict,
// kTooLarge LimitExceeded, kInvalidArgument ValidationError; messages in IAM's words. Else the store's.
// Source: AWS service description `iam`, 2010-05-08; IAM user guide, "IAM and AWS STS quotas". Thread safety: all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "base/result.h"
#include "iam/policy/document.h"
#include "iam/principal.h"
#include "store/record_store.h"

namespace eyrie::iam {

using PolicyPtr = std::shared_ptr<const PolicyDocument>;

struct User {
  std::string name;
  std::string id;          // AIDA...
  std::string path = "/";  // of the ARN
  std::int64_t created_ms = 0;
  std::map<std::string, PolicyPtr> policies;  // the user's own, by name
  std::set<std::string> attached;             // ARNs of managed ones

  std::string arn() const { return aws::iam_arn("user" + path + name); }
  Principal principal() const {
    return {.kind = Principal::Kind::kUser, .name = name, .id = id, .arn = arn()};
  }
};

struct LastUse {
  std::int64_t time_ms = 0;  // 0: never
  std::string service, region;
};

struct UserKey {
  std::string id;    // AKIA...
  std::string user;  // its name
  bool active = true;
  std::int64_t created_ms = 0;
  LastUse last_use;
};

struct ManagedPolicy {
  std::string name;
  std::string id;  // ANPA...
  std::string path = "/";
  std::string description;
  std::int64_t created_ms = 0;
  std::int64_t version = 1;     // of the document: "v1"; only the newest is kept
  std::int64_t updated_ms = 0;  // when that was set
  PolicyPtr document;

  std::string arn() const { return aws::iam_arn("policy" + path + name); }
  std::string version_id() const { return "v" + std::to_string(version); }
};

class Identities {
 public:
  // Both must outlive it.
  static Result<std::unique_ptr<Identities>> open(store::RecordStore& records, const Clock& clock = Clock::system());

  // --- users ---
  Result<User> create_user(const std::string& name, const std::string& path);
  Result<User> user(const std::string& name) const;
  Result<User> user_of_id(const std::string& id) const;
  std::vector<User> users() const;  // by name
  Status update_user(const std::string& name, const std::optional<std::string>& new_name,
                     const std::optional<std::string>& new_path);
  Status delete_user(const std::string& name);

  // --- access keys ---
  struct NewKey {
    UserKey key;
    std::string secret;  // told this once
  };
  Result<NewKey> create_key(const std::string& user);
  Result<std::vector<UserKey>> keys(const std::string& user) const;  // oldest first
  Result<UserKey> key(const std::string& id) const;
  Status set_key_active(const std::string& user, const std::string& id, bool active);
  Status delete_key(const std::string& user, const std::string& id);

  // --- policies ---
  Result<ManagedPolicy> create_policy(const std::string& name, const std::string& path, const std::string& description,
                                      PolicyPtr document);
  Result<ManagedPolicy> policy(const std::string& arn) const;
  Result<ManagedPolicy> policy_named(const std::string& name) const;
  // The document takes the place of the one before, for all that the policy is attached to.
  Result<ManagedPolicy> set_policy_document(const std::string& arn, PolicyPtr document);
  std::vector<ManagedPolicy> policies() const;  // by name
  std::size_t attachments(const std::string& arn) const;
  // Counts what else a policy is attached to (roles). Before other threads come.
  void count_attachments_of(std::function<std::size_t(const std::string& arn)> others) { others_ = std::move(others); }
  Status delete_policy(const std::string& arn);
  Status attach(const std::string& user, const std::string& arn);
  Status detach(const std::string& user, const std::string& arn);
  Status put_user_policy(const std::string& user, const std::string& name, PolicyPtr document);
  Status delete_user_policy(const std::string& user, const std::string& name);

  // --- for every request ---
  struct Credential {
    std::string secret;
    Principal principal;
  };
  // nullopt where there is no such key, or it is inactive.
  std::optional<Credential> credential(const std::string& key_id) const;
  // What speaks of this principal: a user's own policies and those attached.
  std::vector<PolicyPtr> policies_of(const Principal& principal) const;
  // Remembered at once, written at most once an hour.
  void note_use(const std::string& key_id, std::string_view service, std::string_view region);

 private:
  struct Key {
    UserKey told;
    std::string secret;
    std::int64_t written_use_ms = 0;  // last_use as it is on disk
  };
  Identities(store::RecordStore& records, const Clock& clock) : records_(records), clock_(clock) {}
  Status load();

  // Changes are made under writing_ alone, on copies, which take their place once they are on disk.
  Status save(const User& user);
  const User* find_user(const std::string& name) const;
  Result<User> copy_of(const std::string& name) const;
  Result<Key> key_of(const std::string& user, const std::string& id) const;
  const ManagedPolicy* find_policy(const std::string& arn) const;
  static store::RecordChange record_of(const User& user);
  static store::RecordChange record_of(const Key& key);
  static store::RecordChange record_of(const ManagedPolicy& policy);

  store::RecordStore& records_;
  const Clock& clock_;
  std::function<std::size_t(const std::string&)> others_;
  std::mutex writing_;               // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards what follows; who holds writing_ may read without it, but for keys' last use
  std::map<std::string, User> users_;
  std::map<std::string, Key> keys_;               // by id
  std::map<std::string, ManagedPolicy> policies_;  // by name
};

}  // namespace eyrie::iam
