#include "aws/sigv2.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace eyrie::aws {
namespace {

// Key, secret and the first example are AWS's documentation's ("Signing and authenticating REST requests").
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::int64_t kExpires = 1175139620;
constexpr std::int64_t kNow = (kExpires - 60) * 1000;

net::RequestHead head_of(const std::string& method, const std::string& path, const std::string& query = "") {
  net::RequestHead head;
  head.method = method;
  head.path = path;
  head.query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620" + (query.empty() ? "" : "&" + query);
  return head;
}

net::RequestHead signed_head(net::RequestHead head, std::string_view host_bucket = "") {
  head.query += "&Signature=" + percent_encode(sign_version_2(kSecret, version_2_text(head, host_bucket)));
  return head;
}

TEST(SigV2, TheDocumentationsExample) {
  net::RequestHead head = head_of("GET", "/photos/puppy.jpg");
  EXPECT_EQ(version_2_text(head, "johnsmith"), "GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg");
  head.query += "&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D";
  const auto claim = parse_version_2(head, kNow);
  ASSERT_TRUE(claim) << claim.error().message;
  EXPECT_EQ(claim->access_key, "AKIAIOSFODNN7EXAMPLE");
  EXPECT_TRUE(claim->presigned);
  EXPECT_TRUE(claim->version_2);
  EXPECT_TRUE(check_version_2(*claim, head, "johnsmith", kSecret));
  EXPECT_EQ(check_version_2(*claim, head, "johnsmit", kSecret).error().problem, AuthProblem::kBadSignature);
  EXPECT_EQ(check_version_2(*claim, head, "johnsmith", "another").error().problem, AuthProblem::kBadSignature);
}

TEST(SigV2, SubresourcesAndHeadersAreSigned) {
  net::RequestHead head = head_of("PUT", "/bucket/a%20b", "uploadId=u%2F1&partNumber=2&prefix=no&response-content-type=text%2Fplain&acl");
  head.headers.add("X-Amz-Meta-B", "  two   spaces ");
  head.headers.add("x-amz-meta-a", "1");
  head.headers.add("X-AMZ-META-A", "2");
  head.headers.add("Content-Type", "image/jpeg");
  head.headers.add("Content-MD5", "c3Vt");
  head.headers.add("Date", "is not looked at");
  EXPECT_EQ(version_2_text(head, ""), "PUT\nc3Vt\nimage/jpeg\n1175139620\nx-amz-meta-a:1,2\nx-amz-meta-b:two spaces\n"
                                      "/bucket/a%20b?acl&partNumber=2&response-content-type=text/plain&uploadId=u/1");
}

// As botocore writes them.
TEST(SigV2, HeadersMayStandInTheQuery) {
  net::RequestHead head = head_of("PUT", "/b/k", "x-amz-meta-a=1&content-type=text%2Fplain&x-amz-security-token=t%3D");
  EXPECT_EQ(version_2_text(head, ""), "PUT\n\ntext/plain\n1175139620\nx-amz-meta-a:1\nx-amz-security-token:t=\n/b/k");
  head = signed_head(head);
  const auto claim = parse_version_2(head, kNow);
  ASSERT_TRUE(claim) << claim.error().message;
  EXPECT_EQ(claim->session_token, "t=");
  EXPECT_EQ(headers_of_query(head).size(), 3U);
  // The header that is sent counts; the same text is signed.
  head.headers.add("Content-Type", "text/plain");
  EXPECT_EQ(headers_of_query(head).size(), 2U);
  EXPECT_TRUE(check_version_2(*claim, head, "", kSecret));
  head.headers.set("Content-Type", "text/html");
  EXPECT_FALSE(check_version_2(*claim, head, "", kSecret));
}

TEST(SigV2, Times) {
  const net::RequestHead head = signed_head(head_of("GET", "/b/k"));
  EXPECT_TRUE(parse_version_2(head, kExpires * 1000 - 1));
  EXPECT_EQ(parse_version_2(head, kExpires * 1000).error().message, "Request has expired");
  EXPECT_TRUE(parse_version_2(head, (kExpires - kMaxExpiresSeconds) * 1000));
  EXPECT_EQ(parse_version_2(head, (kExpires - kMaxExpiresSeconds - 1) * 1000).error().problem, AuthProblem::kExpired);
}

TEST(SigV2, OnlyWhereItIsTaken) {
  net::RequestHead head = signed_head(head_of("GET", "/b/k"));
  head.headers.add("Host", "localhost");
  EXPECT_EQ(parse_authorization(head, kNow).error().problem, AuthProblem::kUnsupported);
  EXPECT_TRUE(parse_authorization(head, kNow, true));
  head.method = "POST";
  EXPECT_EQ(parse_authorization(head, kNow, true).error().problem, AuthProblem::kUnsupported);
  head.method = "GET";
  head.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=x");
  EXPECT_EQ(parse_authorization(head, kNow, true).error().problem, AuthProblem::kInvalidArgument);
  net::RequestHead by_header;
  by_header.method = "GET";
  by_header.headers.add("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:NpgCjnDzrM+WFzoENXmpNDUsSn8=");
  EXPECT_EQ(parse_authorization(by_header, kNow, true).error().problem, AuthProblem::kUnsupported);
}

TEST(SigV2, Forms) {
  const std::string signature = sign_version_2(kSecret, "cG9saWN5");
  EXPECT_TRUE(check_form_version_2("AKID", signature, "cG9saWN5", kSecret));
  EXPECT_EQ(check_form_version_2("AKID", signature, "cG9saWN6", kSecret).error().problem, AuthProblem::kBadSignature);
}

}  // namespace
}  // namespace eyrie::aws
