// S3 through the gateway: wire format, digests, conditions, listings, refusals.
#include "api/testing.h"
#include "aws/checksum.h"
#include "aws/chunked.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class S3Test : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  static std::string sum(aws::ChecksumAlgorithm algorithm, std::string_view body) {
    auto checksum = aws::Checksum::create(algorithm);
    checksum->update(as_bytes(body));
    return checksum->base64();
  }
  // "400 BadDigest".
  static std::string error(const Answer& answer) {
    return std::to_string(answer.status) + " " + answer.element("Code");
  }
};

TEST_F(S3Test, Buckets) {
  EXPECT_EQ(put("/images", "").status, 200) << "one's own again";
  EXPECT_EQ(send({.method = "HEAD", .path = "/images"}).status, 200);
  const Answer listed = get("/");
  EXPECT_THAT(
      listed.body,
      HasSubstr("<Bucket><Name>images</Name><CreationDate>2025-11-24T16:00:00.000Z</CreationDate></Bucket>"));
  EXPECT_THAT(get("/", "bucket-region=us-east-1").body, HasSubstr("<Name>images</Name>"));
  EXPECT_THAT(get("/", "bucket-region=eu-west-1").body, HasSubstr("<Buckets></Buckets>"));
  EXPECT_EQ(error(get("/", "bucket-region=mars")), "400 InvalidArgument");
  EXPECT_EQ(get("/images", "location").body.substr(39),
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>");
  EXPECT_THAT(get("/images", "versioning").body, HasSubstr("<VersioningConfiguration"));
  EXPECT_EQ(put("/images/a", "x").status, 200);
  EXPECT_EQ(error(send({.method = "DELETE", .path = "/images"})), "409 BucketNotEmpty");
  EXPECT_EQ(send({.method = "DELETE", .path = "/images/a"}).status, 204);
  EXPECT_EQ(send({.method = "DELETE", .path = "/images"}).status, 204);
  EXPECT_EQ(error(send({.method = "DELETE", .path = "/images"})), "404 NoSuchBucket");
  EXPECT_EQ(send({.method = "HEAD", .path = "/images"}).status, 404);
  EXPECT_EQ(send({.method = "HEAD", .path = "/images"}).body, "");
  for (const char* name : {"ab", "Upper", "under_score", "a..b", "-lead", "trail-", "192.168.1.1", "xn--x"}) {
    EXPECT_EQ(error(put("/" + std::string(name), "")), "400 InvalidBucketName") << name;
  }
  const std::string configuration = "<CreateBucketConfiguration><LocationConstraint>";
  EXPECT_EQ(
      put("/there", configuration + "us-east-1</LocationConstraint></CreateBucketConfiguration>").status,
      200);
  EXPECT_EQ(error(put("/there2", configuration + "mars-1</LocationConstraint></CreateBucketConfiguration>")),
            "400 InvalidLocationConstraint");
  EXPECT_EQ(error(put("/there3", "<no xml")), "400 MalformedXML");
}

TEST_F(S3Test, ObjectsComeBackWithAllThatWasTold) {
  const Answer stored = put("/images/a%20b/%C3%BC.txt", "hello",
                            {{"Content-Type", "text/plain"},
                             {"Cache-Control", "max-age=1"},
                             {"Content-Encoding", "aws-chunked,gzip"},
                             {"x-amz-meta-Colour", "dark red"},
                             {"x-amz-tagging", "a=1&b=dark%20red"}});
  ASSERT_EQ(stored.status, 200) << stored.body;
  EXPECT_EQ(stored.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(stored.header("x-amz-request-id"), "request-" + std::to_string(requests_));
  for (const char* method : {"GET", "HEAD"}) {
    const Answer got = send({.method = method, .path = "/images/a%20b/%C3%BC.txt"});
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, method == std::string("GET") ? "hello" : "");
    EXPECT_EQ(got.header("Content-Type"), "text/plain");
    EXPECT_EQ(got.header("Cache-Control"), "max-age=1");
    EXPECT_EQ(got.header("Content-Encoding"), "gzip");
    EXPECT_EQ(got.header("x-amz-meta-colour"), "dark red");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "2");
    EXPECT_EQ(got.header("Last-Modified"), "Mon, 24 Nov 2025 16:00:00 GMT");
    EXPECT_EQ(got.header("Accept-Ranges"), "bytes");
  }
  EXPECT_EQ(get("/images/a%20b/%C3%BC.txt", "response-content-type=text%2Fcsv").header("Content-Type"),
            "text/csv");
  EXPECT_EQ(error(get("/images/a%20b/%C3%BC.txt", "response-content-type=a%0D%0AX-Evil:%201")),
            "400 InvalidArgument");
  EXPECT_THAT(get("/images/a%20b/%C3%BC.txt", "tagging").body,
              HasSubstr("<Tag><Key>b</Key><Value>dark red</Value></Tag>"));
  EXPECT_EQ(error(get("/images/absent")), "404 NoSuchKey");
  EXPECT_EQ(error(get("/nowhere/absent")), "404 NoSuchBucket");
  EXPECT_EQ(error(put("/nowhere/absent", "x")), "404 NoSuchBucket");
}

