#include "iam/roles/roles.h"

#include <gtest/gtest.h>

#include "iam/authenticator.h"
#include "iam/roles/sessions.h"
#include "store/testing.h"

namespace eyrie::iam {
namespace {

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";

PolicyPtr policy(const std::string& action) {
  auto parsed = PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + action + R"(","Resource":"*"}})");
  EXPECT_TRUE(parsed);
  return std::make_shared<const PolicyDocument>(std::move(*parsed));
}

class RolesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    open();
  }
  void open() {
    identities_ = std::move(*Identities::open(store_->records(), clock_));
    auto roles = Roles::open(store_->records(), *identities_, clock_);
    ASSERT_TRUE(roles) << roles.error().message;
    roles_ = std::move(*roles);
  }
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<Roles> roles_;
};

TEST_F(RolesTest, OutliveARestart) {
  const auto made = roles_->create({.name = "r", .path = "/a/", .description = "d", .trust = kTrust});
  ASSERT_TRUE(made) << made.error().message;
  const auto managed = identities_->create_policy("m", "/", "", policy("s3:Put*"));
  ASSERT_TRUE(roles_->put_policy("r", "own", policy("s3:Get*")));
  ASSERT_TRUE(roles_->attach("r", managed->arn()));
  roles_.reset();
  identities_.reset();
  reopen();
  open();
  const auto found = roles_->by_arn("arn:aws:iam::000000000000:role/a/r");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made->id);
  EXPECT_EQ(found->trust, kTrust);
  EXPECT_EQ(roles_->policies_of("r", found->id).size(), 2U);
  EXPECT_TRUE(roles_->policies_of("r", "AROAOTHER").empty());
  EXPECT_EQ(roles_->attached_to(managed->arn()), std::vector<std::string>{"r"});
  EXPECT_FALSE(roles_->by_arn("arn:aws:iam::000000000000:role/r"));
}

TEST_F(RolesTest, Refusals) {
  ASSERT_TRUE(roles_->create({.name = "r", .trust = kTrust}));
  EXPECT_EQ(roles_->create({.name = "R", .trust = kTrust}).error().code, Code::kAlreadyExists);
  EXPECT_EQ(roles_->create({.name = "a b", .trust = kTrust}).error().code, Code::kInvalidArgument);
  for (const char* trust : {"", "{}", R"({"Statement":[]})", R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}})",
                            R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}})",
                            R"({"Statement":{"Effect":"Perhaps","Action":"sts:AssumeRole","Principal":"*"}})",
                            R"({"Statement":{"Effect":"Allow","Action":["sts:AssumeRole","s3:GetObject"],"Principal":{"Service":"lambda.amazonaws.com"}}})",
                            R"({"Statement":{"Effect":"Allow","Action":"*","Principal":{"Service":"lambda.amazonaws.com"}}})",
                            R"({"Statement":{"Effect":"Allow","Action":"s*:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}})",
                            R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":""}}})",
                            R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com",""]}}})",
                            R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":[]}}})"})
    EXPECT_EQ(roles_->create({.name = "x", .trust = trust}).error().code, Code::kInvalidArgument) << trust;
  EXPECT_EQ(roles_->attach("r", "arn:aws:iam::000000000000:policy/none").error().code, Code::kNotFound);
  ASSERT_TRUE(roles_->put_policy("r", "own", policy("s3:Get*")));
  EXPECT_EQ(roles_->remove("r").error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(roles_->delete_policy("r", "own"));
  ASSERT_TRUE(roles_->remove("r"));
  EXPECT_EQ(roles_->remove("r").error().code, Code::kNotFound);
}

TEST_F(RolesTest, Trust) {
  const auto trusts = [&](const std::string& statements) {
    const std::string document = R"({"Version":"2012-10-17","Statement":)" + statements + "}";
    if (!roles_->role("t")) EXPECT_TRUE(roles_->create({.name = "t", .trust = document}));
    EXPECT_TRUE(roles_->set_trust("t", document)) << statements;
    return roles_->trusts("arn:aws:iam::000000000000:role/t", "lambda.amazonaws.com");
  };
  const std::string allow = R"({"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]},"Action":["sts:AssumeRole"]})";
  EXPECT_TRUE(trusts(allow));
  EXPECT_TRUE(trusts("[" + allow + "]"));
  EXPECT_FALSE(trusts("[" + allow + R"(,{"Effect":"Deny","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:*"}])"));
  EXPECT_FALSE(trusts("[" + allow + R"(,{"Effect":"Deny","Principal":{"Service":"lambda.amazonaws.com"},"Action":"STS:Assume*"}])"));
  EXPECT_TRUE(trusts(R"({"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:TagSession","STS:assumerole"]})"));
  EXPECT_FALSE(trusts(R"({"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"})"));
  EXPECT_FALSE(trusts(R"({"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"})"));
  EXPECT_FALSE(trusts(R"({"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:TagSession"})"));
  EXPECT_FALSE(trusts(R"({"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":"true"}}})"));
  EXPECT_FALSE(roles_->trusts("arn:aws:iam::000000000000:role/none", "lambda.amazonaws.com"));
  for (const char* wrong : {R"("Sid":"with space")", R"("Sid":"same"},{"Sid":"same","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:*")", R"("Condition":{"Matches":{"a:b":"c"}})"}) {
    const std::string document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",)" + std::string(wrong) + "}]}";
    EXPECT_EQ(roles_->set_trust("t", document).error().code, Code::kInvalidArgument) << wrong;
  }
}

