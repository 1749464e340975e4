#include "iam/object_keys.h"

#include <gmock/gmock.h>

#include <random>

#include "base/encoding.h"
#include "iam/guarded_stores.h"
#include "kms/local_keys.h"
#include "store/testing.h"

namespace eyrie::iam {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ObjectKeysTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(objects().create_bucket("images"));
    load();
  }
  void load() {
    kms_ = *kms::LocalKeys::open(store_->records(), clock_);
    identities_ = *Identities::open(store_->records(), clock_);
    denied_ = *AuditLog::open(directory_.path() / "audit" / "denied.jsonl", {}, clock_);
    access_.emplace(AccessControl::Parts{.identities = *identities_, .objects = objects(), .denied = *denied_, .unknown = *denied_});
    keys_.emplace(*kms_);
  }
  // One whose role has these statements ('for ").
  Caller caller(std::string statements) {
    for (char& c : statements) c = c == '\'' ? '"' : c;
    auto policy = PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
    EXPECT_TRUE(policy);
    return Caller(*access_, {.principal = {.kind = Principal::Kind::kRole, .name = "r", .id = "R", .arn = "arn:aws:sts::000000000000:assumed-role/r"},
                             .role = {std::make_shared<const PolicyDocument>(std::move(*policy))}});
  }
  Caller anybody() { return caller("{'Effect':'Allow','Action':['kms:*','s3:*'],'Resource':'*'}"); }
  template <typename T>
  static std::string refusal(const Result<T>& result) {
    return result ? "none" : result.error().message;
  }
  Status put(const SealedKey& sealed, const std::string& key, std::string_view content, const store::PutCommit& commit = {}) {
    EYRIE_TRY(const auto writer, objects().begin_put("images", key, &sealed.key, &sealed.envelope));
    EYRIE_CHECK_OK(writer->write(as_bytes(content)));
    EYRIE_TRY(const auto object, writer->commit(commit));
    return {};
  }
  Result<std::string> get(const Caller& by, const std::string& key) {
    EYRIE_TRY(const auto reader, objects().open("images", key, nullptr, keys_->opener(by)));
    return store::testing::read_all(*reader);
  }

  std::unique_ptr<kms::LocalKeys> kms_;
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<AuditLog> denied_;
  std::optional<AccessControl> access_;
  std::optional<ObjectKeys> keys_;
};

TEST_F(ObjectKeysTest, OutliveARestartAndRotation) {
  const std::string id = kms_->create_key("")->id;
  const Caller root = anybody();
  const auto sealed = keys_->seal(root, "images", "a", {.key = id, .context = {{"team", "birds"}}});
  ASSERT_TRUE(sealed) << sealed.error().message;
  ASSERT_TRUE(put(*sealed, "a", "content"));
  ASSERT_TRUE(kms_->rotate_now(id));
  kms_.reset();
  reopen();
  load();
  EXPECT_EQ(*get(anybody(), "a"), "content");
  const auto object = objects().head("images", "a");
  EXPECT_EQ(object->kms->context.at("team"), "birds");
  EXPECT_TRUE(object->customer_key.empty());
  ASSERT_TRUE(objects().set_tags("images", "a", "", {{"t", "1"}}));
  EXPECT_EQ(*get(anybody(), "a"), "content") << "the envelope goes along when the row is written anew";
}

