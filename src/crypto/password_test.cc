#include "crypto/password.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

namespace eyrie::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr PasswordCost kCheap{.memory_kib = 64, .passes = 1};

TEST(PasswordTest, KeptAndMatched) {
  PasswordHasher hasher(kCheap, {});
  const auto kept = hasher.hash("a long enough password");
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_THAT(*kept, StartsWith("$argon2id$v=19$m=64,t=1,p=1$"));
  EXPECT_THAT(*kept, Not(HasSubstr("password")));
  EXPECT_TRUE(hasher.verify(*kept, "a long enough password")->matches);
  for (const char* wrong : {"", "a long enough passwor", "a long enough password ", "A long enough password"})
    EXPECT_FALSE(hasher.verify(*kept, wrong)->matches) << wrong;
  EXPECT_FALSE(hasher.verify(*kept, std::string_view("a long enough password\0", 23))->matches);
  EXPECT_NE(*hasher.hash("a long enough password"), *kept) << "salted";
}

// RFC 9106 has no vector without a secret and associated data; this one is of the reference implementation (test.c, argon2id, v=19).
TEST(PasswordTest, AgreesWithTheReference) {
  PasswordHasher hasher;
  const std::string kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(hasher.verify(kept, "password")->matches);
  EXPECT_FALSE(hasher.verify(kept, "Password")->matches);
}

TEST(PasswordTest, TellsWhatIsOutdated) {
  PasswordHasher before(kCheap, {}), now({.memory_kib = 128, .passes = 1}, {}), slower({.memory_kib = 64, .passes = 2}, {});
  const std::string kept = *before.hash("a long enough password");
  EXPECT_FALSE(before.verify(kept, "a long enough password")->outdated);
  EXPECT_TRUE(now.verify(kept, "a long enough password")->outdated);
  EXPECT_TRUE(slower.verify(kept, "a long enough password")->outdated);
  EXPECT_FALSE(now.verify(kept, "another")->outdated) << "what is not known cannot be hashed anew";
  EXPECT_FALSE(before.verify(*now.hash("a long enough password"), "a long enough password")->outdated);
}

TEST(PasswordTest, TheDefaultIsDearEnough) {
  const auto cost = password_cost(*PasswordHasher().hash("a long enough password"));
  ASSERT_TRUE(cost);
  EXPECT_EQ(*cost, PasswordCost());
  EXPECT_GE(cost->memory_kib, 19U << 10);
  EXPECT_GE(cost->passes, 2U);
}

TEST(PasswordTest, WhatIsNoKeptPassword) {
  PasswordHasher hasher(kCheap, {});
  const std::string kept = *hasher.hash("x");
  for (const std::string& broken :
       {std::string(), std::string("x"), "$argon2i" + kept.substr(9), kept.substr(0, kept.size() / 2), kept + "$",
        std::string("$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$"), std::string("$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$AAAA"),
        std::string("$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAA"), std::string("$argon2id$v=19$m=64,t=1,p="),
        std::string("$argon2id$v=19$m=64,t=99999999999,p=1$c29tZXNhbHQ$AAAA")})
    EXPECT_EQ(hasher.verify(broken, "x").error().code, Code::kCorrupt) << broken;
}

// More than may be at work and wait are refused; the others are all served.
TEST(PasswordTest, FewAtOnce) {
  PasswordHasher hasher({.memory_kib = 32 << 10, .passes = 4}, {.at_work = 1, .waiting = 1});
  std::atomic<int> served{0}, refused{0}, other{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const Status done = hasher.verify_nobody("x");
      ++(done ? served : done.error().code == Code::kUnavailable ? refused : other);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(served, 2);
  EXPECT_GE(refused, 1);
  EXPECT_EQ(other, 0);
  EXPECT_TRUE(hasher.verify_nobody("x")) << "turns were given back";
}

}  // namespace
}  // namespace eyrie::crypto
