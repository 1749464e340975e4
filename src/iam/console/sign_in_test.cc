#include "iam/console/testing.h"

namespace eyrie::iam::console::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignInTest : public ConsoleTest {
 protected:
  std::string error_of(const std::string& name, const std::string& password, const std::string& address = "192.0.2.7") {
    const auto outcome = sign_in_->with_password(name, password, {.address = address, .agent = "", .request_id = "r"});
    return outcome ? "" : outcome.error().error.message;
  }
};

TEST_F(SignInTest, WithNameAndPassword) {
  const ConsoleUser ann = add("ann");
  const auto outcome = sign_in_->with_password("ANN", kPassword, from_);
  ASSERT_TRUE(outcome) << outcome.error().error.message;
  EXPECT_EQ(outcome->visitor.user.id, ann.id);
  open();
  const auto visitor = sign_in_->visitor(outcome->token);
  ASSERT_TRUE(visitor);
  EXPECT_EQ(visitor->user.name, "ann");
  EXPECT_FALSE(visitor->is_owner());
  EXPECT_FALSE(sign_in_->visitor(""));
  ASSERT_TRUE(sign_in_->sign_out(*visitor, from_));
  EXPECT_FALSE(sign_in_->visitor(outcome->token));
  EXPECT_THAT(audit("console"), HasSubstr(R"("principal":"arn:aws:sts::000000000000:assumed-role/console-analyst/ann","access_key":"","action":"console:SignIn")"));
  EXPECT_THAT(audit("console"), HasSubstr("console:SignOut"));
}

TEST_F(SignInTest, RefusalsAreAllAlike) {
  add("root", Role::kAdmin);
  const ConsoleUser bob = add("bob");
  ASSERT_TRUE(users_->update(bob.id, {.disabled = true}));
  const std::string refusal = error_of("root", "a wrong password");
  EXPECT_THAT(refusal, HasSubstr("wrong"));
  EXPECT_EQ(error_of("nobody", kPassword), refusal);
  EXPECT_EQ(error_of("bob", kPassword), refusal);
  EXPECT_EQ(error_of("owner", kPassword), refusal);
  EXPECT_EQ(error_of("", ""), refusal);
  EXPECT_EQ(error_of("root", std::string(100'000, 'x')), refusal);
  EXPECT_THAT(audit("unknown"), HasSubstr("console:SignIn"));
  EXPECT_THAT(audit("unknown"), HasSubstr(user_arn(bob.id)));
  EXPECT_THAT(audit("unknown"), Not(HasSubstr("nobody"))) << "it might be a password";
  EXPECT_EQ(audit("console"), "");
}

TEST_F(SignInTest, ManyTriesWait) {
  add("ann");
  for (const char* name : {"ann", "nobody"}) {
    for (int i = 0; i < 6; ++i) EXPECT_THAT(error_of(name, "a wrong password"), HasSubstr("is wrong")) << i;
    const auto refused = sign_in_->with_password(name, kPassword, {.address = "198.51.100.1", .agent = "", .request_id = ""});
    ASSERT_FALSE(refused) << "even the right one";
    EXPECT_EQ(refused.error().wait.count(), 1000);
    EXPECT_EQ(refused.error().error.code, Code::kUnavailable);
  }
  clock_.advance_ms(1000);
  EXPECT_EQ(error_of("ann", kPassword, "198.51.100.1"), "");
  EXPECT_EQ(error_of("ann", kPassword), "") << "and was forgotten";
}

TEST_F(SignInTest, ChangesOfTheUserEndSessions) {
  add("root", Role::kAdmin);
  const ConsoleUser ann = add("ann");
  const auto token = [&] { return sign_in_->with_password("ann", kPassword, from_)->token; };
  std::string one = token();
  ASSERT_TRUE(users_->update(ann.id, {.name = "anna"}));
  EXPECT_EQ(sign_in_->visitor(one)->user.name, "anna");
  ASSERT_TRUE(users_->update(ann.id, {.name = "ann", .role = Role::kUploader}));
  EXPECT_FALSE(sign_in_->visitor(one));
  one = token();
  EXPECT_EQ(sign_in_->sessions_of(*users_->user(ann.id)).size(), 1U);
  const auto changed = users_->set_password(ann.id, *hasher_.hash(kPassword));
  EXPECT_FALSE(sign_in_->visitor(one));
  EXPECT_TRUE(sign_in_->sessions_of(*changed).empty());
  const auto anew = sign_in_->again(*changed, from_);
  ASSERT_TRUE(anew);
  EXPECT_TRUE(sign_in_->visitor(anew->token));
  ASSERT_TRUE(users_->update(ann.id, {.disabled = true}));
  ASSERT_TRUE(users_->update(ann.id, {.disabled = false}));
  EXPECT_FALSE(sign_in_->visitor(anew->token)) << "and being enabled again does not bring them back";
  one = token();
  ASSERT_TRUE(users_->remove(ann.id));
  EXPECT_FALSE(sign_in_->visitor(one));
}

TEST_F(SignInTest, WithTheLink) {
  const std::string token = link_->issue();
  EXPECT_FALSE(sign_in_->with_link("x" + token, from_));
  const auto outcome = sign_in_->with_link(token, from_);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(sign_in_->with_link(token, from_));
  open();
  const auto visitor = sign_in_->visitor(outcome->token);
  ASSERT_TRUE(visitor);
  EXPECT_TRUE(visitor->is_owner());
  EXPECT_EQ(visitor->user.role, Role::kAdmin);
  EXPECT_FALSE(sign_in_->visitor(token)) << "the link's token is no session's";
}

TEST_F(SignInTest, OutdatedPasswordsAreKeptAnew) {
  crypto::PasswordHasher before({.memory_kib = 32, .passes = 1}, {});
  const auto ann = users_->create({.name = "ann", .password = *before.hash(kPassword)});
  ASSERT_TRUE(ann);
  EXPECT_NE(error_of("ann", "a wrong password"), "");
  EXPECT_EQ(users_->user(ann->id)->password, ann->password);
  const auto outcome = sign_in_->with_password("ann", kPassword, from_);
  ASSERT_TRUE(outcome);
  EXPECT_THAT(users_->user(ann->id)->password, HasSubstr("m=64,"));
  EXPECT_TRUE(sign_in_->visitor(outcome->token)) << "the same password ends no sessions";
  EXPECT_EQ(error_of("ann", kPassword), "");
}

TEST_F(SignInTest, ConfirmsWhoAsks) {
  add("ann");
  const auto outcome = sign_in_->with_password("ann", kPassword, from_);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(sign_in_->confirm(outcome->visitor, kPassword, from_));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(sign_in_->confirm(outcome->visitor, "a wrong password", from_).error().wait.count(), 0);
  EXPECT_GT(sign_in_->confirm(outcome->visitor, kPassword, from_).error().wait.count(), 0) << "throttled too";
}

}  // namespace
}  // namespace eyrie::iam::console::testing
