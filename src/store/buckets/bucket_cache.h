// What the database says of buckets, in memory: nearly every request asks whether its bucket is there and what is set of it.
//
// Who changes a bucket calls forget() once the change is committed (or may be), before answering: from then on every reader sees it. Until then
// a reader may see either. This process is the only one that writes (eyrie.lock), so nothing else needs to be told.
//
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "store/object_store.h"
#include "store/sqlite/database.h"

namespace eyrie::store {

struct BucketFacts {
  std::int64_t created_ms = 0;
  std::string rules_text;
  Result<std::vector<NotificationRule>> rules;  // kCorrupt: the text does not parse
  StringMap settings;
};

class BucketCache {
 public:
  using Facts = std::shared_ptr<const BucketFacts>;

  explicit BucketCache(Database& database) : database_(database) {}

  // kNotFound: no such bucket; that is not kept.
  Result<Facts> of(const std::string& bucket);
  void forget(const std::string& bucket);

 private:
  Result<Facts> read(const std::string& bucket);

  Database& database_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, Facts> known_;  // guarded by mutex_
  std::uint64_t changes_ = 0;           // guarded by mutex_: what was read before a change is not kept after it
};

}  // namespace eyrie::store