TEST_F(S3Test, Ranges) {
  put("/images/r", "0123456789");
  const std::pair<const char*, std::pair<const char*, const char*>> parts[] = {
      {"bytes=0-3", {"bytes 0-3/10", "0123"}},        {"bytes=4-", {"bytes 4-9/10", "456789"}},
      {"bytes=-3", {"bytes 7-9/10", "789"}},          {"bytes=5-500", {"bytes 5-9/10", "56789"}},
      {"bytes=-500", {"bytes 0-9/10", "0123456789"}}, {"bytes=9-9", {"bytes 9-9/10", "9"}},
      {"Bytes=0-3", {"bytes 0-3/10", "0123"}}};
  for (const auto& [range, wanted] : parts) {
    const Answer got = get("/images/r", "", {{"Range", range}});
    EXPECT_EQ(got.status, 206) << range;
    EXPECT_EQ(got.header("Content-Range"), wanted.first);
    EXPECT_EQ(got.body, wanted.second);
  }
  for (const char* range : {"bytes=10-20", "bytes=-0", "bytes=99999999999999999-", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(error(get("/images/r", "", {{"Range", range}})), "416 InvalidRange") << range;
  }
  for (const char* range : {"lines=1-2", "bytes=a-b", "bytes=3-1", "bytes=", "bytes=-"}) {
    EXPECT_EQ(get("/images/r", "", {{"Range", range}}).status, 200) << range;
  }
  put("/images/empty", "");
  EXPECT_EQ(get("/images/empty").status, 200);
  EXPECT_EQ(error(get("/images/empty", "", {{"Range", "bytes=0-0"}})), "416 InvalidRange");
}

TEST_F(S3Test, Conditions) {
  const std::string etag = put("/images/c", "x").header("ETag");
  const std::string now = format_http_date(clock_.now_ms()),
                    before = format_http_date(clock_.now_ms() - 3'600'000);
  EXPECT_EQ(get("/images/c", "", {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(error(get("/images/c", "", {{"If-Match", "\"0\""}})), "412 PreconditionFailed");
  const Answer not_modified = get("/images/c", "", {{"If-None-Match", etag}});
  EXPECT_EQ(not_modified.status, 304);
  EXPECT_EQ(not_modified.body, "");
  EXPECT_EQ(not_modified.header("ETag"), etag);
  EXPECT_EQ(get("/images/c", "", {{"If-Modified-Since", now}}).status, 304);
  EXPECT_EQ(get("/images/c", "", {{"If-Modified-Since", before}}).status, 200);
  EXPECT_EQ(get("/images/c", "", {{"If-Unmodified-Since", before}}).status, 412);
  EXPECT_EQ(error(put("/images/c", "y", {{"If-None-Match", "*"}})), "412 PreconditionFailed");
  EXPECT_EQ(error(put("/images/c", "y", {{"If-Match", "\"0\""}})), "412 PreconditionFailed");
  EXPECT_EQ(error(put("/images/none", "y", {{"If-Match", etag}})), "404 NoSuchKey");
  EXPECT_EQ(put("/images/c", "y", {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(put("/images/new", "y", {{"If-None-Match", "*"}}).status, 200);
}

TEST_F(S3Test, DigestsAreHeldAgainstTheBody) {
  const std::string md5 = base64_encode(crypto::md5(as_bytes("hello")));
  EXPECT_EQ(put("/images/d", "hello", {{"Content-MD5", md5}}).status, 200);
  EXPECT_EQ(error(put("/images/no", "other", {{"Content-MD5", md5}})), "400 BadDigest");
  EXPECT_EQ(error(put("/images/no", "other", {{"Content-MD5", "short"}})), "400 InvalidDigest");
  EXPECT_EQ(
      error(send(
          {.method = "PUT", .path = "/images/no", .body = "other", .payload_hash = std::string(64, 'a')})),
      "400 XAmzContentSHA256Mismatch");
  EXPECT_EQ(
      send({.method = "PUT", .path = "/images/u", .body = "any", .payload_hash = "UNSIGNED-PAYLOAD"}).status,
      200);
  for (const auto algorithm :
       {aws::ChecksumAlgorithm::kCrc32, aws::ChecksumAlgorithm::kCrc32c, aws::ChecksumAlgorithm::kCrc64Nvme,
        aws::ChecksumAlgorithm::kSha1, aws::ChecksumAlgorithm::kSha256, aws::ChecksumAlgorithm::kSha512,
        aws::ChecksumAlgorithm::kMd5, aws::ChecksumAlgorithm::kXxHash64, aws::ChecksumAlgorithm::kXxHash3,
        aws::ChecksumAlgorithm::kXxHash128}) {
    const std::string header(aws::checksum_header(algorithm)), value = sum(algorithm, "hello");
    EXPECT_EQ(put("/images/sum", "hello", {{header, value}}).header(header), value);
    EXPECT_EQ(get("/images/sum", "", {{"x-amz-checksum-mode", "ENABLED"}}).header(header), value);
    EXPECT_EQ(get("/images/sum").header(header), "");
    EXPECT_EQ(error(put("/images/no", "other", {{header, value}})), "400 BadDigest");
    EXPECT_EQ(error(put("/images/no", "other", {{header, "AA"}})), "400 InvalidRequest");
  }
  EXPECT_EQ(error(get("/images/no")), "404 NoSuchKey");
  const std::string crc = sum(aws::ChecksumAlgorithm::kCrc32, "hello");
  EXPECT_EQ(error(put("/images/no", "hello",
                      {{"x-amz-checksum-crc32", crc},
                       {"x-amz-checksum-sha1", sum(aws::ChecksumAlgorithm::kSha1, "hello")}})),
            "400 InvalidRequest");
}

TEST_F(S3Test, TrailersAreThoseThatWereAnnounced) {
  const std::string crc = sum(aws::ChecksumAlgorithm::kCrc32, "hello"), sha1 = sum(aws::ChecksumAlgorithm::kSha1, "hello");
  const std::string crc32 = "x-amz-checksum-crc32", good = crc32 + ":" + crc + "\r\n";
  const auto send_chunked = [&](const std::string& announced, const std::string& trailer, const char* mode = "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    Call call{.method = "PUT",
              .path = "/images/chunked",
              .headers = {{"Content-Encoding", "aws-chunked"}, {"x-amz-decoded-content-length", "5"}},
              .body = "5\r\nhello\r\n0\r\n" + trailer + "\r\n",
              .payload_hash = mode};
    if (!announced.empty()) call.headers.emplace_back("x-amz-trailer", announced);
    return error(send(call));
  };
  EXPECT_EQ(send_chunked(crc32, good), "200 ");
  EXPECT_EQ(send_chunked("", ""), "200 ") << "none at all";
  for (const auto& [announced, trailer] :
       {std::pair{std::string(), good}, {crc32, std::string()}, {crc32, "x-amz-checksum-sha1:" + sha1 + "\r\n"}, {crc32, good + good},
        {crc32, good + "x-other:1\r\n"}, {crc32, "x-other:1\r\n"}, {crc32, crc32 + crc + "\r\n"}, {crc32, ":" + crc + "\r\n"}}) {
    EXPECT_EQ(send_chunked(announced, trailer), "400 MalformedTrailerError") << announced << " but " << trailer;
  }
  EXPECT_EQ(send_chunked(crc32, crc32 + ":nonsense\r\n"), "400 InvalidRequest");
  EXPECT_EQ(send_chunked("x-other", "x-other:1\r\n"), "400 InvalidRequest");
  EXPECT_EQ(error(put("/images/chunked", "hello", {{"x-amz-trailer", crc32}})), "400 MalformedTrailerError") << "no aws-chunked body";
}

TEST_F(S3Test, ChunkedBodies) {
  const std::string body(200'001, 'x');
  const std::string crc = sum(aws::ChecksumAlgorithm::kCrc32, body);
  const std::pair<aws::PayloadMode, const char*> modes[] = {
      {aws::PayloadMode::kSignedChunks, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
      {aws::PayloadMode::kSignedChunksTrailer, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"},
      {aws::PayloadMode::kUnsignedChunksTrailer, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}};
  for (const auto& [mode, name] : modes) {
    const bool trailer = mode != aws::PayloadMode::kSignedChunks;
    Call call{.method = "PUT",
              .path = "/images/chunked",
              .headers = {{"Content-Encoding", "aws-chunked"},
                          {"x-amz-decoded-content-length", std::to_string(body.size())}},
              .payload_hash = name,
              .piece = 777};
    if (trailer) call.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32");
    aws::VerifiedSignature seed;
    auto encode = [&](const std::string& told) {
      return aws::encode_chunked(
          as_bytes(body), 65536, {.mode = mode, .seed = seed},
          trailer ? std::vector<std::pair<std::string, std::string>>{{"x-amz-checksum-crc32", told}}
                  : std::vector<std::pair<std::string, std::string>>{});
    };
    net::RequestHead head = head_of(call);
    seed = seed_;
    call.body = encode(crc);
    head.content_length = call.body.size();
    const Answer stored = exchange(head, call);
    EXPECT_EQ(stored.status, 200) << name << stored.body;
    EXPECT_EQ(get("/images/chunked").body, body);
    EXPECT_EQ(get("/images/chunked").header("Content-Encoding"), "");
    if (trailer) {
      EXPECT_EQ(stored.header("x-amz-checksum-crc32"), crc);
      call.body = encode("AAAAAA==");
      EXPECT_EQ(error(exchange(head, call)), "400 BadDigest") << name;
      call.body = aws::encode_chunked(as_bytes(body), 65536, {.mode = mode, .seed = seed});
      EXPECT_EQ(error(exchange(head, call)), "400 MalformedTrailerError") << name << " without the trailer told";
    }
    if (mode != aws::PayloadMode::kUnsignedChunksTrailer) {
      call.body = encode(crc);
      call.body[100] = 'y';
      EXPECT_EQ(error(exchange(head, call)), "403 SignatureDoesNotMatch") << name;
    }
    call.body = encode(crc);
    call.body_left_out = 10;
    EXPECT_EQ(error(exchange(head, call)), "400 IncompleteBody") << name;
  }
}

TEST_F(S3Test, UploadsThatAreRefused) {
  Call call{.method = "PUT", .path = "/images/big"};
  net::RequestHead head = head_of(call);
  head.content_length = (5ULL << 30) + 1;
  EXPECT_EQ(error(exchange(head, call)), "400 EntityTooLarge");
  head.content_length.reset();
  EXPECT_EQ(error(exchange(head, call)), "411 MissingContentLength");
  head.chunked = true;
  EXPECT_EQ(error(exchange(head, call)), "411 MissingContentLength");
  EXPECT_EQ(error(send({.method = "PUT", .path = "/images/cut", .body = "whole", .body_left_out = 2})),
            "400 IncompleteBody");
  EXPECT_EQ(error(put("/images/" + std::string(1025, 'k'), "x")), "400 KeyTooLongError");
  EXPECT_EQ(error(put("/images/a%FF", "x")), "400 InvalidURI");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-meta-big", std::string(2100, 'm')}})),
            "400 MetadataTooLarge");
  EXPECT_EQ(error(put("/images/a", "x", {{"Content-Type", "\xFF\xFE"}})), "400 InvalidArgument");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-tagging", "a=%FF"}})), "400 InvalidArgument");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-tagging", "a=1&a=2"}})), "400 InvalidTag");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-tagging", "a=!"}})), "400 InvalidTag");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-storage-class", "COLD"}})), "400 InvalidStorageClass");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-server-side-encryption", "aws:kms:dsse"}})),
            "501 NotImplemented");
  EXPECT_EQ(error(put("/images/a", "x", {{"x-amz-acl", "public-read"}})), "400 AccessControlListNotSupported");
  for (const char* query : {"uploads", "retention", "legal-hold"}) {
    EXPECT_EQ(error(send({.method = "PUT", .path = "/images/a", .query = query, .body = "x"})),
              "501 NotImplemented")
        << query;
  }
  EXPECT_THAT(get("/images", "list-type=2").body, Not(HasSubstr("<Contents>")));
}

