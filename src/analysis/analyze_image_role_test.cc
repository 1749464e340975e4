#include "analysis/analyze_image_role.h"

#include <gtest/gtest.h>

#include <fstream>

#include "iam/guarded_stores.h"
#include "kms/local_keys.h"
#include "store/testing.h"

namespace eyrie::analysis {
namespace {

class NoRecognizer final : public vision::Recognizer {
 public:
  Result<vision::Recognition> recognize(const image::Image&, const vision::Request&) override {
    return fail(Code::kInternal, "not asked for");
  }
  int useful_side() const override { return 1024; }
  vision::ModelVersions model_versions() const override { return {}; }
};

class AnalyzeImageRoleTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    identities_ = *iam::Identities::open(store_->records(), clock_);
    denied_ = *iam::AuditLog::open(directory_.path() / "audit" / "denied.jsonl", {}, clock_);
    access_.emplace(iam::AccessControl::Parts{
        .identities = *identities_, .objects = objects(), .denied = *denied_, .unknown = *denied_});
    for (const char* bucket : {"images", "other"}) {
      ASSERT_TRUE(objects().create_bucket(bucket));
      for (const char* key : {"uploads/a.txt", "uploads/b.txt", "secret/a.txt"})
        ASSERT_TRUE(store::testing::put(objects(), bucket, key, "no picture"));
    }
    ASSERT_TRUE(items().create_table(record_table()));
    store::TableDescription other = record_table();
    other.name = "Other";
    ASSERT_TRUE(items().create_table(other));
    kms_keys_ = *kms::LocalKeys::open(store_->records(), clock_);
    object_keys_.emplace(*kms_keys_);
    caller_.emplace(analyze_image_caller(*access_, {.bucket = "images", .key = "uploads/a.txt", .sequencer = "01", .request_id = "r"}));
  }
  std::size_t denials() const {
    std::ifstream file(directory_.path() / "audit" / "denied.jsonl");
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line); ++lines) {
    }
    return lines;
  }

  std::unique_ptr<iam::Identities> identities_;
  std::unique_ptr<iam::AuditLog> denied_;
  std::optional<iam::AccessControl> access_;
  std::optional<iam::Caller> caller_;
  std::unique_ptr<kms::LocalKeys> kms_keys_;
  std::optional<iam::ObjectKeys> object_keys_;
};

template <typename T>
bool refused(const Result<T>& result) {
  return !result && result.error().code == Code::kPermissionDenied;
}

TEST_F(AnalyzeImageRoleTest, ItsPolicyIsSound) {
  EXPECT_TRUE(iam::PolicyDocument::parse(analyze_image_policy()));
}

TEST_F(AnalyzeImageRoleTest, MayReadAndTagItsUploadAndWriteResults) {
  iam::GuardedObjects guarded(objects(), *caller_, *object_keys_);
  EXPECT_TRUE(guarded.open("images", "uploads/a.txt"));
  EXPECT_TRUE(guarded.head("images", "uploads/a.txt"));
  EXPECT_TRUE(guarded.set_tags("images", "uploads/a.txt", "", {{"status", "analyzed"}}));
  EXPECT_TRUE(guarded.begin_put("images", "processed/a.json"));
  EXPECT_EQ(denials(), 0U);
}

