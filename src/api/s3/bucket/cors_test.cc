// CORS through the gateway: the configuration, the preflight, and the headers of other answers.
#include "api/s3/bucket/cors.h"

#include "api/testing.h"

namespace eyrie::api::testing {
namespace {

using ::testing::HasSubstr;

class CorsTest : public ApiTest {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  void SetUp() override {
    ApiTest::SetUp();
    make_bucket();
  }
  Answer configure(const std::string& rules) {
    return send({.method = "PUT",
                 .path = "/images",
                 .query = "cors",
                 .body = "<CORSConfiguration>" + rules + "</CORSConfiguration>"});
  }
  Answer preflight(const std::string& path, Headers headers) {
    return send({.method = "OPTIONS", .path = path, .headers = std::move(headers), .is_signed = false});
  }
};

constexpr const char* kRules =
    "<CORSRule><ID>a</ID><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>"
    "<AllowedMethod>GET</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>Content-Type</AllowedHeader>"
    "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>600</MaxAgeSeconds></CORSRule>"
    "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>";

TEST_F(CorsTest, Configuration) {
  EXPECT_EQ(error(get("/images", "cors")), "404 NoSuchCORSConfiguration");
  EXPECT_EQ(configure(kRules).status, 200);
  EXPECT_THAT(get("/images", "cors").body, HasSubstr("<AllowedOrigin>https://*.example.com</AllowedOrigin>"));
  EXPECT_THAT(get("/images", "cors").body, HasSubstr("<MaxAgeSeconds>600</MaxAgeSeconds>"));
  EXPECT_EQ(send({.method = "DELETE", .path = "/images", .query = "cors"}).status, 204);
  EXPECT_EQ(error(get("/images", "cors")), "404 NoSuchCORSConfiguration");
  EXPECT_EQ(error(get("/nowhere", "cors")), "404 NoSuchBucket");
  auto rule = [](const std::string& origin, const std::string& method, const std::string& more = "") {
    return "<CORSRule><AllowedOrigin>" + origin + "</AllowedOrigin><AllowedMethod>" + method + "</AllowedMethod>" +
           more + "</CORSRule>";
  };
  EXPECT_EQ(error(configure("")), "400 MalformedXML");
  EXPECT_EQ(error(configure("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>")), "400 MalformedXML");
  EXPECT_EQ(error(configure(rule("*", "PATCH"))), "400 InvalidRequest");
  EXPECT_EQ(error(configure(rule("http://*.*", "GET"))), "400 InvalidRequest");
  EXPECT_EQ(error(configure(rule("*", "GET", "<AllowedHeader>*-*</AllowedHeader>"))), "400 InvalidRequest");
  EXPECT_EQ(error(configure(rule("*", "GET", "<MaxAgeSeconds>-1</MaxAgeSeconds>"))), "400 MalformedXML");
  EXPECT_EQ(error(configure(rule("a&#10;b", "GET"))), "400 MalformedXML");
  std::string many;
  for (int i = 0; i < 101; ++i) many += rule("*", "GET");
  EXPECT_EQ(error(configure(many)), "400 MalformedXML");
}

TEST_F(CorsTest, Preflight) {
  const Headers put_asked{{"Origin", "https://app.example.com"},
                          {"Access-Control-Request-Method", "PUT"},
                          {"Access-Control-Request-Headers", "X-Amz-Meta-A, content-type"}};
  EXPECT_EQ(error(preflight("/images/a", put_asked)), "403 AccessForbidden") << "no rules yet";
  ASSERT_EQ(configure(kRules).status, 200);
  const Answer allowed = preflight("/images/a", put_asked);
  ASSERT_EQ(allowed.status, 200) << allowed.body;
  EXPECT_EQ(allowed.header("Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Methods"), "PUT, GET");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Headers"), "x-amz-meta-a, content-type");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(allowed.header("Access-Control-Max-Age"), "600");
  EXPECT_EQ(allowed.header("Access-Control-Expose-Headers"), "ETag");
  EXPECT_THAT(allowed.header("Vary"), HasSubstr("Origin"));
  const Answer anyone =
      preflight("/images", {{"Origin", "http://elsewhere"}, {"Access-Control-Request-Method", "GET"}});
  EXPECT_EQ(anyone.status, 200);
  EXPECT_EQ(anyone.header("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(anyone.headers.has("Access-Control-Allow-Credentials"));
  for (const Headers& asked :
       {Headers{{"Origin", "http://app.example.com"}, {"Access-Control-Request-Method", "PUT"}},
        Headers{{"Origin", "https://app.example.com"}, {"Access-Control-Request-Method", "DELETE"}},
        Headers{{"Origin", "https://app.example.com"},
                {"Access-Control-Request-Method", "PUT"},
                {"Access-Control-Request-Headers", "authorization"}}}) {
    EXPECT_EQ(error(preflight("/images/a", asked)), "403 AccessForbidden");
  }
  EXPECT_EQ(error(preflight("/images/a", {{"Access-Control-Request-Method", "PUT"}})), "400 BadRequest");
  EXPECT_EQ(error(preflight("/images/a", {{"Origin", "https://app.example.com"}})), "400 BadRequest");
  EXPECT_EQ(error(preflight("/nowhere/a", put_asked)), "403 AccessForbidden");
}

TEST_F(CorsTest, OtherAnswersTellTheBrowser) {
  ASSERT_EQ(configure(kRules).status, 200);
  const Headers origin{{"Origin", "https://app.example.com"}};
  const Answer stored = put("/images/a", "x", origin);
  EXPECT_EQ(stored.header("Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(stored.header("Access-Control-Expose-Headers"), "ETag");
  EXPECT_EQ(get("/images/none", "", origin).header("Access-Control-Allow-Origin"), "https://app.example.com")
      << "errors too";
  EXPECT_EQ(send({.path = "/images/a", .headers = origin, .secret = "other"}).header("Access-Control-Allow-Origin"),
            "https://app.example.com");
  EXPECT_FALSE(put("/images/a", "x", {{"Origin", "http://elsewhere"}}).headers.has("Access-Control-Allow-Origin"));
  EXPECT_FALSE(put("/images/a", "x").headers.has("Vary"));
}

// Such names were taken once; S3 refuses them.
TEST_F(CorsTest, RulesThatWereTakenOnceGoOn) {
  const std::string rule = "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>x-amz-meta-*</ExposeHeader></CORSRule>";
  EXPECT_EQ(error(configure(rule)), "400 InvalidRequest");
  ASSERT_TRUE(store_->objects().set_bucket_setting("images", "cors", "<CORSConfiguration>" + rule + "</CORSConfiguration>"));
  EXPECT_EQ(get("/images/none", "", {{"Origin", "http://anywhere"}}).header("Access-Control-Expose-Headers"), "x-amz-meta-*");
}

TEST(Wildcards, StandForAnyText) {
  EXPECT_TRUE(s3::matches_wildcard("a*c", "abc"));
  EXPECT_TRUE(s3::matches_wildcard("a*c", "ac"));
  EXPECT_FALSE(s3::matches_wildcard("ab*bc", "abc")) << "no letter counts twice";
  EXPECT_FALSE(s3::matches_wildcard("abc", "abcd"));
}

}  // namespace
}  // namespace eyrie::api::testing
