// The gateway: whose request it is, Eyrie's own pages, the JSON protocol's frame, bodies beyond every bound.
#include <limits>

#include "api/testing.h"
#include "aws/checksum.h"
#include "base/trace/trace_cause.h"
#include "monitor/traces/traces.h"

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
       {std::pair{"dynamodb", "MakeCoffee"}, std::pair{"dynamodb", "UpdateTable"},
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

class GatewayTraceTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    // However old: these requests came at no time.
    auto opened = monitor::Traces::open(directory_.path() / "traces.db", {.age_ms = std::numeric_limits<std::int64_t>::max()});
    ASSERT_TRUE(opened);
    traces_ = std::move(*opened);
    metrics_.keep_traces_in(*traces_);
    make_bucket();
    ASSERT_TRUE(objects().set_rules("images", {{.bucket = "images", .function = "f", .events = {"ObjectCreated:*"}, .prefixes = {"uploads/"}}}));
  }
  // Of the last request.
  std::vector<monitor::TraceSegment> kept() { return traces_->of_request("request-" + std::to_string(requests_)).value(); }

  static constexpr const char* kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  static constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  std::unique_ptr<monitor::Traces> traces_;
};

TEST_F(GatewayTraceTest, AnUploadAndItsEventAreOfOneTrace) {
  ASSERT_EQ(put("/images/uploads/a.jpg", "a", {{"traceparent", kParent}}).status, 200);
  const auto segments = kept();
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(segments[0].parent, "00f067aa0ba902b7");
  EXPECT_EQ(segments[0].name, "s3:PutObject");
  EXPECT_EQ(segments[0].status, 200);
  ASSERT_EQ(segments[0].steps.size(), 2U);
  EXPECT_EQ(segments[0].steps[0].name, "body");
  EXPECT_EQ(segments[0].steps[1].name, "commit");
  const auto event = events().lease(std::chrono::minutes(1));
  ASSERT_TRUE(event && *event);
  const auto cause = parse_trace_cause((*event)->trace);
  ASSERT_TRUE(cause) << (*event)->trace;
  EXPECT_EQ(cause->work, segments[0].context);
  EXPECT_EQ(cause->name, "s3:PutObject");
}

TEST_F(GatewayTraceTest, WhatLeftAnEventIsKeptAndElseWhatWasAskedFor) {
  ASSERT_EQ(put("/images/uploads/a.jpg", "a").status, 200);
  ASSERT_EQ(kept().size(), 1U) << "the trace begins here";
  EXPECT_EQ(kept()[0].parent, "");
  ASSERT_EQ(put("/images/uploads/b.jpg", "b", {{"traceparent", kUnsampled}}).status, 200);
  ASSERT_EQ(kept().size(), 1U);
  EXPECT_FALSE(kept()[0].context.sampled);
  ASSERT_EQ(put("/images/other.jpg", "a").status, 200);
  EXPECT_EQ(kept().size(), 0U) << "no rule calls for an event, and nobody has asked";
  ASSERT_EQ(put("/images/other.jpg", "a", {{"traceparent", kUnsampled}}).status, 200);
  EXPECT_EQ(kept().size(), 0U);
  ASSERT_EQ(get("/images/other.jpg", "", {{"X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"}}).status, 200);
  ASSERT_EQ(kept().size(), 1U);
  EXPECT_EQ(kept()[0].name, "s3:GetObject");
  EXPECT_EQ(kept()[0].parent, "");
  ASSERT_EQ(get("/images/nothing", "", {{"traceparent", kParent}}).status, 404);
  ASSERT_EQ(kept().size(), 1U);
  EXPECT_EQ(kept()[0].status, 404);
}

TEST_F(GatewayTraceTest, WhoIsNotLetInFillsNoTraces) {
  EXPECT_EQ(send({.path = "/images/other.jpg", .headers = {{"traceparent", kParent}}, .is_signed = false}).status, 403);
  EXPECT_EQ(kept().size(), 0U);
  EXPECT_EQ(send({.path = "/images/other.jpg", .headers = {{"traceparent", kParent}}, .secret = "wrong"}).status, 403);
  EXPECT_EQ(kept().size(), 0U);
}

}  // namespace
}  // namespace eyrie::api::testing
