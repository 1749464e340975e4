#include "aws/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::aws {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view kSuiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
// Of AWS's documented examples for S3.
constexpr std::string_view kExampleKey = "AKIAIOSFODNN7EXAMPLE";
constexpr std::string_view kExampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kExampleTime = "20130524T000000Z";

std::int64_t at(std::string_view amz_date) {
  return parse_amz_date(amz_date).value();
}

net::RequestHead request(std::string_view method, std::string_view target, std::string_view host) {
  net::RequestHead head;
  head.method = method;
  head.target = target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  head.path = target.substr(0, mark);
  head.query = target.substr(std::min(mark + 1, target.size()));
  head.headers.add("Host", std::string(host));
  return head;
}

// --- AWS's published suite ---

fs::path suite_folder() {
  if (const char* folder = std::getenv("EYRIE_SIGV4_SUITE")) return folder;
  return "../shared/sigv4-suite";
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::string out = std::move(text).str();
  while (path.extension() != ".req" && path.extension() != ".sreq" && out.ends_with('\n')) out.pop_back();
  return out;
}

struct SuiteRequest {
  net::RequestHead head;
  std::string body;
};

// The suite's request files are no wire format: lines end with LF, targets hold raw spaces and UTF-8, lines
// are folded.
SuiteRequest parse_suite_request(const std::string& text) {
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  SuiteRequest parsed{.head = request(line.substr(0, first), line.substr(first + 1, last - first - 1), ""),
                      .body = ""};
  parsed.head.headers.remove("Host");
  std::vector<std::pair<std::string, std::string>> fields;
  while (std::getline(in, line) && !line.empty()) {
    if (line.front() == ' ') {
      fields.back().second += line;
      continue;
    }
    const std::size_t colon = line.find(':');
    fields.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  for (auto& [name, value] : fields) parsed.head.headers.add(name, value);
  std::getline(in, parsed.body, '\0');
  return parsed;
}

std::vector<fs::path> suite_cases() {
  std::vector<fs::path> cases;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(suite_folder(), none)) {
    if (entry.path().extension() == ".req") cases.push_back(entry.path());
  }
  return cases;
}

std::string hex_sha256(std::string_view text) {
  return hex_encode(crypto::sha256(as_bytes(text)));
}

TEST(SigV4Suite, EveryVectorIsCanonicalizedSignedAndVerified) {
  const auto cases = suite_cases();
  if (cases.empty()) GTEST_SKIP() << "no suite at " << suite_folder() << " (set EYRIE_SIGV4_SUITE)";
  for (fs::path path : cases) {
    SCOPED_TRACE(path.stem());
    const auto with = [&path](const char* extension) { return read_text(path.replace_extension(extension)); };
    SuiteRequest signed_request = parse_suite_request(with(".sreq"));
    const std::string authorization = with(".authz");
    // One folder's .sreq carries another request's signature; its .authz is right.
    signed_request.head.headers.set("Authorization", authorization);

    const std::int64_t now = at("20150830T123600Z");
    const auto claim = parse_authorization(signed_request.head, now);
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->access_key, "AKIDEXAMPLE");
    EXPECT_EQ(claim->region, "us-east-1");
    EXPECT_EQ(claim->service, "service");
    EXPECT_EQ(claim->payload, PayloadMode::kBodyHash);

    const std::string body_hash = hex_sha256(signed_request.body);
    const auto canonical = canonical_request({.method = signed_request.head.method,
                                              .path = signed_request.head.path,
                                              .query = signed_request.head.query,
                                              .headers = signed_request.head.headers,
                                              .signed_headers = claim->signed_headers,
                                              .payload_hash = body_hash});
    ASSERT_TRUE(canonical);
    EXPECT_EQ(*canonical, with(".creq"));
    EXPECT_EQ(string_to_sign(claim->amz_date, claim->scope, *canonical), with(".sts"));
    EXPECT_TRUE(check_signature(*claim, signed_request.head, kSuiteSecret, body_hash));
    EXPECT_FALSE(check_signature(*claim, signed_request.head, "another secret", body_hash));

    net::RequestHead unsigned_head = signed_request.head;
    unsigned_head.headers.remove("Authorization");
    SigningOptions options{
        .region = "us-east-1", .service = "service", .time_ms = now, .payload_hash = body_hash};
    options.signed_headers = claim->signed_headers;
    sign_request(unsigned_head, {"AKIDEXAMPLE", std::string(kSuiteSecret), ""}, options);
    EXPECT_EQ(unsigned_head.headers.get("Authorization"), authorization);
  }
}