TEST_F(AnalyzeImageRoleTest, MayNothingElseOfObjects) {
  iam::GuardedObjects guarded(objects(), *caller_, *object_keys_);
  EXPECT_TRUE(refused(guarded.open("images", "uploads/b.txt")));
  EXPECT_TRUE(refused(guarded.open("images", "secret/a.txt")));
  EXPECT_TRUE(refused(guarded.open("other", "uploads/a.txt")));
  EXPECT_TRUE(refused(guarded.head("other", "secret/a.txt")));
  EXPECT_TRUE(refused(guarded.begin_put("images", "uploads/a.txt")));
  EXPECT_TRUE(refused(guarded.begin_put("other", "processed/a.json")));
  EXPECT_TRUE(refused(guarded.set_tags("images", "secret/a.txt", "", {})));
  EXPECT_TRUE(refused(guarded.remove("images", "uploads/a.txt")));
  EXPECT_TRUE(refused(guarded.list({.bucket = "images"})));
  EXPECT_TRUE(refused(guarded.buckets()));
  EXPECT_TRUE(refused(guarded.bucket("images")));
  EXPECT_TRUE(refused(guarded.create_bucket("new")));
  EXPECT_TRUE(refused(guarded.delete_bucket("other")));
  EXPECT_TRUE(refused(guarded.rules("images")));
  EXPECT_TRUE(refused(guarded.set_rules("images", {})));
  EXPECT_TRUE(refused(guarded.bucket_setting("images", "policy")));
  EXPECT_TRUE(refused(guarded.set_bucket_setting("images", "policy", "{}")));
  EXPECT_TRUE(objects().open("images", "uploads/a.txt"));
  EXPECT_EQ(denials(), 13U) << "settings have no action of AWS's to be noted";
}

// It is a role like others to the policies of buckets.
TEST_F(AnalyzeImageRoleTest, BucketsPoliciesBindItAndMayNameIt) {
  iam::GuardedObjects guarded(objects(), *caller_, *object_keys_);
  const auto set_policy = [&](const std::string& principal, const std::string& effect, const std::string& key) {
    return objects().set_bucket_setting("images", iam::kBucketPolicySetting,
                                        R"({"Version":"2012-10-17","Statement":{"Effect":")" + effect + R"(","Principal":)" + principal +
                                            R"(,"Action":"s3:GetObject","Resource":"arn:aws:s3:::images/)" + key + "\"}}");
  };
  ASSERT_TRUE(set_policy(R"("*")", "Deny", "*"));
  EXPECT_TRUE(refused(guarded.open("images", "uploads/a.txt")));
  EXPECT_TRUE(guarded.begin_put("images", "processed/a.json"));
  ASSERT_TRUE(set_policy("{\"AWS\":\"" + analyze_image_role_arn() + "\"}", "Deny", "*"));
  EXPECT_TRUE(refused(guarded.open("images", "uploads/a.txt")));
  ASSERT_TRUE(set_policy("{\"AWS\":\"" + analyze_image_role_arn() + "\"}", "Allow", "secret/*"));
  EXPECT_TRUE(guarded.open("images", "uploads/a.txt"));
  EXPECT_TRUE(guarded.open("images", "secret/a.txt"));
}

TEST_F(AnalyzeImageRoleTest, MayTouchNoOtherTable) {
  iam::GuardedItems guarded(items(), *caller_);
  const store::Item item{{"ImageID", {{"S", "x"}}}, {"UploadTimestamp", {{"N", "1"}}}};
  EXPECT_TRUE(guarded.put("ImageMetadataStore", item, {}));
  EXPECT_TRUE(guarded.query("ImageMetadataStore", json::object{{"S", "x"}}, {}, true, {}));
  EXPECT_TRUE(guarded.remove("ImageMetadataStore", item, {}));
  EXPECT_TRUE(refused(guarded.put("Other", item, {})));
  EXPECT_TRUE(refused(guarded.query("Other", json::object{{"S", "x"}}, {}, true, {})));
  EXPECT_TRUE(refused(guarded.remove("Other", item, {})));
  EXPECT_TRUE(refused(guarded.get("Other", item)));
  EXPECT_TRUE(refused(guarded.scan("ImageMetadataStore", {})));
  EXPECT_TRUE(refused(guarded.tables()));
  EXPECT_TRUE(refused(guarded.describe("Other")));
  EXPECT_TRUE(refused(guarded.create_table(record_table())));
}

