#include "store/buckets/bucket_cache.h"

#include <mutex>

#include "store/objects/object_rows.h"
#include "store/queue/event_record.h"

namespace eyrie::store {

Result<BucketCache::Facts> BucketCache::of(const std::string& bucket) {
  std::uint64_t changes = 0;
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = known_.find(bucket); found != known_.end()) return found->second;
    changes = changes_;
  }
  EYRIE_TRY(Facts facts, read(bucket));
  const std::unique_lock lock(mutex_);
  if (changes == changes_) known_.emplace(bucket, facts);
  return facts;
}

void BucketCache::forget(const std::string& bucket) {
  const std::unique_lock lock(mutex_);
  ++changes_;
  known_.erase(bucket);
}

Result<BucketCache::Facts> BucketCache::read(const std::string& bucket) {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement row, connection->prepare("SELECT created_ms, rules FROM buckets WHERE name = ?"));
  EYRIE_TRY(const bool found, row.bind(1, bucket).step());
  if (!found) return no_such_bucket(bucket);
  auto facts = std::make_shared<BucketFacts>();
  facts->created_ms = row.integer(0);
  facts->rules_text = row.text(1);
  facts->rules = parse_rules(bucket, facts->rules_text);
  EYRIE_TRY(Statement settings, connection->prepare("SELECT name, value FROM bucket_settings WHERE bucket = ?"));
  settings.bind(1, bucket);
  while (true) {
    EYRIE_TRY(const bool more, settings.step());
    if (!more) return facts;
    facts->settings.emplace(settings.text(0), settings.text(1));
  }
}

}  // namespace eyrie::store
