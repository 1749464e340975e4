#include "iam/identities.h"

#include <gmock/gmock.h>

#include "store/testing.h"

namespace eyrie::iam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PolicyPtr policy_for(const std::string& action) {
  auto parsed = PolicyDocument::parse(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + action +
                                      R"(","Resource":"*"}})");
  EXPECT_TRUE(parsed);
  return std::make_shared<const PolicyDocument>(std::move(*parsed));
}

class IdentitiesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    load();
  }
  void load() {
    auto opened = Identities::open(store_->records(), clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    identities_ = std::move(*opened);
  }
  void restart() {
    identities_.reset();
    reopen();
    load();
  }
  std::vector<std::string> actions(const std::string& user) {
    std::vector<std::string> texts;
    for (const PolicyPtr& policy : identities_->policies_of(identities_->user(user)->principal())) {
      const std::string& text = policy->text();
      const std::size_t from = text.find("Action\":\"") + 9;
      texts.push_back(text.substr(from, text.find('"', from) - from));
    }
    return texts;
  }

  std::unique_ptr<Identities> identities_;
};

TEST_F(IdentitiesTest, UsersOutliveARestart) {
  const auto made = identities_->create_user("ann", "/staff/");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->arn(), "arn:aws:iam::000000000000:user/staff/ann");
  EXPECT_TRUE(made->id.starts_with("AIDA") && made->id.size() == 21);
  ASSERT_TRUE(identities_->create_user("bob", "/"));
  restart();
  const auto ann = identities_->user("ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->id, made->id);
  EXPECT_EQ(ann->path, "/staff/");
  EXPECT_EQ(ann->created_ms, clock_.now_ms());
  EXPECT_EQ(identities_->users().size(), 2U);
  EXPECT_EQ(identities_->create_user("Ann", "/").error().code, Code::kAlreadyExists);
  EXPECT_EQ(identities_->user("eve").error().message, "The user with name eve cannot be found.");
  for (const char* name : {"", "a b", "a/b", "\xC3\xBC"}) EXPECT_EQ(identities_->create_user(name, "/").error().code, Code::kInvalidArgument);
  EXPECT_FALSE(identities_->create_user(std::string(65, 'a'), "/"));
  for (const char* path : {"", "a", "/a", "a/", "/\x01/", "/*/"}) EXPECT_EQ(identities_->create_user("x", path).error().code, Code::kInvalidArgument);
}

TEST_F(IdentitiesTest, KeysAuthenticateWhileActive) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const auto key = identities_->create_key("ann");
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->key.id.starts_with("AKIA") && key->key.id.size() == 20 && key->secret.size() == 40);
  ASSERT_TRUE(identities_->create_key("ann"));
  EXPECT_EQ(identities_->create_key("ann").error().code, Code::kTooLarge);
  EXPECT_EQ(identities_->create_key("bob").error().code, Code::kNotFound);
  restart();
  const auto found = identities_->credential(key->key.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret, key->secret);
  EXPECT_EQ(found->principal.arn, "arn:aws:iam::000000000000:user/ann");
  EXPECT_FALSE(identities_->credential("AKIANOBODY"));
  ASSERT_TRUE(identities_->set_key_active("ann", key->key.id, false));
  EXPECT_FALSE(identities_->credential(key->key.id));
  restart();
  EXPECT_FALSE(identities_->credential(key->key.id));
  ASSERT_TRUE(identities_->set_key_active("ann", key->key.id, true));
  EXPECT_TRUE(identities_->credential(key->key.id));
  ASSERT_TRUE(identities_->delete_key("ann", key->key.id));
  EXPECT_FALSE(identities_->credential(key->key.id));
  EXPECT_EQ(identities_->delete_key("ann", key->key.id).error().code, Code::kNotFound);
  EXPECT_EQ(identities_->keys("ann")->size(), 1U);
}

TEST_F(IdentitiesTest, LastUseIsNotedAtOnceAndWrittenHourly) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const std::string id = identities_->create_key("ann")->key.id;
  EXPECT_EQ(identities_->key(id)->last_use.time_ms, 0);
  identities_->note_use(id, "s3", "us-east-1");
  clock_.advance_ms(60'000);
  identities_->note_use(id, "kms", "us-east-1");
  EXPECT_EQ(identities_->key(id)->last_use.service, "kms");
  restart();
  EXPECT_EQ(identities_->key(id)->last_use.service, "s3");
  clock_.advance_ms(3'600'000);
  identities_->note_use(id, "sts", "us-east-1");
  restart();
  EXPECT_EQ(identities_->key(id)->last_use.service, "sts");
  EXPECT_EQ(identities_->key(id)->last_use.time_ms, clock_.now_ms());
}

