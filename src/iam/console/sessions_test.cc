#include "iam/console/testing.h"

namespace eyrie::iam::console::testing {
namespace {

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute;

class SessionsTest : public ConsoleTest {
 protected:
  std::string start(const std::string& user = "ann") {
    const auto started = sessions_->start(user, 0, "192.0.2.1", "agent");
    EXPECT_TRUE(started) << started.error().message;
    return started->token;
  }
};

TEST_F(SessionsTest, KnownByTheirTokenOverARestart) {
  const std::string token = start();
  EXPECT_EQ(token.size(), 43U);
  EXPECT_NE(start(), token);
  const auto before = sessions_->find(token);
  ASSERT_TRUE(before);
  open();
  EXPECT_EQ(sessions_->find(token), before);
  EXPECT_EQ(before->user, "ann");
  EXPECT_EQ(before->address, "192.0.2.1");
  for (const std::string& other : {std::string(), token + "A", token.substr(1), before->id, token_hash(token)}) EXPECT_FALSE(sessions_->find(other)) << other;
}

TEST_F(SessionsTest, NoTokenIsOnDisk) {
  const std::string token = start();
  for (const auto& file : store::testing::files_below(directory_.path())) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    EXPECT_FALSE(text.str().contains(token)) << file;
    EXPECT_FALSE(text.str().contains(token_hash(token))) << file;
  }
}

TEST_F(SessionsTest, EndUnused) {
  const std::string token = start();
  for (int i = 0; i < 5; ++i) {
    clock_.advance_ms(11 * kHour);
    ASSERT_TRUE(sessions_->find(token)) << i;
    open();  // the use was written
  }
  clock_.advance_ms(12 * kHour);
  EXPECT_FALSE(sessions_->find(token));
  EXPECT_TRUE(sessions_->of_user("ann").empty());
  open();
  EXPECT_FALSE(sessions_->find(token));
  EXPECT_TRUE(store_->records().records("console.session")->empty()) << "swept at the start";
}

TEST_F(SessionsTest, EndInAnyCaseAfterAWeek) {
  const std::string token = start();
  for (int hours = 0; hours < 7 * 24 - 6; hours += 6) {
    clock_.advance_ms(6 * kHour);
    ASSERT_TRUE(sessions_->find(token)) << hours;
  }
  clock_.advance_ms(6 * kHour - 1);
  EXPECT_TRUE(sessions_->find(token));
  clock_.advance_ms(1);
  EXPECT_FALSE(sessions_->find(token));
}

TEST_F(SessionsTest, ListedAndEnded) {
  const std::string first = start();
  clock_.advance_ms(kMinute);
  const std::string second = start(), other = start("bob");
  const auto of_ann = sessions_->of_user("ann");
  ASSERT_EQ(of_ann.size(), 2U);
  EXPECT_EQ(of_ann[0], sessions_->find(second));
  ASSERT_TRUE(sessions_->end(of_ann[0].id));
  ASSERT_TRUE(sessions_->end("none"));
  EXPECT_FALSE(sessions_->find(second));
  EXPECT_TRUE(sessions_->find(first));
  const std::string third = start();
  ASSERT_TRUE(sessions_->end_of_user("ann", of_ann[1].id));
  open();
  EXPECT_TRUE(sessions_->find(first));
  EXPECT_FALSE(sessions_->find(third));
  ASSERT_TRUE(sessions_->end_of_user("ann"));
  EXPECT_FALSE(sessions_->find(first));
  EXPECT_TRUE(sessions_->find(other));
}

TEST_F(SessionsTest, TheOldestGivesWay) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) {
    tokens.push_back(start());
    clock_.advance_ms(1);
  }
  const std::string other = start("bob");
  ASSERT_TRUE(sessions_->find(tokens[0])) << "and is now the last used";
  tokens.push_back(start());
  EXPECT_TRUE(sessions_->find(tokens[0]));
  EXPECT_FALSE(sessions_->find(tokens[1]));
  EXPECT_TRUE(sessions_->find(tokens[2]));
  EXPECT_TRUE(sessions_->find(other));
  EXPECT_EQ(sessions_->of_user("ann").size(), 20U);
}

TEST_F(SessionsTest, WhatAClientSaysOfItselfIsBounded) {
  const auto started = sessions_->start("ann", 0, "::1", std::string(10'000, '\xFF') + "\n");
  ASSERT_TRUE(started);
  EXPECT_EQ(started->session.agent, std::string(256, '?'));
  open();
  EXPECT_TRUE(sessions_->find(started->token));
}

TEST_F(SessionsTest, CsrfTokensBelongToTheirSession) {
  const std::string one = start(), other = start();
  EXPECT_EQ(csrf_token(one), csrf_token(one));
  EXPECT_NE(csrf_token(one), csrf_token(other));
  EXPECT_EQ(csrf_token(one).size(), 43U);
}

TEST_F(SessionsTest, TheLinkIsGoodOnceAndInTime) {
  EXPECT_FALSE(link_->redeem(""));
  std::string token = link_->issue();
  EXPECT_FALSE(link_->redeem(token + "x"));
  EXPECT_TRUE(link_->redeem(token));
  EXPECT_FALSE(link_->redeem(token));
  token = link_->issue();
  clock_.advance_ms(15 * kMinute);
  EXPECT_FALSE(link_->redeem(token));
  const std::string before = link_->issue();
  token = link_->issue();
  EXPECT_FALSE(link_->redeem(before)) << "a newer one was issued";
  clock_.advance_ms(15 * kMinute - 1);
  EXPECT_TRUE(link_->redeem(token));
}

}  // namespace
}  // namespace eyrie::iam::console::testing