// --- S3's documented examples ---

struct S3Example {
  std::string_view name;
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string payload_hash;
  std::string_view signature;
};

std::vector<S3Example> s3_examples() {
  return {{"get object",
           "GET",
           "/test.txt",
           {{"Range", "bytes=0-9"}},
           std::string(kEmptySha256),
           "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
          {"put object",
           "PUT",
           "/test%24file.text",
           {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
           "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
           "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
          {"lifecycle",
           "GET",
           "/?lifecycle",
           {},
           std::string(kEmptySha256),
           "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
          {"list",
           "GET",
           "/?max-keys=2&prefix=J",
           {},
           std::string(kEmptySha256),
           "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"}};
}

SigningOptions s3_options() {
  return {.region = "us-east-1", .service = "s3", .time_ms = at(kExampleTime)};
}
Credentials example_credentials() {
  return {std::string(kExampleKey), std::string(kExampleSecret), ""};
}

TEST(SigV4, S3DocumentedExamples) {
  for (const S3Example& example : s3_examples()) {
    SCOPED_TRACE(example.name);
    net::RequestHead head = request(example.method, example.target, "examplebucket.s3.amazonaws.com");
    SigningOptions options = s3_options();
    options.payload_hash = example.payload_hash;
    options.signed_headers = {"host", "x-amz-content-sha256", "x-amz-date"};
    for (const auto& [name, value] : example.headers) {
      head.headers.add(name, value);
      options.signed_headers.push_back(name);
    }
    sign_request(head, example_credentials(), options);
    EXPECT_THAT(std::string(head.headers.get("Authorization")),
                HasSubstr("Signature=" + std::string(example.signature)));
    const auto claim = parse_authorization(head, at(kExampleTime));
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->payload, PayloadMode::kSha256);
    EXPECT_EQ(claim->payload_hash, example.payload_hash);
    EXPECT_TRUE(check_signature(*claim, head, kExampleSecret, claim->payload_hash));
  }
}

TEST(SigV4, S3DocumentedPresignedUrl) {
  net::RequestHead head = request("GET", "/test.txt", "examplebucket.s3.amazonaws.com");
  SigningOptions options = s3_options();
  options.payload_hash = kUnsignedPayload;
  head.query = presign_query(head, example_credentials(), options, 86400);
  EXPECT_THAT(head.query,
              HasSubstr("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));

  const auto claim = parse_authorization(head, at(kExampleTime) + 86400 * 1000);
  ASSERT_TRUE(claim) << claim.error().message;
  EXPECT_TRUE(claim->presigned);
  EXPECT_EQ(claim->payload, PayloadMode::kUnsigned);
  EXPECT_EQ(claim->expires_seconds, 86400);
  EXPECT_TRUE(check_signature(*claim, head, kExampleSecret, claim->payload_hash));
  EXPECT_EQ(claimed_service(head), "s3");

  // Some SDKs tell the payload's hash in the query.
  net::RequestHead hashed = request("PUT", "/test.txt", "examplebucket.s3.amazonaws.com");
  hashed.query = "X-Amz-Content-Sha256=" + std::string(kEmptySha256);
  options.payload_hash = kEmptySha256;
  hashed.query = presign_query(hashed, example_credentials(), options, 60);
  const auto hashed_claim = parse_authorization(hashed, at(kExampleTime));
  ASSERT_TRUE(hashed_claim) << hashed_claim.error().message;
  EXPECT_EQ(hashed_claim->payload, PayloadMode::kSha256);
  EXPECT_TRUE(check_signature(*hashed_claim, hashed, kExampleSecret, hashed_claim->payload_hash));

  const auto late = parse_authorization(head, at(kExampleTime) + 86401 * 1000);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().problem, AuthProblem::kExpired);
  EXPECT_EQ(late.error().message, "Request has expired");
  const auto early = parse_authorization(head, at(kExampleTime) - 16 * 60 * 1000);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().problem, AuthProblem::kExpired);

  net::RequestHead other = head;
  other.path = "/other.txt";
  EXPECT_EQ(check_signature(*claim, other, kExampleSecret, claim->payload_hash).error().problem,
            AuthProblem::kBadSignature);
  net::RequestHead more = head;
  more.query = "versionId=1&" + more.query;
  EXPECT_FALSE(check_signature(*claim, more, kExampleSecret, claim->payload_hash));
}

// --- paths ---

TEST(SigV4, S3PathIsKeptAsItIs) {
  EXPECT_EQ(canonical_path("/a//b/../c/./d", PathEncoding::kOnce), "/a//b/../c/./d");
  EXPECT_EQ(canonical_path("/a%20b+c%2Fd%7e", PathEncoding::kOnce), "/a%20b%2Bc/d~");
  EXPECT_EQ(canonical_path("/caf%c3%a9!(1)'*", PathEncoding::kOnce), "/caf%C3%A9%21%281%29%27%2A");
  EXPECT_EQ(canonical_path("/%zz", PathEncoding::kOnce), std::nullopt);
  EXPECT_EQ(canonical_path("", PathEncoding::kOnce), "/");
}

TEST(SigV4, OtherPathsAreNormalizedAndEncodedAgain) {
  EXPECT_EQ(canonical_path("/a//b/../c/./d", PathEncoding::kTwice), "/a/c/d");
  EXPECT_EQ(canonical_path("/functions/arn%3Aaws/x", PathEncoding::kTwice), "/functions/arn%253Aaws/x");
  EXPECT_EQ(canonical_path("/../..", PathEncoding::kTwice), "/");
  EXPECT_EQ(canonical_path("/a/..", PathEncoding::kTwice), "/");
  EXPECT_EQ(canonical_path("/a/b/.", PathEncoding::kTwice), "/a/b/");
}

TEST(SigV4, QueryIsSortedByNameThenValue) {
  EXPECT_EQ(canonical_query("b=2&a=z&a=y&uploads&Param-3=x&Param=y"),
            "Param=y&Param-3=x&a=y&a=z&b=2&uploads=");
  EXPECT_EQ(canonical_query("k=a%2fb+c&e=%7E"), "e=~&k=a%2Fb%2Bc");
  EXPECT_EQ(canonical_query("a=1&X-Amz-Signature=f", "X-Amz-Signature"), "a=1");
  EXPECT_EQ(canonical_query("a=%4"), std::nullopt);
}

// --- refusals ---

net::RequestHead signed_get(
    const std::function<void(net::RequestHead&)>& before = [](net::RequestHead&) {},
    const std::string& service = "s3") {
  net::RequestHead head = request("GET", "/images/a.jpg", "127.0.0.1:4566");
  before(head);
  SigningOptions options = s3_options();
  options.service = service;
  sign_request(head, example_credentials(), options);
  return head;
}

AuthError refusal(const net::RequestHead& head, std::int64_t now = at(kExampleTime)) {
  const auto claim = parse_authorization(head, now);
  if (!claim) return claim.error();
  const std::string hash = claim->payload_hash.empty() ? std::string(kEmptySha256) : claim->payload_hash;
  const auto signature = check_signature(*claim, head, kExampleSecret, hash);
  if (!signature) return signature.error();
  ADD_FAILURE() << "accepted";
  return {AuthProblem::kMissing, ""};
}

void replace(net::RequestHead& head, std::string_view from, std::string_view to) {
  std::string value(head.headers.get("Authorization"));
  const std::size_t at_byte = value.find(from);
  ASSERT_NE(at_byte, std::string::npos);
  head.headers.set("Authorization", value.replace(at_byte, from.size(), to));
}

TEST(SigV4, RefusesAuthorizationsThatAreNotOfTheForm) {
  const std::pair<std::string_view, std::string_view> edits[] = {
      {"Credential=", "Credentials="},
      {", SignedHeaders=host", ", Credential=host"},
      {"/20130524/", "/"},
      {"/aws4_request", "/aws5_request"},
      {"AKIAIOSFODNN7EXAMPLE/", "/"},
      {"/20130524/", "/20130523/"},
      {"SignedHeaders=host;", "SignedHeaders=host;;"},
      {"SignedHeaders=host;", "SignedHeaders=host;host;"},
      {", Signature=", ""},
      {"Credential=", ",,,Credential="},
      {"Signature=", "Signature=,Signature="},
  };
  for (const auto& [from, to] : edits) {
    SCOPED_TRACE(std::string(from) + " -> " + std::string(to));
    net::RequestHead head = signed_get();
    replace(head, from, to);
    EXPECT_EQ(refusal(head).problem, AuthProblem::kMalformed);
  }
  net::RequestHead twice = signed_get();
  twice.headers.add("Authorization", std::string(twice.headers.get("Authorization")));
  EXPECT_EQ(refusal(twice).problem, AuthProblem::kMalformed);
}

TEST(SigV4, RefusesOtherMechanismsClearly) {
  net::RequestHead head = signed_get();
  head.headers.set("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=");
  EXPECT_EQ(refusal(head).problem, AuthProblem::kUnsupported);
  head.headers.set("Authorization", "AWS4-ECDSA-P256-SHA256 Credential=x");
  EXPECT_THAT(refusal(head).message, HasSubstr("Signature Version 4A"));
  head.headers.remove("Authorization");
  EXPECT_EQ(refusal(head).problem, AuthProblem::kMissing);
  head.query = "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Signature=00";
  EXPECT_EQ(refusal(head).problem, AuthProblem::kUnsupported);
  net::RequestHead both = signed_get();
  both.query = "X-Amz-Signature=00";
  EXPECT_EQ(refusal(both).problem, AuthProblem::kInvalidArgument);
}

TEST(SigV4, RefusesTimesTooFarOff) {
  const net::RequestHead head = signed_get();
  EXPECT_TRUE(parse_authorization(head, at(kExampleTime) + kMaxSkewMs));
  EXPECT_TRUE(parse_authorization(head, at(kExampleTime) - kMaxSkewMs));
  EXPECT_EQ(refusal(head, at(kExampleTime) + kMaxSkewMs + 1).problem, AuthProblem::kSkewed);
  EXPECT_EQ(refusal(head, at(kExampleTime) - kMaxSkewMs - 1).problem, AuthProblem::kSkewed);
  net::RequestHead none = head;
  none.headers.remove("x-amz-date");
  EXPECT_EQ(refusal(none).problem, AuthProblem::kMissingDate);
  none.headers.add("Date", "yesterday");
  EXPECT_EQ(refusal(none).problem, AuthProblem::kMissingDate);
}

TEST(SigV4, RefusesHeadersThatAreNotSigned) {
  net::RequestHead head = signed_get();
  head.headers.add("X-Amz-Tagging", "a=b");
  const AuthError error = refusal(head);
  EXPECT_EQ(error.problem, AuthProblem::kNotSigned);
  EXPECT_EQ(error.details.front().second, "x-amz-tagging");
  net::RequestHead no_host = signed_get();
  replace(no_host, "SignedHeaders=host;", "SignedHeaders=");
  EXPECT_EQ(refusal(no_host).problem, AuthProblem::kNotSigned);
  // S3 wants the token signed; other services take one that was added after.
  net::RequestHead token = signed_get();
  token.headers.add("x-amz-security-token", "t");
  EXPECT_EQ(refusal(token).problem, AuthProblem::kNotSigned);
  net::RequestHead other = signed_get([](net::RequestHead&) {}, "rekognition");
  other.headers.add("x-amz-security-token", "t");
  EXPECT_TRUE(parse_authorization(other, at(kExampleTime)));
}

TEST(SigV4, RefusesWhatWasChangedAfterSigning) {
  const auto changed = [](const std::function<void(net::RequestHead&)>& change) {
    net::RequestHead head = signed_get([](net::RequestHead& h) { h.headers.add("x-amz-meta-a", "b"); });
    change(head);
    return refusal(head).problem;
  };
  EXPECT_EQ(changed([](net::RequestHead& h) { h.method = "DELETE"; }), AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.path = "/images/b.jpg"; }), AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.query = "acl"; }), AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.headers.set("Host", "evil"); }), AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.headers.set("x-amz-meta-a", "c"); }),
            AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.headers.add("x-amz-meta-a", "c"); }),
            AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.headers.set("x-amz-content-sha256", std::string(64, '0')); }),
            AuthProblem::kBadSignature);
  EXPECT_EQ(changed([](net::RequestHead& h) { h.path = "/%"; }), AuthProblem::kBadUri);
  const AuthError error = refusal([] {
    net::RequestHead h = signed_get();
    h.path = "/x";
    return h;
  }());
  for (const auto& [name, value] : error.details) EXPECT_EQ(value.find(kExampleSecret), std::string::npos);
  for (const auto& [from, to] : {std::pair{"Signature=", "Signature=z"}, std::pair{"SignedHeaders=host;", "SignedHeaders=HOST;"},
                                 std::pair{"host;x-amz-content-sha256", "x-amz-content-sha256;host"}}) {
    net::RequestHead head = signed_get();
    replace(head, from, to);
    EXPECT_EQ(refusal(head).problem, AuthProblem::kBadSignature) << to;
  }
}

