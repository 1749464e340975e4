// Encryption under keys of KMS through the gateway; the rest is in tests/contract/s3_kms_test.py and iam/object_keys_test.cc.
#include "api/s3/object/encryption.h"

#include "api/testing.h"

namespace eyrie::api::s3 {
namespace {

class EncryptionTest : public api::testing::ApiTest {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
    key_ = kms_keys_->create_key("")->arn();
  }
  Headers headers(Headers more = {}) const {
    more.insert(more.end(), {{kEncryptionHeader, "aws:kms"}, {kKmsKeyHeader, key_}});
    return more;
  }
  std::string code(const Headers& told) { return put("/images/k", "x", told).element("Code"); }

  std::string key_;
};

// Unlike a customer's key that of an upload in progress is on disk, in its envelope.
TEST_F(EncryptionTest, AnUploadOutlivesARestart) {
  const std::string id =
      send({.method = "POST", .path = "/images/m", .query = "uploads", .headers = headers()}).element("UploadId");
  const testing::Answer part = send({.method = "PUT", .path = "/images/m", .query = "partNumber=1&uploadId=" + id, .body = "content"});
  ASSERT_EQ(part.status, 200) << part.body;
  const testing::Call complete{.method = "POST",
                               .path = "/images/m",
                               .query = "uploadId=" + id,
                               .body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + part.header("ETag") +
                                       "</ETag></Part></CompleteMultipartUpload>"};
  EXPECT_EQ(send_after_restart(complete).status, 200);
  EXPECT_EQ(get("/images/m").body, "content");
  EXPECT_EQ(get("/images/m").header(kKmsKeyHeader), key_);
}

TEST_F(EncryptionTest, PartsAreEncryptedAsTheirUpload) {
  const std::string id =
      send({.method = "POST", .path = "/images/m", .query = "uploads", .headers = headers()}).element("UploadId");
  const testing::Call part{.method = "PUT", .path = "/images/m", .query = "partNumber=1&uploadId=" + id, .headers = headers(), .body = "x"};
  EXPECT_EQ(send(part).status, 200) << "the same said again";
  testing::Call other = part;
  other.headers = {{kEncryptionHeader, "AES256"}};
  EXPECT_EQ(send(other).element("Code"), "InvalidArgument");
  const auto stored = objects().list({.bucket = ".uploads", .prefix = id + "/"});
  ASSERT_EQ(stored->objects.size(), 1U);
  EXPECT_TRUE(stored->objects[0].kms);
  EXPECT_FALSE(objects().open(".uploads", stored->objects[0].key)) << "not without the key";
}

TEST_F(EncryptionTest, HeadersThatAreRefused) {
  EXPECT_EQ(code(headers()), "");
  EXPECT_EQ(code({{kEncryptionHeader, "aws:kms:dsse"}}), "NotImplemented");
  EXPECT_EQ(code({{kEncryptionHeader, "ROT13"}}), "InvalidArgument");
  EXPECT_EQ(code({{kKmsKeyHeader, key_}}), "InvalidArgument");
  EXPECT_EQ(code({{kEncryptionHeader, "AES256"}, {kKmsKeyHeader, key_}}), "InvalidArgument");
  EXPECT_EQ(code({{kKmsContextHeader, "e30="}}), "InvalidArgument");
  EXPECT_EQ(code(headers({{kBucketKeyHeader, "perhaps"}})), "InvalidArgument");
  EXPECT_EQ(code(headers({{kKmsContextHeader, "e30="}})), "") << "an empty context";
  EXPECT_EQ(code(headers({{kKmsContextHeader, "W10="}})), "InvalidArgument");
  EXPECT_EQ(code(headers({{kKmsContextHeader, base64_encode(as_bytes(R"({"aws:s3:arn":"x"})"))}})), "InvalidArgument");
  EXPECT_EQ(put("/nowhere/k", "x", headers()).element("Code"), "NoSuchBucket");
}

TEST_F(EncryptionTest, DamagedEnvelopesAreNoObjects) {
  ASSERT_EQ(put("/images/a", "content", headers()).status, 200);
  const store::KmsEnvelope envelope = *objects().head("images", "a")->kms;
  const crypto::SecretKey key = crypto::SecretKey::random();
  auto writer = objects().begin_put("images", "b", &key, &envelope);
  ASSERT_TRUE((*writer)->write(as_bytes("content")) && (*writer)->commit({}));
  EXPECT_EQ(get("/images/b").status, 500) << "another object's";
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/b"}).status, 200);
}

}  // namespace
}  // namespace eyrie::api::s3