TEST_F(ObjectKeysTest, AreOfOneObject) {
  const Caller root = anybody();
  const auto sealed = keys_->seal(root, "images", "a", {.context = {{"team", "birds"}}});
  const auto of_bucket = keys_->seal(root, "images", "a", {.bucket_key = true});
  ASSERT_TRUE(sealed && of_bucket);
  EXPECT_EQ(keys_->open(root, sealed->envelope, "images", "a")->view()[0], sealed->key.view()[0]);
  EXPECT_EQ(keys_->open(root, sealed->envelope, "images", "b").error().code, Code::kCorrupt);
  EXPECT_EQ(keys_->open(root, sealed->envelope, "other", "a").error().code, Code::kCorrupt);
  EXPECT_TRUE(keys_->open(root, of_bucket->envelope, "images", "b"));
  EXPECT_EQ(keys_->open(root, of_bucket->envelope, "other", "b").error().code, Code::kCorrupt);
  store::KmsEnvelope changed = sealed->envelope;
  changed.context["team"] = "cats";
  EXPECT_EQ(keys_->open(root, changed, "images", "a").error().code, Code::kCorrupt);
  changed = sealed->envelope;
  changed.ciphertext = "?";
  EXPECT_EQ(keys_->open(root, changed, "images", "a").error().code, Code::kCorrupt);
  EXPECT_TRUE(put(*sealed, "b", "content")) << "a row that was given another object's envelope";
  EXPECT_EQ(get(root, "b").error().code, Code::kCorrupt);
}

TEST_F(ObjectKeysTest, FollowTheStateOfTheirKey) {
  const std::string id = kms_->create_key("")->id;
  const Caller root = anybody();
  ASSERT_TRUE(put(*keys_->seal(root, "images", "a", {.key = id}), "a", "content"));
  ASSERT_TRUE(kms_->set_enabled(id, false));
  EXPECT_THAT(refusal(get(root, "a")), StartsWith("KMS.DisabledException: "));
  EXPECT_THAT(refusal(keys_->seal(root, "images", "b", {.key = id})), StartsWith("KMS.DisabledException: "));
  ASSERT_TRUE(kms_->set_enabled(id, true));
  ASSERT_TRUE(get(root, "a"));
  ASSERT_TRUE(kms_->schedule_deletion(id, 7));
  EXPECT_THAT(refusal(get(root, "a")), StartsWith("KMS.KMSInvalidStateException: "));
  clock_.advance_ms(8 * 86'400'000LL);
  EXPECT_THAT(refusal(get(root, "a")), StartsWith("KMS.NotFoundException: "));
}

TEST_F(ObjectKeysTest, NeedRightsOnTheKey) {
  const std::string arn = kms_->create_key("")->arn();
  const Caller writer = caller("{'Effect':'Allow','Action':'kms:GenerateDataKey','Resource':'" + arn + "'}");
  const Caller reader = caller("{'Effect':'Allow','Action':'kms:Decrypt','Resource':'" + arn +
                               "','Condition':{'StringEquals':{'kms:EncryptionContext:aws:s3:arn':'arn:aws:s3:::images/a',"
                               "'kms:ViaService':'s3.us-east-1.amazonaws.com'}}}");
  ASSERT_TRUE(put(*keys_->seal(writer, "images", "a", {.key = arn}), "a", "content"));
  ASSERT_TRUE(put(*keys_->seal(writer, "images", "b", {.key = arn}), "b", "content"));
  EXPECT_EQ(*get(reader, "a"), "content");
  EXPECT_THAT(refusal(get(reader, "b")), HasSubstr("not authorized to perform: kms:Decrypt on resource: " + arn));
  EXPECT_THAT(refusal(get(writer, "a")), HasSubstr("kms:Decrypt"));
  EXPECT_THAT(refusal(keys_->seal(reader, "images", "a", {.key = arn})), HasSubstr("kms:GenerateDataKey"));
  EXPECT_EQ(objects().open("images", "a").error().code, Code::kPermissionDenied);
}

TEST_F(ObjectKeysTest, TheKeyOfS3IsForWhoeverIsNotDeniedIt) {
  const Caller nobody = caller("{'Effect':'Allow','Action':'s3:*','Resource':'*'}");
  const auto sealed = keys_->seal(nobody, "images", "a", {});
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_EQ(sealed->envelope.key_arn, kms_->find(kS3Key)->arn);
  EXPECT_TRUE(keys_->open(nobody, sealed->envelope, "images", "a"));
  const Caller denied = caller("{'Effect':'Deny','Action':'kms:*','Resource':'*'}");
  EXPECT_EQ(keys_->open(denied, sealed->envelope, "images", "a").error().code, Code::kPermissionDenied);
}

