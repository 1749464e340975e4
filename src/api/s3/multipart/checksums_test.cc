// Checksums of multipart uploads, and the parts that can be read of what they make.
#include "api/testing.h"
#include "aws/checksum.h"

namespace eyrie::api::testing {
namespace {

using aws::ChecksumAlgorithm;
using ::testing::HasSubstr;
using ::testing::Not;

std::string sum(ChecksumAlgorithm algorithm, std::string_view body) {
  const auto checksum = aws::Checksum::create(algorithm);
  checksum->update(as_bytes(body));
  return checksum->base64();
}

class MultipartChecksumsTest : public ApiTest {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  Answer create(Headers headers) {
    return send({.method = "POST", .path = "/images/m", .query = "uploads", .headers = std::move(headers)});
  }
  Answer upload(const std::string& id, int number, const std::string& body, Headers headers = {}) {
    return send({.method = "PUT",
                 .path = "/images/m",
                 .query = "partNumber=" + std::to_string(number) + "&uploadId=" + id,
                 .headers = std::move(headers),
                 .body = body});
  }
  static std::string part(int number, const Answer& answer, const std::string& more = "") {
    return "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + answer.header("ETag") + "</ETag>" +
           more + "</Part>";
  }
  Answer upload_summed(const std::string& id, int number, const std::string& body, ChecksumAlgorithm algorithm) {
    return upload(id, number, body, {{std::string(aws::checksum_header(algorithm)), sum(algorithm, body)}});
  }
  static std::string summed_part(int number, const Answer& answer, const std::string& body, ChecksumAlgorithm algorithm) {
    const std::string element = "Checksum" + std::string(aws::checksum_name(algorithm));
    return part(number, answer, "<" + element + ">" + sum(algorithm, body) + "</" + element + ">");
  }
  Answer complete(const std::string& id, const std::string& parts, Headers headers = {}) {
    return send({.method = "POST",
                 .path = "/images/m",
                 .query = "uploadId=" + id,
                 .headers = std::move(headers),
                 .body = "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>"});
  }
  const std::string first_ = std::string(5 << 20, 'a'), last_ = "the end";
};

TEST_F(MultipartChecksumsTest, CompositeAndFullObject) {
  struct Case {
    ChecksumAlgorithm algorithm;
    const char* type;  // "" is the default
    bool composite;
  };
  const Case cases[] = {{ChecksumAlgorithm::kCrc32, "", true},           {ChecksumAlgorithm::kCrc32c, "", true},
                        {ChecksumAlgorithm::kSha1, "", true},            {ChecksumAlgorithm::kSha256, "COMPOSITE", true},
                        {ChecksumAlgorithm::kXxHash128, "", true},       {ChecksumAlgorithm::kMd5, "", true},
                        {ChecksumAlgorithm::kCrc32, "FULL_OBJECT", false}, {ChecksumAlgorithm::kCrc64Nvme, "", false}};
  for (const Case& one : cases) {
    const std::string name(aws::checksum_name(one.algorithm)), header(aws::checksum_header(one.algorithm));
    SCOPED_TRACE(name + " " + one.type);
    Headers told{{"x-amz-checksum-algorithm", name}};
    if (*one.type != '\0') told.emplace_back("x-amz-checksum-type", one.type);
    const Answer begun = create(told);
    ASSERT_EQ(begun.status, 200) << begun.body;
    const std::string type = one.composite ? "COMPOSITE" : "FULL_OBJECT";
    EXPECT_EQ(begun.header("x-amz-checksum-algorithm"), name);
    EXPECT_EQ(begun.header("x-amz-checksum-type"), type);
    const std::string id = begun.element("UploadId");
    const Answer one_part = upload(id, 1, first_, {{header, sum(one.algorithm, first_)}});
    const Answer untold = upload(id, 2, last_);
    if (one.composite) EXPECT_EQ(error(untold), "400 InvalidRequest");
    const Answer two = one.composite ? upload(id, 2, last_, {{header, sum(one.algorithm, last_)}}) : untold;
    EXPECT_EQ(one_part.header(header), sum(one.algorithm, first_));
    EXPECT_EQ(two.header(header), sum(one.algorithm, last_)) << "computed where not told";
    const auto other = one.algorithm == ChecksumAlgorithm::kSha1 ? ChecksumAlgorithm::kCrc32 : ChecksumAlgorithm::kSha1;
    EXPECT_EQ(error(upload(id, 3, last_, {{std::string(aws::checksum_header(other)), sum(other, last_)}})),
              "400 InvalidRequest");
    EXPECT_THAT(get("/images/m", "uploadId=" + id).body,
                HasSubstr("<Checksum" + name + ">" + sum(one.algorithm, last_) + "<"));

    std::string whole = sum(one.algorithm, first_ + last_);
    if (one.composite) {
      const Bytes a = *base64_decode(sum(one.algorithm, first_)), b = *base64_decode(sum(one.algorithm, last_));
      whole = sum(one.algorithm, std::string(as_text(a)) + std::string(as_text(b))) + "-2";
    }
    const std::string right = "<Checksum" + name + ">" + sum(one.algorithm, first_) + "</Checksum" + name + ">";
    const std::string wrong = "<Checksum" + name + ">" + sum(one.algorithm, last_) + "</Checksum" + name + ">";
    const std::string second = "<Checksum" + name + ">" + sum(one.algorithm, last_) + "</Checksum" + name + ">";
    EXPECT_EQ(error(complete(id, part(1, one_part, wrong) + part(2, two, second))), "400 InvalidPart");
    const std::string parts = part(1, one_part, right) + part(2, two, one.composite ? second : "");
    if (one.composite) {
      const Answer lacking = complete(id, part(1, one_part, right) + part(2, two));
      EXPECT_EQ(error(lacking), "400 InvalidRequest");
      EXPECT_THAT(lacking.element("Message"), HasSubstr("missing for part 2"));
    }
    EXPECT_EQ(error(complete(id, parts, {{header, sum(one.algorithm, "x")}})), "400 BadDigest");
    EXPECT_EQ(error(complete(id, parts, {{"x-amz-mp-object-size", "7"}})), "400 InvalidRequest");
    EXPECT_EQ(error(complete(id, parts, {{"x-amz-checksum-type", one.composite ? "FULL_OBJECT" : "COMPOSITE"}})),
              "400 BadDigest");
    const Answer done = complete(
        id, parts, {{header, whole}, {"x-amz-mp-object-size", std::to_string(first_.size() + last_.size())}});
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.element("Checksum" + name), whole);
    EXPECT_EQ(done.element("ChecksumType"), type);
    const Answer got = send({.method = "HEAD", .path = "/images/m", .headers = {{"x-amz-checksum-mode", "ENABLED"}}});
    EXPECT_EQ(got.header(header), whole);
    EXPECT_EQ(got.header("x-amz-checksum-type"), type);
    EXPECT_THAT(get("/images").body, HasSubstr("<ChecksumType>" + type + "</ChecksumType>"));
  }
}

TEST_F(MultipartChecksumsTest, TypesThatDoNotGoTogether) {
  auto refused = [&](const char* algorithm, const char* type) {
    return error(create({{"x-amz-checksum-algorithm", algorithm}, {"x-amz-checksum-type", type}}));
  };
  EXPECT_EQ(refused("SHA1", "FULL_OBJECT"), "400 InvalidRequest");
  EXPECT_EQ(refused("SHA256", "FULL_OBJECT"), "400 InvalidRequest");
  EXPECT_EQ(refused("XXHASH3", "FULL_OBJECT"), "400 InvalidRequest");
  EXPECT_EQ(refused("CRC64NVME", "COMPOSITE"), "400 InvalidRequest");
  EXPECT_EQ(refused("CRC32", "HALF"), "400 InvalidRequest");
  EXPECT_EQ(refused("CRC7", "COMPOSITE"), "400 InvalidRequest");
  EXPECT_EQ(error(create({{"x-amz-checksum-type", "FULL_OBJECT"}})), "400 InvalidRequest");
}

TEST_F(MultipartChecksumsTest, PartsAreReadAgain) {
  const std::string id = create({{"x-amz-checksum-algorithm", "SHA256"}}).element("UploadId");
  const Answer one = upload_summed(id, 2, first_, ChecksumAlgorithm::kSha256),
               two = upload_summed(id, 7, last_, ChecksumAlgorithm::kSha256);
  ASSERT_EQ(complete(id, summed_part(2, one, first_, ChecksumAlgorithm::kSha256) +
                             summed_part(7, two, last_, ChecksumAlgorithm::kSha256))
                .status,
            200);
  const Answer got = get("/images/m", "partNumber=7", {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(got.status, 206);
  EXPECT_EQ(got.body, last_);
  EXPECT_EQ(got.header("Content-Range"), "bytes 5242880-5242886/5242887");
  EXPECT_EQ(got.header("x-amz-mp-parts-count"), "2");
  EXPECT_EQ(got.header("x-amz-checksum-sha256"), sum(ChecksumAlgorithm::kSha256, last_));
  EXPECT_EQ(get("/images/m").header("x-amz-mp-parts-count"), "");
  EXPECT_EQ(send({.method = "HEAD", .path = "/images/m", .query = "partNumber=2"}).status, 206);
  EXPECT_EQ(error(get("/images/m", "partNumber=1")), "416 InvalidPartNumber");
  EXPECT_EQ(error(get("/images/m", "partNumber=0")), "400 InvalidArgument");
  EXPECT_EQ(error(get("/images/m", "partNumber=2", {{"Range", "bytes=0-1"}})), "400 InvalidRequest");

  put("/images/single", "hello");
  EXPECT_EQ(get("/images/single", "partNumber=1").body, "hello");
  EXPECT_EQ(error(get("/images/single", "partNumber=2")), "416 InvalidPartNumber");
}

TEST_F(MultipartChecksumsTest, Attributes) {
  const std::string id = create({{"x-amz-checksum-algorithm", "CRC32"}}).element("UploadId");
  const Answer one = upload_summed(id, 1, first_, ChecksumAlgorithm::kCrc32),
               two = upload_summed(id, 2, last_, ChecksumAlgorithm::kCrc32);
  ASSERT_EQ(complete(id, summed_part(1, one, first_, ChecksumAlgorithm::kCrc32) +
                             summed_part(2, two, last_, ChecksumAlgorithm::kCrc32))
                .status,
            200);
  auto ask = [&](const std::string& path, Headers headers) { return get(path, "attributes", std::move(headers)); };
  const Answer all = ask("/images/m", {{"x-amz-object-attributes", "ETag,Checksum,ObjectParts"},
                                       {"x-amz-object-attributes", "StorageClass, ObjectSize"}});
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ("\"" + all.element("ETag") + "\"", get("/images/m").header("ETag"));
  EXPECT_THAT(all.element("ChecksumCRC32"), ::testing::EndsWith("-2"));
  EXPECT_EQ(all.element("ChecksumType"), "COMPOSITE");
  EXPECT_EQ(all.element("PartsCount"), "2");
  EXPECT_THAT(all.body, HasSubstr("<Part><PartNumber>2</PartNumber><Size>7</Size><ChecksumCRC32>" +
                                  sum(ChecksumAlgorithm::kCrc32, last_)));
  EXPECT_EQ(all.element("IsTruncated"), "false");
  EXPECT_EQ(all.element("ObjectSize"), "5242887");
  EXPECT_EQ(all.element("StorageClass"), "STANDARD");
  const Answer page = ask("/images/m", {{"x-amz-object-attributes", "ObjectParts"}, {"x-amz-max-parts", "1"}});
  EXPECT_EQ(page.element("IsTruncated"), "true");
  EXPECT_EQ(page.element("NextPartNumberMarker"), "1");
  EXPECT_THAT(page.body, Not(HasSubstr("ETag")));
  const Answer next =
      ask("/images/m", {{"x-amz-object-attributes", "ObjectParts"}, {"x-amz-part-number-marker", "1"}});
  EXPECT_THAT(next.body, Not(HasSubstr("<PartNumber>1<")));
  EXPECT_EQ(next.element("IsTruncated"), "false");
  put("/images/single", "hello");
  EXPECT_THAT(ask("/images/single", {{"x-amz-object-attributes", "ObjectParts,ObjectSize"}}).body,
              Not(HasSubstr("ObjectParts")));
  EXPECT_EQ(error(ask("/images/m", {})), "400 InvalidArgument");
  EXPECT_EQ(error(ask("/images/m", {{"x-amz-object-attributes", "Colour"}})), "400 InvalidArgument");
  EXPECT_EQ(error(ask("/images/none", {{"x-amz-object-attributes", "ETag"}})), "404 NoSuchKey");
}

}  // namespace
}  // namespace eyrie::api::testing
