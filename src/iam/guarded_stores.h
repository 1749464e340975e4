// A store as one caller may use it: each call is asked for first (access_control.h), and kPermissionDenied where it may not be. For
// code that runs in this process in somebody's name: functions, and Rekognition's reading of its callers' objects.
//
// What has no counterpart among AWS's actions (settings and rules of buckets, work on the archive) is refused to all but the root.
// Thread safety: as the store's and the caller's.
#pragma once

#include "iam/access_control.h"
#include "iam/object_keys.h"
#include "store/item_table.h"
#include "store/object_store.h"

namespace eyrie::iam {

class GuardedObjects final : public store::ObjectStore {
 public:
  // All must outlive it. Objects encrypted under keys of KMS are read, and written where that is the bucket's default, with the
  // caller's rights on those keys.
  GuardedObjects(store::ObjectStore& objects, const Caller& caller, const ObjectKeys& keys)
      : objects_(objects), caller_(caller), keys_(keys) {}

  Status create_bucket(const std::string& name, const store::StringMap& settings = {}) override;
  Result<store::Bucket> bucket(const std::string& name) override;
  Result<std::vector<store::Bucket>> buckets() override;
  Status delete_bucket(const std::string& name) override;
  Result<std::optional<std::string>> bucket_setting(const std::string& bucket, const std::string& name) override;
  Status set_bucket_setting(const std::string& bucket, const std::string& name,
                            const std::optional<std::string>& value) override;
  Status set_rules(const std::string& bucket, const std::vector<store::NotificationRule>& rules) override;
  Result<std::vector<store::NotificationRule>> rules(const std::string& bucket) override;
  Result<std::unique_ptr<store::ObjectWriter>> begin_put(const std::string& bucket, const std::string& key,
                                                        const crypto::SecretKey* given_key = nullptr,
                                                        const store::KmsEnvelope* envelope = nullptr) override;
  Result<std::unique_ptr<store::ObjectReader>> open(const std::string& bucket, const std::string& key,
                                                   const crypto::SecretKey* customer_key = nullptr,
                                                   const store::EnvelopeOpener& opener = {}) override;
  Result<store::ObjectInfo> head(const std::string& bucket, const std::string& key) override;
  Result<bool> remove(const std::string& bucket, const std::string& key, const store::Requester& by = {}) override;
  Result<bool> remove_version(const std::string& bucket, const std::string& key, const std::string& sequencer,
                              const std::string& event_name, const store::Requester& by = {}) override;
  Result<store::ListPage> list(const store::ListQuery& query) override;
  Status set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                  const store::StringMap& tags, const store::Requester& by = {}) override;
  Status delete_tags(const std::string& bucket, const std::string& key, const store::Requester& by = {}) override;
  Status set_storage_class(const std::string& bucket, const std::string& key, const std::string& sequencer,
                           const std::string& storage_class) override;
  Result<store::RestoreOutcome> restore(const std::string& bucket, const std::string& key, std::int64_t until_ms,
                                        const store::Requester& by = {}) override;
  bool has_archive_work() const override { return objects_.has_archive_work(); }
  Status work_on_archive(const std::function<bool()>& stop) override;

 private:
  Status owners_only(const std::string& bucket) const;

  store::ObjectStore& objects_;
  const Caller& caller_;
  const ObjectKeys& keys_;
};

class GuardedItems final : public store::ItemTable {
 public:
  // Both must outlive it.
  GuardedItems(store::ItemTable& items, const Caller& caller) : items_(items), caller_(caller) {}

  Status create_table(const store::TableDescription& table) override;
  Result<store::TableDescription> describe(const std::string& table) override;
  Result<std::vector<std::string>> tables() override;
  Status delete_table(const std::string& table) override;
  Result<std::optional<store::Item>> put(const std::string& table, const store::Item& item,
                                         const store::Condition& condition) override;
  Result<std::optional<store::Item>> get(const std::string& table, const store::Item& key) override;
  Result<std::optional<store::Item>> remove(const std::string& table, const store::Item& key,
                                            const store::Condition& condition) override;
  Status write(const std::vector<store::ItemWrite>& writes, std::vector<store::Written>& written) override;
  Result<std::vector<std::optional<store::Item>>> get_all(const std::vector<store::ItemKey>& keys, std::uint64_t max_bytes) override;
  Result<store::Page> query(const std::string& table, const json::value& partition, const store::SortCondition& sort,
                            bool forward, const store::PageOptions& page) override;
  Result<store::Page> scan(const std::string& table, const store::PageOptions& page) override;

 private:
  store::ItemTable& items_;
  const Caller& caller_;
};

std::string table_arn(std::string_view table);

}  // namespace eyrie::iam
