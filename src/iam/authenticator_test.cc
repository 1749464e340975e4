#include "iam/authenticator.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/testing.h"

namespace eyrie::iam {
namespace {

constexpr std::int64_t kNow = 1'764'000'000'000;

class AuthenticatorTest : public testing::Test {
 protected:
  net::RequestHead signed_request(const std::string& service, const std::string& body, const std::string& secret = "secret") {
    net::RequestHead head{.method = "POST", .target = "/", .path = "/"};
    head.headers.add("Host", "localhost");
    aws::SigningOptions options{.region = "us-east-1", .service = service, .time_ms = kNow,
                                .payload_hash = hex_encode(crypto::sha256(as_bytes(body)))};
    aws::sign_request(head, {.access_key = "KEY", .secret = secret}, options);
    return head;
  }
  std::string hash(const std::string& body) { return hex_encode(crypto::sha256(as_bytes(body))); }

  FakeClock clock_{kNow};
  Authenticator authenticator_{{.id = "KEY", .secret = "secret"}, clock_};
};

TEST_F(AuthenticatorTest, AcceptsWhatWasSigned) {
  for (const char* service : {"s3", "dynamodb"}) {
    const auto head = signed_request(service, "body");
    const auto claim = authenticator_.claim(head);
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->key.principal.name, "root");
    EXPECT_TRUE(authenticator_.verify(*claim, head, hash("body"))) << service;
  }
}

class RootUseTest : public store::testing::StoreTest {};

TEST_F(RootUseTest, IsOfWhatIsSignedNowAndNotOfUrls) {
  const auto use = *RootKeyUse::open(store_->records(), "KEY", clock_);
  Authenticator authenticator({.id = "KEY", .secret = "secret"}, clock_);
  authenticator.note_root_use_in(*use);
  const aws::SigningOptions options{.region = "us-east-1", .service = "s3", .time_ms = clock_.now_ms(), .payload_hash = std::string(aws::kUnsignedPayload), .signed_headers = {"host"}};
  net::RequestHead url{.method = "GET", .path = "/images/a.jpg"};
  url.headers.add("Host", "localhost");
  url.query = aws::presign_query(url, {.access_key = "KEY", .secret = "secret"}, options, 300);
  auto claim = authenticator.claim(url);
  ASSERT_TRUE(claim) << claim.error().message;
  ASSERT_TRUE(authenticator.verify(*claim, url));
  EXPECT_EQ(use->last().time_ms, 0);

  const aws::SigningOptions now{.region = "us-east-1", .service = "s3", .time_ms = clock_.now_ms()};
  net::RequestHead head{.method = "GET", .target = "/images/a.jpg", .path = "/images/a.jpg"};
  head.headers.add("Host", "localhost");
  aws::sign_request(head, {.access_key = "KEY", .secret = "wrong"}, now);
  claim = authenticator.claim(head);
  ASSERT_TRUE(claim);
  EXPECT_FALSE(authenticator.verify(*claim, head));
  EXPECT_EQ(use->last().time_ms, 0) << "nobody has used it who does not have it";
  net::RequestHead good{.method = "GET", .target = "/images/a.jpg", .path = "/images/a.jpg"};
  good.headers.add("Host", "localhost");
  aws::sign_request(good, {.access_key = "KEY", .secret = "secret"}, now);
  claim = authenticator.claim(good);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(authenticator.verify(*claim, good));
  EXPECT_EQ(use->last().time_ms, clock_.now_ms());
  EXPECT_EQ(use->last().service, "s3");
}

TEST_F(AuthenticatorTest, RefusesAnotherBodySecretKeyOrTime) {
  auto head = signed_request("dynamodb", "body");
  auto claim = authenticator_.claim(head);
  ASSERT_TRUE(claim);
  EXPECT_FALSE(authenticator_.verify(*claim, head, hash("other")));

  head = signed_request("s3", "body");
  claim = authenticator_.claim(head);
  ASSERT_TRUE(claim);
  EXPECT_FALSE(authenticator_.verify(*claim, head, hash("other")));

  head = signed_request("s3", "", "wrong");
  claim = authenticator_.claim(head);
  ASSERT_TRUE(claim);
  EXPECT_EQ(authenticator_.verify(*claim, head).error().problem, aws::AuthProblem::kBadSignature);

  clock_.advance_ms(16 * 60 * 1000);
  EXPECT_EQ(authenticator_.claim(signed_request("s3", "")).error().problem, aws::AuthProblem::kSkewed);

  const Authenticator other({.id = "OTHER", .secret = "secret"});
  FakeClock now(kNow);
  const Authenticator other_now({.id = "OTHER", .secret = "secret"}, now);
  EXPECT_EQ(other_now.claim(signed_request("s3", "")).error().problem, aws::AuthProblem::kUnknownKey);
}

}  // namespace
}  // namespace eyrie::iam
