#include "iam/console/password_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace eyrie::iam::console {
namespace {

bool taken(std::string_view password) {
  return check_password(password, "margarethe-m", "mm@example.com").has_value();
}

TEST(PasswordRulesTest, LengthIsInCharacters) {
  EXPECT_FALSE(taken(""));
  EXPECT_FALSE(taken("elevenchars"));
  EXPECT_TRUE(taken("twelve chars"));
  EXPECT_FALSE(taken("größe über"));
  EXPECT_TRUE(taken("größe über al"));
  EXPECT_TRUE(taken("  spaces at both ends  "));
  std::string longest;
  for (std::size_t i = 0; i < kMaxPassword; ++i) longest += i % 3 == 0 ? "ü" : i % 7 == 0 ? "x" : "y";
  EXPECT_TRUE(taken(longest));
  EXPECT_FALSE(taken(longest + "z"));
  EXPECT_FALSE(taken("not UTF-8 \xff\xfe\xfd"));
}

TEST(PasswordRulesTest, NothingIsDemandedOfWhatItIsMadeOf) {
  for (const char* password : {"only lower case here", "72914683025817", "ONLYUPPERCASEHERE", "äöüßäöüßÄÖÜß"}) EXPECT_TRUE(taken(password)) << password;
}

TEST(PasswordRulesTest, WhatIsGuessedFirst) {
  for (const char* password :
       {"margarethe-m", "Margarethe-M", "MM@example.com", "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "987654321098", "abcdefghijkl",
        "Password-1234", "password1234", "CorrectHorseBatteryStaple", "eyrie-eyrie-eyrie"})
    EXPECT_FALSE(taken(password)) << password;
  EXPECT_TRUE(taken("margarethe-m and more"));
}

}  // namespace
}  // namespace eyrie::iam::console
