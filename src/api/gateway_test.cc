// The gateway: whose request it is, Eyrie's own pages, the JSON protocol's frame, bodies beyond every bound.
#include "api/testing.h"
#include "aws/checksum.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class GatewayTest : public ApiTest {};

TEST_F(GatewayTest, ToldByScopeThenTargetThenPath) {
  EXPECT_EQ(json_call("dynamodb", "ListTables", "{}").body, R"({"TableNames":[]})");
  const Answer nobody = send(
      {.method = "POST", .headers = {{"X-Amz-Target", "DynamoDB_20120810.ListTables"}}, .is_signed = false});
  EXPECT_EQ(nobody.status, 400);
  EXPECT_EQ(nobody.type(), "MissingAuthenticationTokenException");
  EXPECT_EQ(send({.method = "POST",
                  .headers = {{"X-Amz-Target", "RekognitionService.DetectLabels"}},
                  .is_signed = false})
                .type(),
            "MissingAuthenticationTokenException");
  EXPECT_EQ(send({.path = "/bucket", .is_signed = false}).element("Code"), "NoSuchBucket");
}

TEST_F(GatewayTest, BrowsersGoToTheConsole) {
  gateway_.add_page("/_console/", [](const net::RequestHead& head) {
    return net::text_response(200, "page " + head.path);
  });
  gateway_.add_page("/_eyrie/health",
                    [](const net::RequestHead&) { return net::text_response(200, "fine"); });
  const Answer browser = send({.headers = {{"Accept", "text/html,*/*"}}, .is_signed = false});
  EXPECT_EQ(browser.status, 302);
  EXPECT_EQ(browser.header("Location"), "/_console/");
  EXPECT_EQ(send({.path = "/_console/app.js", .is_signed = false}).body, "page /_console/app.js");
  EXPECT_EQ(send({.path = "/_eyrie/health", .is_signed = false}).body, "fine");
  EXPECT_EQ(send({.path = "/_eyrie/health/more", .is_signed = false}).status, 404);
  EXPECT_EQ(send({.path = "/_else", .is_signed = false}).status, 404);
  EXPECT_EQ(send({.method = "POST", .path = "/_eyrie/health", .is_signed = false}).status, 405);
}

// Says what reached it.
class EchoService final : public Service {
 public:
  std::string_view name() const override { return "echo"; }
  BeginResult begin(ContextPtr context) override {
    return std::unexpected(net::text_response(200, context->head.method + " " + context->head.path));
  }
};

TEST_F(GatewayTest, OwnServicesStandBeforePagesAndBehindBuckets) {
  gateway_.add_page("/_console/", [](const net::RequestHead&) { return net::text_response(200, "page"); });
  gateway_.add_own_service("/_console/api/", std::make_unique<EchoService>());
  EXPECT_EQ(send({.method = "DELETE", .path = "/_console/api/x", .is_signed = false}).body, "DELETE /_console/api/x");
  EXPECT_EQ(send({.path = "/_console/api", .is_signed = false}).body, "page");
  EXPECT_EQ(send({.path = "/_console/api/x", .host = "images.s3.amazonaws.com", .is_signed = false}).element("Code"), "NoSuchBucket");
}

TEST_F(GatewayTest, JsonAnswersAreFramed) {
  const Answer answer = json_call("dynamodb", "ListTables", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(answer.header("x-amzn-RequestId"), "request-1");
  auto crc = aws::Checksum::create(aws::ChecksumAlgorithm::kCrc32);
  crc->update(as_bytes(answer.body));
  std::uint32_t value = 0;
  for (const std::uint8_t byte : crc->digest()) value = value << 8 | byte;
  EXPECT_EQ(answer.header("x-amz-crc32"), std::to_string(value));
}

TEST_F(GatewayTest, UnknownAndAbsentOperations) {
  for (const auto& [service, operation] :
       {std::pair{"dynamodb", "MakeCoffee"}, std::pair{"dynamodb", "UpdateItem"},
        std::pair{"rekognition", "StartLabelDetection"}, std::pair{"rekognition", ""}}) {
    const Answer answer = json_call(service, operation, "{}");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.type(), "UnknownOperationException") << operation;
  }
  EXPECT_THAT(json_call("rekognition", "StartLabelDetection", "{}").body, HasSubstr("StartLabelDetection"));
}