TEST_F(IdentitiesTest, PoliciesOfAUser) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const auto managed = identities_->create_policy("read", "/team/", "may read", policy_for("s3:GetObject"));
  ASSERT_TRUE(managed);
  EXPECT_EQ(managed->arn(), "arn:aws:iam::000000000000:policy/team/read");
  EXPECT_EQ(identities_->create_policy("READ", "/", "", policy_for("*")).error().code, Code::kAlreadyExists);
  ASSERT_TRUE(identities_->put_user_policy("ann", "own", policy_for("s3:PutObject")));
  ASSERT_TRUE(identities_->attach("ann", managed->arn()));
  ASSERT_TRUE(identities_->attach("ann", managed->arn()));
  EXPECT_EQ(identities_->attach("ann", aws::iam_arn("policy/read")).error().code, Code::kNotFound) << "another path";
  restart();
  EXPECT_THAT(actions("ann"), ElementsAre("s3:PutObject", "s3:GetObject"));
  EXPECT_EQ(identities_->attachments(managed->arn()), 1U);
  EXPECT_EQ(identities_->policy(managed->arn())->description, "may read");
  EXPECT_EQ(identities_->delete_policy(managed->arn()).error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(identities_->put_user_policy("ann", "own", policy_for("s3:ListBucket")));
  EXPECT_THAT(actions("ann"), ElementsAre("s3:ListBucket", "s3:GetObject"));
  ASSERT_TRUE(identities_->detach("ann", managed->arn()));
  EXPECT_EQ(identities_->detach("ann", managed->arn()).error().code, Code::kNotFound);
  ASSERT_TRUE(identities_->delete_policy(managed->arn()));
  ASSERT_TRUE(identities_->delete_user_policy("ann", "own"));
  EXPECT_EQ(identities_->delete_user_policy("ann", "own").error().code, Code::kNotFound);
  EXPECT_TRUE(actions("ann").empty());
}

TEST_F(IdentitiesTest, AManagedPolicysDocumentIsReplaced) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const std::string arn = identities_->create_policy("read", "/team/", "may read", policy_for("s3:GetObject"))->arn();
  ASSERT_TRUE(identities_->attach("ann", arn));
  EXPECT_EQ(identities_->policy_named("read")->version_id(), "v1");
  clock_.advance_ms(5);
  const auto changed = identities_->set_policy_document(arn, policy_for("s3:ListBucket"));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->version_id(), "v2");
  EXPECT_THAT(actions("ann"), ElementsAre("s3:ListBucket"));
  EXPECT_EQ(identities_->set_policy_document(arn, policy_for("s3:" + std::string(6144, 'a'))).error().code, Code::kTooLarge);
  EXPECT_EQ(identities_->set_policy_document(aws::iam_arn("policy/read"), policy_for("*")).error().code, Code::kNotFound) << "another path";
  EXPECT_EQ(identities_->policy_named("other").error().code, Code::kNotFound);
  restart();
  EXPECT_THAT(actions("ann"), ElementsAre("s3:ListBucket"));
  const auto kept = identities_->policy_named("read");
  EXPECT_EQ(kept->version, 2);
  EXPECT_EQ(kept->updated_ms, kept->created_ms + 5);
  EXPECT_EQ(kept->description, "may read");
}

TEST_F(IdentitiesTest, SizesAndNumbersAreLimited) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  auto of_size = [](std::size_t size) { return policy_for("s3:" + std::string(size, 'a')); };
  EXPECT_TRUE(identities_->put_user_policy("ann", "a", of_size(1000)));
  EXPECT_EQ(identities_->put_user_policy("ann", "b", of_size(1000)).error().code, Code::kTooLarge);
  EXPECT_TRUE(identities_->put_user_policy("ann", "a", of_size(1900)));
  EXPECT_EQ(identities_->create_policy("big", "/", "", of_size(6144)).error().code, Code::kTooLarge);
  for (int i = 0; i < 11; ++i) {
    const auto policy = identities_->create_policy("p" + std::to_string(i), "/", "", policy_for("s3:Get*"));
    ASSERT_TRUE(policy);
    EXPECT_EQ(identities_->attach("ann", policy->arn()).has_value(), i < 10);
  }
}

TEST_F(IdentitiesTest, AUserThatHasThingsIsNotDeleted) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  const std::string id = identities_->create_key("ann")->key.id;
  ASSERT_TRUE(identities_->put_user_policy("ann", "own", policy_for("*")));
  const std::string arn = identities_->create_policy("p", "/", "", policy_for("*"))->arn();
  ASSERT_TRUE(identities_->attach("ann", arn));
  EXPECT_THAT(identities_->delete_user("ann").error().message, HasSubstr("detach all policies"));
  ASSERT_TRUE(identities_->detach("ann", arn));
  EXPECT_THAT(identities_->delete_user("ann").error().message, HasSubstr("delete policies"));
  ASSERT_TRUE(identities_->delete_user_policy("ann", "own"));
  EXPECT_THAT(identities_->delete_user("ann").error().message, HasSubstr("delete access keys"));
  ASSERT_TRUE(identities_->delete_key("ann", id));
  const Principal before = identities_->user("ann")->principal();
  ASSERT_TRUE(identities_->delete_user("ann"));
  // One who is called the same later is another.
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  ASSERT_TRUE(identities_->put_user_policy("ann", "own", policy_for("*")));
  EXPECT_TRUE(identities_->policies_of(before).empty());
}

TEST_F(IdentitiesTest, RenamingTakesKeysAndPoliciesAlong) {
  ASSERT_TRUE(identities_->create_user("ann", "/"));
  ASSERT_TRUE(identities_->create_user("bob", "/"));
  const auto key = identities_->create_key("ann");
  ASSERT_TRUE(identities_->put_user_policy("ann", "own", policy_for("s3:Get*")));
  EXPECT_EQ(identities_->update_user("ann", "Bob", std::nullopt).error().code, Code::kAlreadyExists);
  ASSERT_TRUE(identities_->update_user("ann", "Anne", "/new/"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(identities_->user("ann"));
    EXPECT_EQ(identities_->credential(key->key.id)->principal.arn, "arn:aws:iam::000000000000:user/new/Anne");
    EXPECT_THAT(actions("Anne"), ElementsAre("s3:Get*"));
    restart();
  }
}

}  // namespace
}  // namespace eyrie::iam
