// CopyObject and UploadPartCopy through the gateway.
#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class CopyTest : public ApiTest {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
    etag_ = put("/images/from%20a+b", "hello",
                {{"Content-Type", "text/plain"},
                 {"Cache-Control", "max-age=1"},
                 {"x-amz-meta-colour", "red"},
                 {"x-amz-tagging", "a=1"},
                 {"x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="}})
                .header("ETag");
    ASSERT_NE(etag_, "");
  }
  Answer copy(const std::string& to, Headers headers = {}, const std::string& source = "images/from%20a%2Bb") {
    headers.emplace_back("x-amz-copy-source", source);
    return send({.method = "PUT", .path = to, .headers = std::move(headers)});
  }
  std::string etag_;
};

TEST_F(CopyTest, TakesAllAlong) {
  const Answer copied = copy("/images/to");
  ASSERT_EQ(copied.status, 200) << copied.body;
  EXPECT_EQ(copied.element("ETag"), "&quot;5d41402abc4b2a76b9719d911017c592&quot;");
  EXPECT_EQ(copied.element("ChecksumSHA1"), "qvTGHdzF6KLavt4PO0gs2a6pQ00=");
  EXPECT_EQ(copied.element("LastModified"), "2025-11-24T16:00:00.000Z");
  const Answer got = get("/images/to", "", {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.header("Content-Type"), "text/plain");
  EXPECT_EQ(got.header("Cache-Control"), "max-age=1");
  EXPECT_EQ(got.header("x-amz-meta-colour"), "red");
  EXPECT_EQ(got.header("x-amz-tagging-count"), "1");
  EXPECT_EQ(got.header("x-amz-checksum-sha1"), "qvTGHdzF6KLavt4PO0gs2a6pQ00=");
}

TEST_F(CopyTest, Directives) {
  ASSERT_EQ(copy("/images/to", {{"x-amz-metadata-directive", "REPLACE"},
                                {"Content-Type", "image/png"},
                                {"x-amz-meta-size", "big"},
                                {"x-amz-tagging", "b=2"}})
                .status,
            200);
  const Answer got = get("/images/to");
  EXPECT_EQ(got.header("Content-Type"), "image/png");
  EXPECT_EQ(got.header("Cache-Control"), "");
  EXPECT_EQ(got.header("x-amz-meta-size"), "big");
  EXPECT_FALSE(got.headers.has("x-amz-meta-colour"));
  EXPECT_THAT(get("/images/to", "tagging").body, HasSubstr("<Key>a</Key>")) << "tags have their own directive";
  ASSERT_EQ(copy("/images/to", {{"x-amz-tagging-directive", "REPLACE"}, {"x-amz-tagging", "b=2"}}).status, 200);
  EXPECT_THAT(get("/images/to", "tagging").body, HasSubstr("<Key>b</Key>"));
  EXPECT_EQ(get("/images/to").header("x-amz-meta-colour"), "red");
  EXPECT_EQ(error(copy("/images/to", {{"x-amz-metadata-directive", "KEEP"}})), "400 InvalidArgument");
  EXPECT_EQ(error(copy("/images/to", {{"x-amz-tagging-directive", "KEEP"}})), "400 InvalidArgument");
}

TEST_F(CopyTest, OntoItselfOnlyWithAChange) {
  EXPECT_EQ(error(copy("/images/from%20a%2Bb")), "400 InvalidRequest");
  EXPECT_EQ(get("/images/from%20a%2Bb").header("x-amz-meta-colour"), "red");
  EXPECT_EQ(copy("/images/from%20a%2Bb", {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-meta-a", "b"}}).status, 200);
  EXPECT_EQ(get("/images/from%20a%2Bb").header("x-amz-meta-a"), "b");
  EXPECT_EQ(get("/images/from%20a%2Bb").body, "hello");
  EXPECT_EQ(copy("/images/from%20a%2Bb", {{"x-amz-storage-class", "STANDARD"}}).status, 200);
}

TEST_F(CopyTest, Conditions) {
  const std::string now = format_http_date(clock_.now_ms()), before = format_http_date(clock_.now_ms() - 3'600'000);
  const std::string p = "x-amz-copy-source-";
  EXPECT_EQ(copy("/images/c", {{p + "if-match", etag_}}).status, 200);
  EXPECT_EQ(error(copy("/images/c", {{p + "if-match", "\"0\""}})), "412 PreconditionFailed");
  EXPECT_EQ(error(copy("/images/c", {{p + "if-none-match", etag_}})), "412 PreconditionFailed");
  EXPECT_EQ(copy("/images/c", {{p + "if-none-match", "\"0\""}}).status, 200);
  EXPECT_EQ(error(copy("/images/c", {{p + "if-modified-since", now}})), "412 PreconditionFailed");
  EXPECT_EQ(copy("/images/c", {{p + "if-modified-since", before}}).status, 200);
  EXPECT_EQ(error(copy("/images/c", {{p + "if-unmodified-since", before}})), "412 PreconditionFailed");
  EXPECT_EQ(copy("/images/c", {{p + "if-match", etag_}, {p + "if-unmodified-since", before}}).status, 200);
  EXPECT_EQ(error(copy("/images/c", {{"If-None-Match", "*"}})), "412 PreconditionFailed") << "of the new object";
  EXPECT_EQ(copy("/images/new", {{"If-None-Match", "*"}}).status, 200);
}

TEST_F(CopyTest, SourcesThatAreNone) {
  EXPECT_EQ(copy("/images/to", {}, "/images/from%20a%2Bb?versionId=null").status, 200);
  EXPECT_EQ(error(copy("/images/to", {}, "/images/from%20a%2Bb?versionId=abc")), "400 InvalidArgument");
  EXPECT_EQ(error(copy("/images/to", {}, "images/absent")), "404 NoSuchKey");
  EXPECT_EQ(error(copy("/images/to", {}, "nowhere/absent")), "404 NoSuchBucket");
  EXPECT_EQ(error(copy("/nowhere/to")), "404 NoSuchBucket");
  for (const char* source : {"", "images", "images/", "/", "//", "images/%zz", "images/%ff"}) {
    EXPECT_EQ(error(copy("/images/to", {}, source)), "400 InvalidArgument") << source;
  }
  EXPECT_EQ(error(copy("/images/to", {}, ".uploads/x")), "400 InvalidBucketName");
}

TEST_F(CopyTest, Parts) {
  const std::string big(6 << 20, 'x');
  ASSERT_EQ(put("/images/big", big + "tail").status, 200);
  const std::string id =
      send({.method = "POST", .path = "/images/whole", .query = "uploads"}).element("UploadId");
  ASSERT_NE(id, "");
  auto part = [&](int number, Headers headers) {
    headers.emplace_back("x-amz-copy-source", "images/big");
    return send({.method = "PUT",
                 .path = "/images/whole",
                 .query = "partNumber=" + std::to_string(number) + "&uploadId=" + id,
                 .headers = std::move(headers)});
  };
  const Answer first = part(1, {});
  ASSERT_EQ(first.status, 200) << first.body;
  const Answer second = part(2, {{"x-amz-copy-source-range", "bytes=6291456-6291458"}});
  ASSERT_EQ(second.status, 200) << second.body;
  for (const char* range : {"bytes=-3", "bytes=3-", "0-3", "bytes=3-1", "bytes=0-3,5-6"}) {
    EXPECT_EQ(error(part(3, {{"x-amz-copy-source-range", range}})), "400 InvalidArgument") << range;
  }
  EXPECT_EQ(error(part(3, {{"x-amz-copy-source-range", "bytes=0-6291460"}})), "416 InvalidRange");
  EXPECT_EQ(error(part(10001, {})), "400 InvalidArgument");
  EXPECT_EQ(error(part(3, {{"x-amz-copy-source-if-match", "\"0\""}})), "412 PreconditionFailed");
  auto listed = [](int number, const Answer& answer) {
    return "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + answer.element("ETag") +
           "</ETag></Part>";
  };
  const Answer done = send({.method = "POST",
                            .path = "/images/whole",
                            .query = "uploadId=" + id,
                            .body = "<CompleteMultipartUpload>" + listed(1, first) + listed(2, second) +
                                    "</CompleteMultipartUpload>"});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(get("/images/whole").body == big + "tail" + "tai");
}

}  // namespace
}  // namespace eyrie::api::testing