TEST_F(RolesTest, TrustPoliciesThatAreKeptAreReadAsTheyAre) {
  // As servers before took it.
  const std::string trust = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["","lambda.amazonaws.com"]},"Action":"*"}})";
  const json::object kept{{"id", "AROAOLD"}, {"path", "/"}, {"description", ""}, {"session_seconds", 3600}, {"created_ms", 1}, {"trust", trust}, {"policies", json::object{
      {"own", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3"}})"}}}, {"attached", json::array()}};
  ASSERT_TRUE(store_->records().apply({{.kind = "iam.role", .name = "old", .value = write_json(kept)}}));
  roles_.reset();
  open();
  EXPECT_TRUE(roles_->trusts("arn:aws:iam::000000000000:role/old", "lambda.amazonaws.com"));
  EXPECT_EQ(roles_->policies_of("old", "AROAOLD").size(), 1U);
  EXPECT_EQ(roles_->set_trust("old", trust).error().message, "AssumeRole policy may only specify STS AssumeRole actions.");
}

TEST_F(RolesTest, Sessions) {
  ASSERT_TRUE(roles_->create({.name = "r", .trust = kTrust}));
  ASSERT_TRUE(roles_->put_policy("r", "own", policy("s3:Get*")));
  Sessions sessions(*roles_, clock_);
  const auto made = sessions.begin("arn:aws:iam::000000000000:role/r", "function", 1000);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->access_key.starts_with("ASIA"));
  const auto found = sessions.find(made->access_key, made->token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal.arn, "arn:aws:sts::000000000000:assumed-role/r/function");
  EXPECT_EQ(found->policies.size(), 1U);
  EXPECT_FALSE(sessions.find(made->access_key, "another token"));
  EXPECT_FALSE(sessions.find(made->access_key, ""));
  EXPECT_FALSE(sessions.find("ASIAOTHER", made->token));
  // Its rights are the role's of the moment.
  ASSERT_TRUE(roles_->delete_policy("r", "own"));
  EXPECT_TRUE(sessions.find(made->access_key, made->token)->policies.empty());
  clock_.advance_ms(1000);
  EXPECT_FALSE(sessions.find(made->access_key, made->token));
  const auto second = sessions.begin("arn:aws:iam::000000000000:role/r", "function", 1000);
  sessions.end(second->access_key);
  EXPECT_FALSE(sessions.find(second->access_key, second->token));
  EXPECT_EQ(sessions.begin("arn:aws:iam::000000000000:role/none", "f", 1).error().code, Code::kNotFound);
}

// A request signed with a session's key counts only with its token.
TEST_F(RolesTest, SessionsSign) {
  ASSERT_TRUE(roles_->create({.name = "r", .trust = kTrust}));
  Sessions sessions(*roles_, clock_);
  const auto made = sessions.begin("arn:aws:iam::000000000000:role/r", "f", 60'000);
  const Authenticator authenticator({.id = "ROOT", .secret = "secret"}, clock_, identities_.get(), &sessions);
  const auto claim = [&](const std::string& token) {
    net::RequestHead head{.method = "GET", .target = "/", .path = "/"};
    head.headers.add("Host", "127.0.0.1");
    aws::sign_request(head, {.access_key = made->access_key, .secret = made->secret, .session_token = token},
                      {.region = "us-east-1", .service = "s3", .time_ms = clock_.now_ms()});
    auto claimed = authenticator.claim(head);
    return claimed && authenticator.verify(*claimed, head);
  };
  EXPECT_TRUE(claim(made->token));
  EXPECT_FALSE(claim("other"));
  EXPECT_FALSE(claim(""));
}

}  // namespace
}  // namespace eyrie::iam
