#include "aws/wire_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace eyrie::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const net::Response& response) {
  return std::get<std::string>(response.body);
}

TEST(WireError, S3IsXml) {
  const net::Response response =
      to_s3_response(s3::no_such_key("a<b>&\x01.jpg"), "GET", "/images/a", "4442587FB7D0A2F9");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  EXPECT_EQ(response.headers.get("x-amz-request-id"), "4442587FB7D0A2F9");
  EXPECT_THAT(
      text_of(response),
      HasSubstr(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified "
          "key does not exist.</Message><Key>a&lt;b&gt;&amp;?.jpg</Key><Resource>/images/a</Resource>"
          "<RequestId>4442587FB7D0A2F9</RequestId><HostId>"));
}

TEST(WireError, S3InvalidUtf8IsReplaced) {
  EXPECT_THAT(text_of(to_s3_response(s3::no_such_key("\xFF\xFE"), "GET", "", "1")), HasSubstr("<Key>?"
                                                                                              "?</Key>"));
  EXPECT_THAT(text_of(to_s3_response(s3::no_such_key("a\uFFFE\uFFFF\xC3\xA9"), "GET", "", "1")), HasSubstr("<Key>a??\xC3\xA9</Key>"));
}

TEST(WireError, S3AnswerToHeadHasNoBody) {
  const net::Response response = to_s3_response(s3::no_such_key("a"), "HEAD", "/images/a", "1");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(text_of(response), "");
  EXPECT_EQ(text_of(to_s3_response(s3::not_modified(), "GET", "/images/a", "1")), "");
}

TEST(WireError, S3BusySaysWhenToRetry) {
  EXPECT_EQ(to_s3_response(s3::slow_down(), "GET", "", "1").headers.get("Retry-After"), "1");
}

TEST(WireError, RekognitionIsJson11) {
  const net::Response response =
      to_json_response(rekognition::invalid_image_format(), JsonFlavour::kRekognition, "id");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.headers.get("x-amzn-RequestId"), "id");
  EXPECT_EQ(response.headers.get("x-amzn-ErrorType"), "InvalidImageFormatException");
  const auto body = parse_json(text_of(response));
  ASSERT_TRUE(body);
  EXPECT_EQ(*find_string(*body, "__type"), "InvalidImageFormatException");
  EXPECT_EQ(*find_string(*body, "Code"), "InvalidImageFormatException");
  EXPECT_EQ(*find_string(*body, "Message"), "Request has invalid image format.");
  EXPECT_EQ(find_string(*body, "Logref")->size(), 36U);
}

TEST(WireError, DynamoDbNamesTheNamespace) {
  const auto type_of = [](const WireError& error) {
    const auto body = parse_json(text_of(to_json_response(error, JsonFlavour::kDynamoDb, "id")));
    return std::string(*find_string(*body, "__type"));
  };
  EXPECT_EQ(type_of(dynamodb::resource_not_found()),
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
  EXPECT_EQ(type_of(dynamodb::validation("x")), "com.amazon.coral.validate#ValidationException");
  EXPECT_EQ(type_of(dynamodb::unknown_operation()), "com.amazon.coral.service#UnknownOperationException");
  EXPECT_EQ(
      to_json_response(dynamodb::throttling(), JsonFlavour::kDynamoDb, "id").headers.get("Content-Type"),
      "application/x-amz-json-1.0");
}

TEST(WireError, AuthErrorsInBothTongues) {
  const std::tuple<AuthProblem, int, std::string_view, std::string_view> cases[] = {
      {AuthProblem::kMissing, 403, "AccessDenied", "MissingAuthenticationTokenException"},
      {AuthProblem::kMalformed, 400, "AuthorizationHeaderMalformed", "IncompleteSignatureException"},
      {AuthProblem::kMalformedQuery, 400, "AuthorizationQueryParametersError",
       "IncompleteSignatureException"},
      {AuthProblem::kSkewed, 403, "RequestTimeTooSkewed", "InvalidSignatureException"},
      {AuthProblem::kExpired, 403, "AccessDenied", "InvalidSignatureException"},
      {AuthProblem::kNotSigned, 403, "AccessDenied", "InvalidSignatureException"},
      {AuthProblem::kUnknownKey, 403, "InvalidAccessKeyId", "UnrecognizedClientException"},
      {AuthProblem::kBadSignature, 403, "SignatureDoesNotMatch", "InvalidSignatureException"},
  };
  for (const auto& [problem, status, s3_code, json_code] : cases) {
    const AuthError error{problem, "why", {{"StringToSign", "AWS4"}}};
    EXPECT_EQ(s3_auth_error(error).status, status);
    EXPECT_EQ(s3_auth_error(error).code, s3_code);
    EXPECT_EQ(json_auth_error(error).status, 400);
    EXPECT_EQ(json_auth_error(error).code, json_code);
  }
}

// Paths and system errors are for the log.
TEST(WireError, OurOwnFailuresAreNotTold) {
  const Error error{Code::kIo, "/var/lib/eyrie/objects/1: Input/output error"};
  for (const WireError& wire : {s3::from(error), rekognition::from(error), dynamodb::from(error)}) {
    EXPECT_EQ(wire.status, 500);
    EXPECT_THAT(wire.message, Not(HasSubstr("/var")));
  }
}

}  // namespace
}  // namespace eyrie::aws
