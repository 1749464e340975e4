#include "iam/authenticator.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/digest.h"

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