TEST_F(S3Test, Listings) {
  for (const char* key : {"Z", "a", "a%2Fb%2F1", "a%2Fc%2F1", "a%2F1", "b%2Fx", "c%26%3C%0B"})
    put("/images/" + std::string(key), "x");
  const Answer folders = get("/images", "list-type=2&delimiter=%2F&encoding-type=url");
  EXPECT_THAT(folders.body, HasSubstr("<CommonPrefixes><Prefix>a/</Prefix></"
                                      "CommonPrefixes><CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>"));
  EXPECT_THAT(folders.body, HasSubstr("<Key>c%26%3C%0B</Key>"));
  EXPECT_EQ(folders.element("KeyCount"), "5");
  EXPECT_THAT(get("/images", "list-type=2&prefix=c").body, HasSubstr("<Key>c&amp;&lt;\uFFFD</Key>"));

  std::string keys, token;
  int pages = 0;
  do {
    const Answer page =
        get("/images",
            "list-type=2&max-keys=2" + (token.empty() ? "" : "&continuation-token=" + percent_encode(token)));
    ASSERT_EQ(page.status, 200) << page.body;
    for (std::size_t at = page.body.find("<Key>"); at != std::string::npos;
         at = page.body.find("<Key>", at + 1)) {
      keys += page.body.substr(at + 5, page.body.find("</Key>", at) - at - 5) + " ";
    }
    token = page.element("NextContinuationToken");
    EXPECT_EQ(page.element("IsTruncated"), token.empty() ? "false" : "true");
  } while (!token.empty() && ++pages < 10);
  EXPECT_EQ(keys, "Z a a/1 a/b/1 a/c/1 b/x c&amp;&lt;\uFFFD ");

  put("/images/none%EF%BF%BE%EF%BF%BF", "x");
  EXPECT_EQ(get("/images", "list-type=2&prefix=none").element("Key"), "none\uFFFD\uFFFD");
  EXPECT_EQ(get("/images", "list-type=2&prefix=none&encoding-type=url").element("Key"), "none%EF%BF%BE%EF%BF%BF");

  EXPECT_EQ(get("/images", "list-type=2&max-keys=0").element("KeyCount"), "0");
  EXPECT_EQ(get("/images", "list-type=2&start-after=b").element("Key"), "b/x");
  EXPECT_EQ(get("/images", "marker=b&max-keys=1").element("Key"), "b/x");
  EXPECT_EQ(get("/images", "delimiter=%2F&max-keys=3").element("NextMarker"), "a/");
  for (const char* query :
       {"list-type=2&max-keys=-1", "list-type=2&max-keys=many", "list-type=3", "list-type=2&encoding-type=x",
        "list-type=2&continuation-token=not%20ours"}) {
    EXPECT_EQ(error(get("/images", query)), "400 InvalidArgument") << query;
  }
  EXPECT_EQ(get("/images", "list-type=2&continuation-token=").status, 200) << "begins anew";
  EXPECT_EQ(error(get("/images", "list-type=2&prefix=%G0")), "400 InvalidURI");
  EXPECT_EQ(error(get("/images", "list-type=2&prefix=%FF")), "400 InvalidURI");
  EXPECT_EQ(error(get("/nowhere", "list-type=2")), "404 NoSuchBucket");
}