// The keys of KMS that its object and its result are encrypted under, and no other object's.
TEST_F(AnalyzeImageRoleTest, KeysOfItsObjectsAlone) {
  const std::string id = kms_keys_->create_key("")->id;
  for (const bool bucket_key : {false, true}) {
    const iam::ObjectKeys::Wanted wanted{.key = id, .bucket_key = bucket_key};
    const auto written = object_keys_->seal(*caller_, "images", "processed/a.json", wanted);
    ASSERT_TRUE(written) << written.error().message;
    const auto own = written->envelope;
    EXPECT_EQ(object_keys_->open(*caller_, own, "images", "uploads/b.txt").has_value(), bucket_key);
    EXPECT_TRUE(refused(object_keys_->seal(*caller_, "other", "processed/a.json", wanted)));
    EXPECT_TRUE(refused(object_keys_->open(*caller_, own, "other", "uploads/a.txt")));
  }
  EXPECT_TRUE(refused(object_keys_->seal(*caller_, "images", "uploads/a.txt", {.key = id})));
  // Its own upload's: the ARN is right, the envelope is another object's.
  const auto sealed = object_keys_->seal(*caller_, "images", "processed/a.json", {.key = id});
  EXPECT_EQ(object_keys_->open(*caller_, sealed->envelope, "images", "uploads/a.txt").error().code, Code::kCorrupt);
}

TEST_F(AnalyzeImageRoleTest, DoesItsWork) {
  ASSERT_TRUE(objects().set_rules("images", {{.bucket = "images", .function = "analyze-image", .events = {"ObjectCreated:*"}, .prefixes = {"uploads/"}}}));
  ASSERT_TRUE(store::testing::put(objects(), "images", "uploads/a *+${aws:username}.txt", "no picture"));
  const auto event = events().lease(std::chrono::minutes(1));
  ASSERT_TRUE(event && *event);
  NoRecognizer recognizer;
  AnalyzeImageRole function({}, objects(), items(), recognizer, *access_, *object_keys_);
  ASSERT_TRUE(function.invoke(**event));
  const auto page = items().scan(std::string(kRecordTable), {});
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(record_status(page->items[0]), "FAILED") << "a text file is no picture";
  EXPECT_EQ(objects().head("images", "uploads/a *+${aws:username}.txt")->tags.at("status"), "failed");
  EXPECT_TRUE(function.give_up(**event, {Code::kInternal, "as if"}));
  EXPECT_EQ(denials(), 0U);
}

// An upload under a key of KMS, to a bucket whose default that is.
TEST_F(AnalyzeImageRoleTest, DoesItsWorkUnderAKeyOfKms) {
  const std::string id = kms_keys_->create_key("")->id;
  ASSERT_TRUE(objects().set_rules("images", {{.bucket = "images", .function = "analyze-image", .events = {"ObjectCreated:*"}, .prefixes = {"uploads/"}}}));
  ASSERT_TRUE(iam::set_encryption_of_bucket(objects(), "images", iam::BucketEncryption{.kms = true, .key = id}));
  const iam::Caller root(*access_, {.principal = {.kind = iam::Principal::Kind::kRoot}});
  iam::GuardedObjects guarded(objects(), root, *object_keys_);
  ASSERT_TRUE(store::testing::put(guarded, "images", "uploads/k.txt", "no picture"));
  ASSERT_TRUE(objects().head("images", "uploads/k.txt")->kms);
  const auto event = events().lease(std::chrono::minutes(1));
  ASSERT_TRUE(event && *event);
  NoRecognizer recognizer;
  AnalyzeImageRole function({}, objects(), items(), recognizer, *access_, *object_keys_);
  ASSERT_TRUE(kms_keys_->set_enabled(id, false));
  const Status disabled = function.invoke(**event);
  ASSERT_FALSE(disabled) << "it is tried again later";
  EXPECT_TRUE(disabled.error().message.starts_with("KMS.DisabledException")) << disabled.error().message;
  ASSERT_TRUE(kms_keys_->set_enabled(id, true));
  ASSERT_TRUE(function.invoke(**event));
  EXPECT_EQ(objects().head("images", "uploads/k.txt")->tags.at("status"), "failed") << "a text file is no picture";
  EXPECT_EQ(denials(), 0U);
}

}  // namespace
}  // namespace eyrie::analysis
