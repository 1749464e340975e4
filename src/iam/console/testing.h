// For tests: all that signing in needs, over a real store, with passwords that are cheap to check.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "base/log.h"
#include "iam/console/sign_in.h"
#include "store/testing.h"

namespace eyrie::iam::console::testing {

inline constexpr const char* kPassword = "a long enough password";

class ConsoleTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    set_log_level(LogLevel::kError);
    open();
  }
  // What a start does.
  void open() {
    sign_in_.reset();
    access_.reset();
    reopen();
    users_ = *ConsoleUsers::open(store_->records(), clock_);
    sessions_ = *Sessions::open(store_->records(), clock_);
    identities_ = *Identities::open(store_->records(), clock_);
    denied_ = *AuditLog::open(audit_file("denied"), {}, clock_);
    unknown_ = *AuditLog::open(audit_file("unknown"), {}, clock_);
    done_ = *AuditLog::open(audit_file("console"), {}, clock_);
    throttle_.emplace(clock_);
    link_.emplace(clock_);
    access_.emplace(AccessControl::Parts{.identities = *identities_, .objects = objects(), .denied = *denied_, .unknown = *unknown_});
    sign_in_.emplace(SignIn::Parts{.users = *users_,
                                   .sessions = *sessions_,
                                   .hasher = hasher_,
                                   .throttle = *throttle_,
                                   .link = *link_,
                                   .access = *access_,
                                   .done = *done_});
  }
  std::filesystem::path audit_file(const std::string& name) const { return audit_directory_.path() / (name + ".jsonl"); }
  std::string audit(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(audit_file(name)).rdbuf();
    return text.str();
  }
  ConsoleUser add(const std::string& name, Role role = Role::kAnalyst, const std::string& password = kPassword) {
    const auto user = users_->create({.name = name, .email = name + "@example.com", .phone = "", .password = *hasher_.hash(password), .role = role});
    EXPECT_TRUE(user) << user.error().message;
    return user.value_or(ConsoleUser());
  }

  const From from_{.address = "192.0.2.7", .agent = "test", .request_id = "r1"};
  const TemporaryDirectory audit_directory_;
  crypto::PasswordHasher hasher_{{.memory_kib = 64, .passes = 1}, {}};
  std::unique_ptr<ConsoleUsers> users_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Identities> identities_;
  std::unique_ptr<AuditLog> denied_, unknown_, done_;
  std::optional<Throttle> throttle_;
  std::optional<OneTimeToken> link_;
  std::optional<AccessControl> access_;
  std::optional<SignIn> sign_in_;
};

}  // namespace eyrie::iam::console::testing
