// What is left of uploads: after their bucket, and of parts that come while they are aborted.
#include "api/s3/lifecycle/sweeper.h"
#include "api/s3/multipart/upload.h"
#include "api/testing.h"

namespace eyrie::api::s3 {
namespace {

using testing::Answer;

class OrphansTest : public api::testing::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  std::string begin() { return send({.method = "POST", .path = kPath, .query = "uploads"}).element("UploadId"); }
  Answer put_part(const std::string& id, const std::string& body) {
    return send({.method = "PUT", .path = kPath, .query = "partNumber=1&uploadId=" + id, .body = body});
  }
  std::string complete(const std::string& id, const std::string& etag) {
    return send({.method = "POST",
                 .path = kPath,
                 .query = "uploadId=" + id,
                 .body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag + "</ETag></Part></CompleteMultipartUpload>"})
        .element("Code");
  }
  Answer remove(const std::string& path, const std::string& query = "") { return send({.method = "DELETE", .path = path, .query = query}); }
  std::size_t files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path() / "objects")) count += entry.is_regular_file() ? 1 : 0;
    return count;
  }
  std::size_t kept() {
    const auto page = objects().list({.bucket = kUploadsBucket});
    return page ? page->objects.size() : 0;
  }
  Swept sweep() { return LifecycleSweeper(objects(), clock_, {}).sweep(); }

  static constexpr const char* kPath = "/images/big";
};

TEST_F(OrphansTest, UploadsGoWithTheirBucket) {
  const std::string id = begin(), etag = put_part(id, "old").header("ETag");
  ASSERT_EQ(remove("/images").status, 204);
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(put_part(id, "x").element("Code"), "NoSuchBucket");
  EXPECT_EQ(get(kPath, "uploadId=" + id).element("Code"), "NoSuchBucket");
  EXPECT_EQ(remove(kPath, "uploadId=" + id).element("Code"), "NoSuchBucket");
  clock_.advance_ms(1);
  make_bucket();
  EXPECT_EQ(complete(id, etag), "NoSuchUpload");
}

// As where the process was killed after the bucket had gone.
TEST_F(OrphansTest, ABucketMadeAnewHasNoneOfTheFormers) {
  const std::string id = begin(), etag = put_part(id, "old").header("ETag");
  ASSERT_TRUE(objects().delete_bucket("images"));
  clock_.advance_ms(1);
  make_bucket();
  EXPECT_EQ(get("/images", "uploads").element("UploadId"), "");
  EXPECT_EQ(put_part(id, "x").element("Code"), "NoSuchUpload");
  EXPECT_EQ(complete(id, etag), "NoSuchUpload");
  const std::string own = begin();
  EXPECT_EQ(sweep().aborted, 1U);
  EXPECT_EQ(kept(), 1U) << "its own stays";
  EXPECT_EQ(put_part(own, "x").status, 200);
}

TEST_F(OrphansTest, APartThatEndsAfterTheAbortIsRefusedAndGone) {
  const std::string id = begin();
  auto late = objects().begin_put(kUploadsBucket, key_of_part(id, 2));
  ASSERT_TRUE(late && (*late)->write(as_bytes("late")));
  ASSERT_EQ(remove(kPath, "uploadId=" + id).status, 204);
  EXPECT_EQ((*late)->commit({.beside = id}).error().code, Code::kNotFound);
  late->reset();
  EXPECT_EQ(kept(), 0U);
  EXPECT_EQ(files(), 0U);
}

TEST_F(OrphansTest, PartsWithoutTheirUploadAreSwept) {
  const std::string gone = begin(), here = begin();
  ASSERT_EQ(put_part(gone, "x").status, 200);
  ASSERT_EQ(put_part(here, "y").status, 200);
  ASSERT_TRUE(objects().remove(kUploadsBucket, gone));  // the marker alone, as a crash leaves it
  EXPECT_EQ(sweep().aborted, 1U);
  EXPECT_EQ(kept(), 2U);
  EXPECT_EQ(complete(here, put_part(here, "z").header("ETag")), "");
}

TEST_F(OrphansTest, ConditionsOfDirectoryBucketsAreNotPassedOver) {
  ASSERT_EQ(put("/images/a", "12345").status, 200);
  for (const char* header : {"x-amz-if-match-size", "x-amz-if-match-last-modified-time"}) {
    EXPECT_EQ(send({.method = "DELETE", .path = "/images/a", .headers = {{header, "999"}}}).element("Code"), "NotImplemented") << header;
  }
  EXPECT_EQ(get("/images/a").status, 200);
  const std::string id = begin();
  EXPECT_EQ(send({.method = "DELETE", .path = kPath, .query = "uploadId=" + id, .headers = {{"x-amz-if-match-initiated-time", "x"}}}).element("Code"), "NotImplemented");
  EXPECT_EQ(kept(), 1U);
}

}  // namespace
}  // namespace eyrie::api::s3
