// Customers' keys: from where they are taken, and how long an upload's is remembered.
#include "api/s3/object/customer_key.h"

#include "api/testing.h"

namespace eyrie::api::s3 {
namespace {

class CustomerKeyTest : public api::testing::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  static std::vector<std::pair<std::string, std::string>> headers() {
    const std::string key(32, 'k');
    const std::string prefix(kCustomerKeyHeaders);
    return {{prefix + "algorithm", "AES256"},
            {prefix + "key", base64_encode(as_bytes(key))},
            {prefix + "key-MD5", base64_encode(crypto::md5(as_bytes(key)))}};
  }
  testing::Answer put_from(const std::string& peer, bool secure) {
    const testing::Call call{.method = "PUT", .path = "/images/k", .headers = headers(), .body = "content"};
    net::RequestHead head = head_of(call);
    head.peer = peer;
    head.secure = secure;
    return exchange(std::move(head), call);
  }
};

TEST_F(CustomerKeyTest, AreTakenOverTlsAndFromThisMachine) {
  EXPECT_EQ(put_from("127.0.0.1", false).status, 200);
  EXPECT_EQ(put_from("::1", false).status, 200);
  EXPECT_EQ(put_from("192.0.2.7", true).status, 200);
  const testing::Answer refused = put_from("192.0.2.7", false);
  EXPECT_EQ(refused.element("Code"), "InvalidRequest");
  EXPECT_TRUE(refused.element("Message").contains("secure connection"));
}

// The key of an upload in progress is in memory only: after a restart completing needs it again.
TEST_F(CustomerKeyTest, AnUploadAfterARestartNeedsItsKey) {
  const std::string id =
      send({.method = "POST", .path = "/images/m", .query = "uploads", .headers = headers()}).element("UploadId");
  const std::string query = "partNumber=1&uploadId=" + id;
  const testing::Answer part =
      send({.method = "PUT", .path = "/images/m", .query = query, .headers = headers(), .body = "content"});
  ASSERT_EQ(part.status, 200) << part.body;
  const testing::Call complete{.method = "POST",
                               .path = "/images/m",
                               .query = "uploadId=" + id,
                               .body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + part.header("ETag") +
                                       "</ETag></Part></CompleteMultipartUpload>"};
  EXPECT_EQ(send_after_restart(complete).element("Code"), "InvalidRequest");
  testing::Call told = complete;
  told.headers = headers();
  EXPECT_EQ(send(told).status, 200);
  EXPECT_EQ(get("/images/m").element("Code"), "InvalidRequest");
  EXPECT_EQ(get("/images/m", "", headers()).body, "content");
}

TEST(UploadKeys, AreForgotten) {
  UploadKeys keys;
  EXPECT_FALSE(keys.find("a"));
  keys.remember("a", {.key = crypto::SecretKey::random(), .md5 = "1"});
  keys.remember("a", {.key = crypto::SecretKey::random(), .md5 = "2"});
  ASSERT_TRUE(keys.find("a"));
  EXPECT_EQ(keys.find("a")->md5, "2");
  keys.forget("a");
  EXPECT_FALSE(keys.find("a"));
}

}  // namespace
}  // namespace eyrie::api::s3