TEST_F(GatewayTest, SignaturesOfJsonServicesCoverTheBody) {
  const Call call{.method = "POST",
                  .headers = {{"X-Amz-Target", "DynamoDB_20120810.ListTables"}},
                  .body = "{}",
                  .service = "dynamodb"};
  net::RequestHead head = head_of(call);
  Call other = call;
  other.body = R"({"Limit":1})";
  EXPECT_EQ(exchange(head, other).type(), "InvalidSignatureException");
  other = call;
  other.secret = "wrong";
  EXPECT_EQ(send(other).type(), "InvalidSignatureException");
  other.key = "NOBODY";
  EXPECT_EQ(send(other).type(), "UnrecognizedClientException");
  // Some SDKs tell the hash as S3's do.
  head = head_of({.method = "POST",
                  .headers = {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                              {"x-amz-content-sha256", hex_encode(crypto::sha256(as_bytes("{}")))}},
                  .body = "{}",
                  .service = "dynamodb"});
  EXPECT_EQ(exchange(head, call).status, 200);
  other.body = R"({"Limit":1})";
  EXPECT_EQ(exchange(head, other).type(), "InvalidSignatureException");
}

TEST_F(GatewayTest, HostileJsonIsRefused) {
  auto repeated = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  const std::string bodies[] = {repeated("[", 200'000),
                                repeated("{\"a\":", 200'000),
                                "{\"a\":[" + repeated("0,", 8'000'000) + "0]}",
                                "{\"a\":{" + repeated("\"k\":{},", 2'000'000) + "\"k\":1}}",
                                "{\"TableName\":\"\xFF\"}",
                                "{\"TableName\":\"a\\ud800\"}",
                                "{\"Limit\":1e999}",
                                "{\"TableName\":\"a\"} x",
                                "\xEF\xBB\xBF{}",
                                "{\"TableName\":\"" + std::string(3 << 20, 'x') + "\"}",
                                std::string("{\"a\":\"\\\\\\\"[[[[\"")};
  for (const std::string& body : bodies) {
    for (const auto& [service, operation] :
         {std::pair{"dynamodb", "DescribeTable"}, std::pair{"rekognition", "DetectLabels"}}) {
      const Answer answer = json_call(service, operation, body);
      EXPECT_EQ(answer.status, 400) << body.substr(0, 40) << answer.body.substr(0, 200);
    }
  }
  EXPECT_EQ(json_call("dynamodb", "DescribeTable", "{\"a\":[" + repeated("0,", 8'000'000) + "0]}").type(),
            "SerializationException");
  const Answer huge = json_call("dynamodb", "DescribeTable", std::string((16 << 20) + 1, ' '));
  EXPECT_EQ(huge.status, 413);
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(GatewayTest, FullMemoryIsSaidSo) {
  ASSERT_TRUE(budget_.take(64U << 20));
  const Answer answer = json_call("dynamodb", "ListTables", "{}");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  budget_.give(64U << 20);
  EXPECT_EQ(json_call("dynamodb", "ListTables", "{}").status, 200);
}

TEST_F(GatewayTest, CountsRequests) {
  json_call("dynamodb", "ListTables", "{}");
  json_call("dynamodb", "MadeUpByTheClient", "{}");
  const std::string text = metrics_.prometheus_text();
  EXPECT_THAT(text, HasSubstr(R"(operation="ListTables",status="200"} 1)"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("MadeUpByTheClient")));
}

}  // namespace
}  // namespace eyrie::api::testing
