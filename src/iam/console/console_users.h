// The users of the console: people, as opposed to iam::Identities' programs. Kept in memory; every change is on disk when it returns
// (store/record_store.h: kind console.user, sealed), or has not happened.
//
// Names are unique whatever their case, 64 characters of A-Z a-z 0-9 _+=,.@-; "owner" is nobody's, for it stands for who holds the
// one-time link. At most 1,000 users. Among them there is always an admin who is not disabled, once there was one: the last can be neither
// removed, disabled nor made another role.
//
// Errors: kNotFound, kAlreadyExists, kFailedPrecondition (the last admin), kTooLarge (1,000), kInvalidArgument; else the store's.
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "base/result.h"
#include "iam/console/roles.h"
#include "store/record_store.h"

namespace eyrie::iam::console {

inline constexpr std::string_view kOwner = "owner";

struct ConsoleUser {
  std::string id;  // UUID
  std::string name;
  std::string email, phone;  // may be empty
  std::string password;      // as crypto/password.h keeps it
  std::int64_t registered_ms = 0;
  Role role = Role::kUploader;
  bool disabled = false;
  // Goes up with every change after which older sessions must not be good any more: one record says both.
  std::int64_t generation = 0;
};

class ConsoleUsers {
 public:
  // Both must outlive it.
  static Result<std::unique_ptr<ConsoleUsers>> open(store::RecordStore& records, const Clock& clock = Clock::system());

  struct NewUser {
    std::string name, email, phone, password;  // the password as it is kept
    Role role = Role::kUploader;
  };
  // Whether create() would take it but for what it can only know then: before the password's dear hash is made.
  Status check(const NewUser& user) const;
  Result<ConsoleUser> create(const NewUser& user);
  Result<ConsoleUser> user(const std::string& id) const;
  Result<ConsoleUser> named(const std::string& name) const;  // whatever its case
  std::vector<ConsoleUser> users() const;                    // by name, in lower case

  struct Changes {
    std::optional<std::string> name, email, phone;
    std::optional<Role> role;
    std::optional<bool> disabled;
  };
  // Another role, and being disabled, end the user's sessions.
  Result<ConsoleUser> update(const std::string& id, const Changes& changes);
  // Ends the user's sessions.
  Result<ConsoleUser> set_password(const std::string& id, const std::string& kept);
  // The same password kept in another way: nothing else changes, and nothing happens where it is not `before` any more.
  Status rekeep_password(const std::string& id, const std::string& before, const std::string& after);
  Status remove(const std::string& id);

 private:
  ConsoleUsers(store::RecordStore& records, const Clock& clock) : records_(records), clock_(clock) {}
  Status load();
  // What follows: under writing_.
  Status save(const ConsoleUser& user);
  Status check_free(const std::string& name, const std::string& but_id) const;
  Status check_leaves_an_admin(const ConsoleUser& before) const;

  store::RecordStore& records_;
  const Clock& clock_;
  std::mutex writing_;               // one change at a time; taken before mutex_
  mutable std::shared_mutex mutex_;  // guards users_; who holds writing_ may read without it
  std::map<std::string, ConsoleUser> users_;  // by id
};

}  // namespace eyrie::iam::console
