// Completing an upload again, as a client does that has lost the first answer.
#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class CompletedAgainTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
    ASSERT_TRUE(store_->set_rules("images", {{.bucket = "images", .function = "f", .events = {"ObjectCreated:*"}}}));
    id_ = send({.method = "POST", .path = kPath, .query = "uploads"}).element("UploadId");
    first_ = upload(1, std::string(5 << 20, 'a'));
    last_ = upload(7, "end");
  }
  std::string upload(int number, std::string body) {
    return send({.method = "PUT", .path = kPath, .query = "partNumber=" + std::to_string(number) + "&uploadId=" + id_, .body = std::move(body)})
        .header("ETag");
  }
  static std::string part(int number, const std::string& etag) {
    return "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + etag + "</ETag></Part>";
  }
  Answer complete(const std::string& parts, const std::string& path = kPath) {
    return send({.method = "POST",
                 .path = path,
                 .query = "uploadId=" + id_,
                 .body = "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>"});
  }
  int events() {
    for (int count = 0;; ++count) {
      const auto event = store_->events().lease(std::chrono::hours(1));
      EXPECT_TRUE(event);
      if (!event || !*event) return count;
    }
  }
  static constexpr const char* kPath = "/images/big";
  std::string id_, first_, last_;
};

TEST_F(CompletedAgainTest, AnswersTheSameWithoutAnotherEvent) {
  const std::string parts = part(1, first_) + part(7, last_);
  const Answer made = complete(parts);
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(events(), 1);
  const Answer again = complete(parts);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, made.body);
  EXPECT_EQ(events(), 0);
  EXPECT_EQ(send_after_restart({.method = "POST", .path = kPath, .query = "uploadId=" + id_, .body = "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>"}).body, made.body);
}

TEST_F(CompletedAgainTest, OnlyOfTheSamePartsAndAsLongAsTheObjectIsThere) {
  const std::string parts = part(1, first_) + part(7, last_);
  EXPECT_EQ(error(complete(parts, "/images/other")), "404 NoSuchUpload");
  ASSERT_EQ(complete(parts).status, 200);
  for (const std::string& other : {part(1, first_), part(7, last_), part(1, last_) + part(7, first_), part(1, first_) + part(8, last_),
                                   parts + part(9, last_), std::string("nonsense")}) {
    EXPECT_EQ(error(complete(other)), "404 NoSuchUpload") << other;
  }
  EXPECT_EQ(error(complete(parts, "/images/other")), "404 NoSuchUpload");
  EXPECT_EQ(error(complete(parts, "/nowhere/big")), "404 NoSuchBucket");
  EXPECT_EQ(send({.method = "PUT", .path = "/images/copy", .headers = {{"x-amz-copy-source", "images/big"}}}).status, 200);
  EXPECT_EQ(error(complete(parts, "/images/copy")), "404 NoSuchUpload");
  EXPECT_EQ(complete(parts).status, 200);
  EXPECT_EQ(error(send({.method = "DELETE", .path = kPath, .query = "uploadId=" + id_})), "404 NoSuchUpload");
  put(kPath, "another");
  EXPECT_EQ(error(complete(parts)), "404 NoSuchUpload");
  send({.method = "DELETE", .path = kPath});
  EXPECT_EQ(error(complete(parts)), "404 NoSuchUpload");
}

}  // namespace
}  // namespace eyrie::api::testing
