// The console's users, sessions and API as `eyrie serve` puts them together. Thread safety: start to stop on one thread; what it adds to the
// gateway is thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "api/gateway.h"
#include "iam/console/sign_in.h"
#include "notify/rules/alert_rules.h"
#include "store/record_store.h"

namespace eyrie::app {

// Where the audit log says what was done in the console, and with `eyrie users`.
std::filesystem::path console_audit_file(const std::filesystem::path& data);

class Console {
 public:
  // All must outlive it.
  static Result<std::unique_ptr<Console>> open(const std::filesystem::path& data, store::RecordStore& records, const iam::AccessControl& access);

  void add_to(api::Gateway& gateway, net::MemoryBudget& budget, notify::rules::AlertRules* alerts);
  // What opens the console once, for 15 minutes, to whoever has it.
  std::string link(const std::string& endpoint) { return endpoint + "/_console/#/sign-in?token=" + token_.issue(); }

 private:
  explicit Console(const iam::AccessControl& access) : access_(access) {}

  const iam::AccessControl& access_;
  std::unique_ptr<iam::console::ConsoleUsers> users_;
  std::unique_ptr<iam::console::Sessions> sessions_;
  std::unique_ptr<iam::AuditLog> done_;
  crypto::PasswordHasher hasher_;
  iam::console::Throttle throttle_;
  iam::console::OneTimeToken token_;
  std::unique_ptr<iam::console::SignIn> sign_in_;
};

}  // namespace eyrie::app
