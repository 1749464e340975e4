// When the root's access key was last used: for a signed request or form. URLs that were signed before are left out: the console signs them with this key for whoever is signed in.
//
// Remembered at once, written at most once an hour, as a sealed record. A key that took the place of another has not been used. Errors: those of the store. Thread safety: all of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/time/clock.h"
#include "iam/identities.h"
#include "store/record_store.h"

namespace eyrie::iam {

class RootKeyUse {
 public:
  // Both must outlive it.
  static Result<std::unique_ptr<RootKeyUse>> open(store::RecordStore& records, const std::string& key_id, const Clock& clock = Clock::system());

  void note(std::string_view service, std::string_view region);
  LastUse last() const;

 private:
  RootKeyUse(store::RecordStore& records, const std::string& key_id, const Clock& clock) : records_(records), key_id_(key_id), clock_(clock) {}
  Status load();

  store::RecordStore& records_;
  const std::string key_id_;
  const Clock& clock_;
  std::mutex writing_;  // one write at a time; taken before mutex_
  mutable std::mutex mutex_;
  LastUse last_;                     // guarded by mutex_
  std::int64_t written_use_ms_ = 0;  // guarded by mutex_; last_ as it is on disk
};

}  // namespace eyrie::iam