TEST(SigV4, ASignatureIsForItsServiceAndRegionOnly) {
  const auto claim = parse_authorization(signed_get(), at(kExampleTime));
  ASSERT_TRUE(claim);
  EXPECT_TRUE(check_scope(*claim, "s3", "us-east-1"));
  EXPECT_EQ(check_scope(*claim, "sts", "us-east-1").error().problem, AuthProblem::kMalformed);
  const auto region = check_scope(*claim, "s3", "eu-west-1");
  EXPECT_EQ(region.error().problem, AuthProblem::kMalformed);
  EXPECT_THAT(region.error().message, HasSubstr("the region 'us-east-1' is wrong; expecting 'eu-west-1'"));
}

TEST(SigV4, ReadsThePayloadMode) {
  const auto mode_of = [](std::string_view told, const std::string& service = "s3") {
    net::RequestHead head = signed_get([](net::RequestHead&) {}, service);
    if (told.empty()) head.headers.remove("x-amz-content-sha256");
    if (!told.empty()) head.headers.set("x-amz-content-sha256", std::string(told));
    const auto claim = parse_authorization(head, at(kExampleTime));
    return claim ? std::expected<PayloadMode, AuthError>(claim->payload) : std::unexpected(claim.error());
  };
  EXPECT_EQ(mode_of("UNSIGNED-PAYLOAD"), PayloadMode::kUnsigned);
  EXPECT_EQ(mode_of("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), PayloadMode::kSignedChunks);
  EXPECT_EQ(mode_of("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"), PayloadMode::kSignedChunksTrailer);
  EXPECT_EQ(mode_of("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), PayloadMode::kUnsignedChunksTrailer);
  EXPECT_EQ(mode_of("", "dynamodb"), PayloadMode::kBodyHash);
  EXPECT_EQ(mode_of("").error().problem, AuthProblem::kMissingContentHash);
  EXPECT_EQ(mode_of("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD").error().problem, AuthProblem::kInvalidArgument);
  EXPECT_EQ(mode_of("abc").error().problem, AuthProblem::kInvalidArgument);
}

TEST(SigV4, RefusesPresignedQueriesThatAreNotOfTheForm) {
  net::RequestHead head = request("GET", "/a", "h");
  SigningOptions options = s3_options();
  options.payload_hash = kUnsignedPayload;
  const std::string good = presign_query(head, example_credentials(), options, 60);
  const std::tuple<std::string_view, std::string_view, std::string_view> edits[] = {
      {"X-Amz-Expires=60", "X-Amz-Expires=604801", "less than a week"},
      {"X-Amz-Expires=60", "X-Amz-Expires=99999999999999999999", "less than a week"},
      {"X-Amz-Expires=60", "X-Amz-Expires=-1", "non-negative"},
      {"X-Amz-Expires=60", "X-Amz-Expires=1h", "should be a number"},
      {"X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=70", "each once"},
      {"X-Amz-Expires=60", "", "requires the X-Amz-Algorithm"},
      {"X-Amz-Signature=", "X-Amz-Signature=&X-Amz-Signature=", "each once"},
      {"X-Amz-Date=2013", "X-Amz-Date=x", "X-Amz-Date must be"},
      {"X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=MD5", "only supports"},
      {"%2Faws4_request", "", "mal-formed"},
      {"%2F20130524", "%2F20130523", "Invalid credential date"},
  };
  for (const auto& [from, to, message] : edits) {
    SCOPED_TRACE(to);
    head.query = good;
    ASSERT_NE(head.query.find(from), std::string::npos);
    head.query.replace(head.query.find(from), from.size(), to);
    const AuthError error = refusal(head);
    EXPECT_EQ(error.problem, AuthProblem::kMalformedQuery);
    EXPECT_THAT(error.message, HasSubstr(std::string(message)));
  }
  head.query = "X-Amz-Signature=%";
  EXPECT_EQ(refusal(head).problem, AuthProblem::kBadUri);
}

TEST(SigV4, NamesTheClaimedService) {
  EXPECT_EQ(claimed_service(signed_get([](net::RequestHead&) {}, "rekognition")), "rekognition");
  net::RequestHead head = request("GET", "/", "h");
  EXPECT_EQ(claimed_service(head), "");
  for (const std::string_view text :
       {"AWS4-HMAC-SHA256 Credential=a/b", "Credential=", "AWS4-HMAC-SHA256 Credential=a/b/c"}) {
    head.headers.set("Authorization", std::string(text));
    EXPECT_EQ(claimed_service(head), "");
  }
}

}  // namespace
}  // namespace eyrie::aws