TEST_F(ObjectKeysTest, KeysOfOtherAccountsAndNone) {
  const Caller root = anybody();
  EXPECT_THAT(refusal(keys_->seal(root, "images", "a", {.key = "arn:aws:kms:us-east-1:111122223333:key/k"})), HasSubstr("not authorized"));
  for (const char* key : {"arn:aws:kms:us-east-1:000000000000:key/3f1f0b8e-8d3b-4b0f-9d8a-0123456789ab", "arn:", "arn:aws", "alias/none", "x"})
    EXPECT_THAT(refusal(keys_->seal(root, "images", "a", {.key = key})), StartsWith("KMS.NotFoundException: ")) << key;
}

// What has the key's rights by a guarded store alone.
TEST_F(ObjectKeysTest, GuardedStoresUseThem) {
  const std::string arn = kms_->create_key("")->arn();
  ASSERT_TRUE(set_encryption_of_bucket(objects(), "images", BucketEncryption{.kms = true, .key = arn}));
  const Caller allowed = anybody(), other = caller("{'Effect':'Allow','Action':'s3:*','Resource':'*'}");
  GuardedObjects guarded(objects(), allowed, *keys_), refused(objects(), other, *keys_);
  ASSERT_TRUE(store::testing::put(guarded, "images", "a", "content"));
  EXPECT_EQ(objects().head("images", "a")->kms->key_arn, arn);
  EXPECT_EQ(*store::testing::get(guarded, "images", "a"), "content");
  EXPECT_EQ(store::testing::get(refused, "images", "a").error().code, Code::kPermissionDenied);
  EXPECT_EQ(refused.begin_put("images", "b").error().code, Code::kPermissionDenied);
  EXPECT_TRUE(objects().remove("images", "a"));
}

// The archive moves such objects as they are: it has no key, and needs none.
TEST_F(ObjectKeysTest, ArchivedAndRestoredWithoutTheKey) {
  const std::string id = kms_->create_key("")->id;
  const Caller root = anybody();
  const std::string content(300'000, 'c');  // would compress
  ASSERT_TRUE(put(*keys_->seal(root, "images", "a", {.key = id}), "a", content, {.storage_class = "GLACIER"}));
  ASSERT_TRUE(kms_->set_enabled(id, false));
  ASSERT_TRUE(objects().work_on_archive([] { return false; }));
  EXPECT_THAT(refusal(get(root, "a")), StartsWith("archived GLACIER"));
  ASSERT_TRUE(objects().restore("images", "a", clock_.now_ms() + 86'400'000));
  ASSERT_TRUE(objects().work_on_archive([] { return false; }));
  EXPECT_THAT(refusal(get(root, "a")), StartsWith("KMS.DisabledException: "));
  ASSERT_TRUE(kms_->set_enabled(id, true));
  EXPECT_TRUE(*get(root, "a") == content);
}

TEST_F(ObjectKeysTest, DefaultsOfBuckets) {
  EXPECT_FALSE(encryption_of_bucket(objects(), "images")->kms);
  ASSERT_TRUE(set_encryption_of_bucket(objects(), "images", BucketEncryption{.kms = true, .bucket_key = true}));
  const auto told = encryption_of_bucket(objects(), "images");
  EXPECT_TRUE(told->kms && told->key.empty() && told->bucket_key);
  ASSERT_TRUE(set_encryption_of_bucket(objects(), "images", std::nullopt));
  EXPECT_FALSE(encryption_of_bucket(objects(), "images")->kms);
  EXPECT_EQ(encryption_of_bucket(objects(), "none").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace eyrie::iam