TEST_F(S3Test, DeletingMany) {
  for (const char* key : {"one", "two%20%26", "three"}) put("/images/" + std::string(key), "x");
  const std::string body =
      "<Delete><Object><Key>one</Key></Object><Object><Key>two "
      "&amp;</Key></Object><Object><Key>absent</Key></Object></Delete>";
  const Call call{.method = "POST", .path = "/images", .query = "delete", .body = body};
  const Answer deleted = send(call);
  EXPECT_EQ(deleted.status, 200) << deleted.body;
  EXPECT_THAT(deleted.body, HasSubstr("<Deleted><Key>one</Key></Deleted><Deleted><Key>two "
                                      "&amp;</Key></Deleted><Deleted><Key>absent</Key></Deleted>"));
  EXPECT_EQ(get("/images", "list-type=2").element("KeyCount"), "1");
  const std::string long_key(1025, 'k');
  const auto mixed = [&](const std::string& quiet) {
    return send({.method = "POST",
                 .path = "/images",
                 .query = "delete",
                 .body = "<Delete>" + quiet + "<Object><Key>" + long_key + "</Key></Object><Object><Key>absent</Key></Object></Delete>"}).body;
  };
  const std::string refused = "<Error><Key>" + long_key + "</Key><Code>KeyTooLongError</Code><Message>Your key is too long</Message></Error>";
  for (const char* loud : {"", "<Quiet>false</Quiet>"}) EXPECT_THAT(mixed(loud), HasSubstr(refused + "<Deleted><Key>absent</Key></Deleted></DeleteResult>"));
  EXPECT_THAT(mixed("<Quiet>true</Quiet>"), HasSubstr(refused + "</DeleteResult>"));
  EXPECT_THAT(mixed("<Quiet>maybe</Quiet>"), HasSubstr("MalformedXML"));
  Call bare = call;
  bare.digest = false;
  EXPECT_EQ(error(send(bare)), "400 InvalidRequest");
  EXPECT_EQ(send(bare).element("Message"), "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  bare.headers = {{"Content-MD5", base64_encode(crypto::md5(as_bytes(body + " ")))}};
  EXPECT_EQ(error(send(bare)), "400 BadDigest");
  bare.headers = {{"Content-MD5", "nonsense"}};
  EXPECT_EQ(error(send(bare)), "400 InvalidDigest");
  bare.headers = {{"x-amz-checksum-sha256", sum(aws::ChecksumAlgorithm::kSha256, body)}};
  EXPECT_EQ(send(bare).status, 200);
  Call wrong = call;
  wrong.headers = {{"x-amz-checksum-crc32", "AAAAAA=="}};
  EXPECT_EQ(error(send(wrong)), "400 BadDigest");
  for (const std::string& hostile :
       {std::string("<Delete>"), std::string("not xml"), std::string(), std::string("<Delete/>"),
        std::string("<Delete><Object><Key></Key></Object></Delete>"),
        std::string("<!DOCTYPE x [<!ENTITY a \"b\">]><Delete><Object><Key>&a;"), [] {
          std::string deep;
          for (int i = 0; i < 50'000; ++i) deep += "<Delete>";
          return deep;
        }()}) {
    EXPECT_EQ(error(send({.method = "POST", .path = "/images", .query = "delete", .body = hostile})),
              "400 MalformedXML")
        << hostile.substr(0, 80);
  }
  EXPECT_EQ(error(send(
                {.method = "POST", .path = "/images", .query = "delete", .body = std::string(3 << 20, '<')})),
            "400 EntityTooLarge");
}

class MultipartTest : public S3Test {
 protected:
  static constexpr std::size_t kPart = 5 << 20;

  std::string begin(const std::string& path, std::vector<std::pair<std::string, std::string>> headers = {}) {
    const Answer begun =
        send({.method = "POST", .path = path, .query = "uploads", .headers = std::move(headers)});
    EXPECT_EQ(begun.status, 200) << begun.body;
    return begun.element("UploadId");
  }
  Answer upload(const std::string& path, const std::string& id, int number, std::string body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send({.method = "PUT",
                 .path = path,
                 .query = "partNumber=" + std::to_string(number) + "&uploadId=" + id,
                 .headers = std::move(headers),
                 .body = std::move(body)});
  }
  // `parts`: numbers and ETags.
  Answer complete(const std::string& path, const std::string& id,
                  const std::vector<std::pair<int, std::string>>& parts,
                  std::vector<std::pair<std::string, std::string>> headers = {}) {
    std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const auto& [number, etag] : parts) {
      body += "<Part><ETag>" + etag + "</ETag><PartNumber>" + std::to_string(number) + "</PartNumber></Part>";
    }
    return send({.method = "POST",
                 .path = path,
                 .query = "uploadId=" + id,
                 .headers = std::move(headers),
                 .body = body + "</CompleteMultipartUpload>"});
  }
};

TEST_F(MultipartTest, PartsBecomeOneObject) {
  const std::string path = "/images/uploads/big.jpg";
  const std::string id = begin(
      path, {{"Content-Type", "image/jpeg"}, {"x-amz-meta-n", "1"}, {"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
  const std::string first(kPart, 'a'), second(kPart, 'b'), third = "end";
  ASSERT_EQ(upload(path, id, 7, third).status, 200);
  ASSERT_EQ(upload(path, id, 2, "replaced").status, 200);
  const std::string two = upload(path, id, 2, second).header("ETag");
  const std::string crc = sum(aws::ChecksumAlgorithm::kCrc32, first);
  const Answer one = upload(path, id, 1, first, {{"x-amz-checksum-crc32", crc}});
  EXPECT_EQ(one.header("x-amz-checksum-crc32"), crc);
  EXPECT_EQ(one.header("ETag"), "\"" + hex_encode(crypto::md5(as_bytes(first))) + "\"");
  const std::string seven = "&quot;" + hex_encode(crypto::md5(as_bytes(third))) + "&quot;";

  EXPECT_EQ(error(get(path)), "404 NoSuchKey") << "there is no object yet";
  EXPECT_THAT(get("/").body, Not(HasSubstr(".uploads")));
  EXPECT_EQ(error(get("/.uploads", "list-type=2")), "400 InvalidBucketName");
  EXPECT_THAT(get("/images", "uploads").body,
              HasSubstr("<Key>uploads/big.jpg</Key><UploadId>" + id + "</UploadId>"));
  const Answer listed = get(path, "max-parts=2&uploadId=" + id);
  EXPECT_EQ(listed.element("NextPartNumberMarker"), "2");
  EXPECT_THAT(listed.body, HasSubstr("<Size>5242880</Size></Part><Part><PartNumber>2</PartNumber>"));
  EXPECT_EQ(get(path, "part-number-marker=2&uploadId=" + id).element("PartNumber"), "7");

  const Answer done = complete(path, id, {{1, one.header("ETag")}, {2, two}, {7, seven}});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(done.element("ETag").ends_with("-3&quot;")) << done.body;
  const Answer got = get(path);
  EXPECT_TRUE(got.body == first + second + third);
  EXPECT_EQ(got.header("Content-Type"), "image/jpeg");
  EXPECT_EQ(got.header("x-amz-meta-n"), "1");
  EXPECT_EQ(get(path, "", {{"x-amz-checksum-mode", "ENABLED"}}).header("x-amz-checksum-crc32"),
            sum(aws::ChecksumAlgorithm::kCrc32, first + second + third))
      << "for one of parts' checksums see multipart/checksums_test.cc";
  EXPECT_EQ(error(complete(path, id, {{1, one.header("ETag")}})), "404 NoSuchUpload") << "of other parts; see multipart/again_test.cc";
  EXPECT_EQ(store::testing::files_below(directory_.path() / "objects").size(), 1U) << "parts are removed";
}

TEST_F(MultipartTest, RefusesWhatDoesNotFit) {
  const std::string path = "/images/m";
  const std::string id = begin(path);
  const std::string small = upload(path, id, 1, "small").header("ETag"),
                    next = upload(path, id, 2, "next").header("ETag");
  EXPECT_EQ(error(complete(path, id, {{1, small}, {2, next}})), "400 EntityTooSmall");
  EXPECT_EQ(error(complete(path, id, {{2, next}, {1, small}})), "400 InvalidPartOrder");
  EXPECT_EQ(error(complete(path, id, {{1, "\"00\""}})), "400 InvalidPart");
  EXPECT_EQ(error(complete(path, id, {{3, small}})), "400 InvalidPart");
  EXPECT_EQ(error(complete(path, id, {})), "400 MalformedXML");
  EXPECT_EQ(error(complete(path, id, {{0, small}})), "400 InvalidArgument");
  EXPECT_EQ(error(complete(path, id, {{-1, small}})), "400 MalformedXML");
  EXPECT_EQ(error(complete("/images/other", id, {{1, small}})), "404 NoSuchUpload");
  EXPECT_EQ(error(complete(path, id, {{1, small}}, {{"x-amz-checksum-crc64nvme", "AAAAAAAAAAA="}})),
            "400 BadDigest");
  EXPECT_EQ(error(upload("/images/other", id, 1, "x")), "404 NoSuchUpload");
  EXPECT_EQ(error(upload(path, "../x", 1, "x")), "404 NoSuchUpload");
  EXPECT_EQ(error(upload(path, id, 0, "x")), "400 InvalidArgument");
  EXPECT_EQ(error(upload(path, id, 10001, "x")), "400 InvalidArgument");
  const auto put_with = [&](const std::string& query) { return send({.method = "PUT", .path = path, .query = query, .body = "x"}); };
  EXPECT_EQ(put_with("partNumber=1").element("Message"), "This operation does not accept partNumber without uploadId");
  EXPECT_EQ(error(put_with("partNumber=1")), "400 InvalidArgument");
  EXPECT_EQ(error(put_with("uploadId=" + id)), "405 MethodNotAllowed");
  EXPECT_EQ(error(send({.method = "POST", .path = "/nowhere/m", .query = "uploads"})), "404 NoSuchBucket");
  EXPECT_EQ(send({.method = "DELETE", .path = path, .query = "uploadId=" + id}).status, 204);
  EXPECT_EQ(error(send({.method = "DELETE", .path = path, .query = "uploadId=" + id})), "404 NoSuchUpload");
  EXPECT_TRUE(store::testing::files_below(directory_.path() / "objects").empty());
  put(path, "there");
  const std::string again = begin(path);
  const std::string part = upload(path, again, 1, "x").header("ETag");
  EXPECT_EQ(error(complete(path, again, {{1, part}}, {{"If-None-Match", "*"}})), "412 PreconditionFailed");
  EXPECT_EQ(complete(path, again, {{1, part}}).status, 200);
}

TEST_F(S3Test, VirtualHosts) {
  EXPECT_EQ(
      send({.method = "PUT", .path = "/_up/a.txt", .body = "x", .host = "images.localhost:4566"}).status,
      200);
  EXPECT_EQ(get("/images/_up/a.txt").body, "x");
  EXPECT_EQ(send({.path = "/_up/a.txt", .host = "images.s3.us-east-1.amazonaws.com"}).body, "x");
  EXPECT_EQ(send({.path = "/images/_up/a.txt", .host = "s3.localhost"}).body, "x");
  EXPECT_EQ(send({.path = "/images/_up/a.txt", .host = "[::1]:4566"}).body, "x");
}

TEST_F(S3Test, WhoMayAsk) {
  EXPECT_EQ(error(send({.path = "/images", .is_signed = false})), "403 AccessDenied");
  EXPECT_EQ(error(send({.path = "/images", .secret = "wrong"})), "403 SignatureDoesNotMatch");
  for (const char* service : {"ec2", "s3express", "S3"})
    EXPECT_EQ(error(send({.path = "/images", .service = service})), "400 AuthorizationHeaderMalformed") << service;
  EXPECT_EQ(error(send({.path = "/images", .key = "NOBODY"})), "403 InvalidAccessKeyId");
  EXPECT_EQ(error(send({.method = "PUT", .path = "/images/no", .body = "x", .secret = "wrong"})),
            "403 SignatureDoesNotMatch");
  net::RequestHead stale = head_of({.path = "/images"});
  clock_.advance_ms(16 * 60 * 1000);
  EXPECT_EQ(error(exchange(stale, {})), "403 RequestTimeTooSkewed");

  net::RequestHead presigned = head_of({.path = "/images/p", .is_signed = false});
  put("/images/p", "presigned");
  presigned.query = aws::presign_query(presigned, {.access_key = "KEY", .secret = "secret"},
                                       {.region = "us-east-1",
                                        .service = "s3",
                                        .time_ms = clock_.now_ms(),
                                        .payload_hash = std::string(aws::kUnsignedPayload)},
                                       60);
  EXPECT_EQ(exchange(presigned, {}).body, "presigned");
  net::RequestHead other = presigned;
  other.path = "/images/q";
  EXPECT_EQ(error(exchange(other, {})), "403 SignatureDoesNotMatch");
  clock_.advance_ms(61'000);
  EXPECT_EQ(error(exchange(presigned, {})), "403 AccessDenied");
}

}  // namespace
}  // namespace eyrie::api::testing
