#include "iam/guarded_stores.h"

namespace eyrie::iam {
namespace {

const char* action_of(store::ItemWrite::Kind kind) {
  switch (kind) {
    case store::ItemWrite::Kind::kPut:
      return "dynamodb:PutItem";
    case store::ItemWrite::Kind::kRemove:
      return "dynamodb:DeleteItem";
    case store::ItemWrite::Kind::kEdit:
      return "dynamodb:UpdateItem";
    case store::ItemWrite::Kind::kCheck:
      break;
  }
  return "dynamodb:ConditionCheckItem";
}

}  // namespace

std::string table_arn(std::string_view table) {
  return aws::regional_arn("dynamodb", "table/" + std::string(table));
}

Status GuardedObjects::owners_only(const std::string& bucket) const {
  if (caller_.is_root()) return {};
  return fail(Code::kPermissionDenied, "what only the owner of the bucket " + bucket + " does is not for " + caller_.principal().arn);
}

Status GuardedObjects::create_bucket(const std::string& name, const store::StringMap& settings) {
  EYRIE_CHECK_OK(caller_.may("s3:CreateBucket", bucket_arn(name)));
  if (!settings.empty()) EYRIE_CHECK_OK(owners_only(name));
  return objects_.create_bucket(name, settings);
}
Result<store::Bucket> GuardedObjects::bucket(const std::string& name) {
  EYRIE_CHECK_OK(caller_.may("s3:ListBucket", bucket_arn(name)));
  return objects_.bucket(name);
}
Result<std::vector<store::Bucket>> GuardedObjects::buckets() {
  EYRIE_CHECK_OK(caller_.may("s3:ListAllMyBuckets", bucket_arn("*")));
  return objects_.buckets();
}
Status GuardedObjects::delete_bucket(const std::string& name) {
  EYRIE_CHECK_OK(caller_.may("s3:DeleteBucket", bucket_arn(name)));
  return objects_.delete_bucket(name);
}
Result<std::optional<std::string>> GuardedObjects::bucket_setting(const std::string& bucket, const std::string& name) {
  EYRIE_CHECK_OK(owners_only(bucket));
  return objects_.bucket_setting(bucket, name);
}
Status GuardedObjects::set_bucket_setting(const std::string& bucket, const std::string& name,
                                          const std::optional<std::string>& value) {
  EYRIE_CHECK_OK(owners_only(bucket));
  return objects_.set_bucket_setting(bucket, name, value);
}
Status GuardedObjects::set_rules(const std::string& bucket, const std::vector<store::NotificationRule>& rules) {
  EYRIE_CHECK_OK(owners_only(bucket));
  return objects_.set_rules(bucket, rules);
}
Result<std::vector<store::NotificationRule>> GuardedObjects::rules(const std::string& bucket) {
  EYRIE_CHECK_OK(owners_only(bucket));
  return objects_.rules(bucket);
}
Result<std::unique_ptr<store::ObjectWriter>> GuardedObjects::begin_put(const std::string& bucket, const std::string& key,
                                                                      const crypto::SecretKey* given_key,
                                                                      const store::KmsEnvelope* envelope) {
  EYRIE_CHECK_OK(caller_.may("s3:PutObject", object_arn(bucket, key)));
  if (given_key != nullptr) return objects_.begin_put(bucket, key, given_key, envelope);
  EYRIE_TRY(const BucketEncryption by_default, encryption_of_bucket(objects_, bucket));
  if (!by_default.kms) return objects_.begin_put(bucket, key);
  EYRIE_TRY(const SealedKey sealed, keys_.seal(caller_, bucket, key, {.key = by_default.key, .bucket_key = by_default.bucket_key}));
  return objects_.begin_put(bucket, key, &sealed.key, &sealed.envelope);
}
Result<std::unique_ptr<store::ObjectReader>> GuardedObjects::open(const std::string& bucket, const std::string& key,
                                                                 const crypto::SecretKey* customer_key,
                                                                 const store::EnvelopeOpener& opener) {
  EYRIE_CHECK_OK(caller_.may("s3:GetObject", object_arn(bucket, key)));
  return objects_.open(bucket, key, customer_key, opener ? opener : keys_.opener(caller_));
}
Result<store::ObjectInfo> GuardedObjects::head(const std::string& bucket, const std::string& key) {
  EYRIE_CHECK_OK(caller_.may("s3:GetObject", object_arn(bucket, key)));
  return objects_.head(bucket, key);
}
Result<bool> GuardedObjects::remove(const std::string& bucket, const std::string& key, const store::Requester& by) {
  EYRIE_CHECK_OK(caller_.may("s3:DeleteObject", object_arn(bucket, key)));
  return objects_.remove(bucket, key, by);
}
Result<bool> GuardedObjects::remove_version(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                            const std::string& event_name, const store::Requester& by) {
  EYRIE_CHECK_OK(caller_.may("s3:DeleteObject", object_arn(bucket, key)));
  return objects_.remove_version(bucket, key, sequencer, event_name, by);
}
Result<store::ListPage> GuardedObjects::list(const store::ListQuery& query) {
  ConditionValues values;
  values.add("s3:prefix", query.prefix);
  values.add("s3:delimiter", query.delimiter);
  EYRIE_CHECK_OK(caller_.may("s3:ListBucket", bucket_arn(query.bucket), values));
  return objects_.list(query);
}
Status GuardedObjects::set_tags(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                const store::StringMap& tags, const store::Requester& by) {
  EYRIE_CHECK_OK(caller_.may("s3:PutObjectTagging", object_arn(bucket, key), request_tags(tags)));
  return objects_.set_tags(bucket, key, sequencer, tags, by);
}
Status GuardedObjects::delete_tags(const std::string& bucket, const std::string& key, const store::Requester& by) {
  EYRIE_CHECK_OK(caller_.may("s3:DeleteObjectTagging", object_arn(bucket, key)));
  return objects_.delete_tags(bucket, key, by);
}
Status GuardedObjects::set_storage_class(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                         const std::string& storage_class) {
  EYRIE_CHECK_OK(owners_only(bucket));
  return objects_.set_storage_class(bucket, key, sequencer, storage_class);
}
Result<store::RestoreOutcome> GuardedObjects::restore(const std::string& bucket, const std::string& key, std::int64_t until_ms,
                                                      const store::Requester& by) {
  EYRIE_CHECK_OK(caller_.may("s3:RestoreObject", object_arn(bucket, key)));
  return objects_.restore(bucket, key, until_ms, by);
}
Status GuardedObjects::work_on_archive(const std::function<bool()>& stop) {
  EYRIE_CHECK_OK(owners_only("*"));
  return objects_.work_on_archive(stop);
}

Status GuardedItems::create_table(const store::TableDescription& table) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:CreateTable", table_arn(table.name)));
  return items_.create_table(table);
}
Result<store::TableDescription> GuardedItems::describe(const std::string& table) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:DescribeTable", table_arn(table)));
  return items_.describe(table);
}
Result<std::vector<std::string>> GuardedItems::tables() {
  EYRIE_CHECK_OK(caller_.may("dynamodb:ListTables", "*"));
  return items_.tables();
}
Status GuardedItems::delete_table(const std::string& table) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:DeleteTable", table_arn(table)));
  return items_.delete_table(table);
}
Result<std::optional<store::Item>> GuardedItems::put(const std::string& table, const store::Item& item,
                                                     const store::Condition& condition) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:PutItem", table_arn(table)));
  return items_.put(table, item, condition);
}
Result<std::optional<store::Item>> GuardedItems::get(const std::string& table, const store::Item& key) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:GetItem", table_arn(table)));
  return items_.get(table, key);
}
Result<std::optional<store::Item>> GuardedItems::remove(const std::string& table, const store::Item& key,
                                                        const store::Condition& condition) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:DeleteItem", table_arn(table)));
  return items_.remove(table, key, condition);
}
Status GuardedItems::write(const std::vector<store::ItemWrite>& writes, std::vector<store::Written>& written) {
  for (const store::ItemWrite& write : writes) EYRIE_CHECK_OK(caller_.may(action_of(write.kind), table_arn(write.table)));
  return items_.write(writes, written);
}
Result<std::vector<std::optional<store::Item>>> GuardedItems::get_all(const std::vector<store::ItemKey>& keys, std::uint64_t max_bytes) {
  for (const store::ItemKey& key : keys) EYRIE_CHECK_OK(caller_.may("dynamodb:GetItem", table_arn(key.table)));
  return items_.get_all(keys, max_bytes);
}
Result<store::Page> GuardedItems::query(const std::string& table, const json::value& partition,
                                        const store::SortCondition& sort, bool forward, const store::PageOptions& page) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:Query", table_arn(table)));
  return items_.query(table, partition, sort, forward, page);
}
Result<store::Page> GuardedItems::scan(const std::string& table, const store::PageOptions& page) {
  EYRIE_CHECK_OK(caller_.may("dynamodb:Scan", table_arn(table)));
  return items_.scan(table, page);
}

}  // namespace eyrie::iam
