#include "app/console.h"

#include "api/console/console_service.h"

namespace eyrie::app {

std::filesystem::path console_audit_file(const std::filesystem::path& data) {
  return data / "audit" / "console.jsonl";
}

Result<std::unique_ptr<Console>> Console::open(const std::filesystem::path& data, store::RecordStore& records, const iam::AccessControl& access) {
  std::unique_ptr<Console> console(new Console(access));
  EYRIE_TRY(console->users_, iam::console::ConsoleUsers::open(records));
  EYRIE_TRY(console->sessions_, iam::console::Sessions::open(records));
  EYRIE_TRY(console->done_, iam::AuditLog::open(console_audit_file(data), {}));
  console->sign_in_ = std::make_unique<iam::console::SignIn>(iam::console::SignIn::Parts{.users = *console->users_,
                                                                                         .sessions = *console->sessions_,
                                                                                         .hasher = console->hasher_,
                                                                                         .throttle = console->throttle_,
                                                                                         .link = console->token_,
                                                                                         .access = access,
                                                                                         .done = *console->done_});
  return console;
}

void Console::add_to(api::Gateway& gateway, net::MemoryBudget& budget, notify::rules::AlertRules* alerts) {
  const api::console::Backend backend{
      .users = *users_, .sessions = *sessions_, .sign_in = *sign_in_, .hasher = hasher_, .access = access_, .alerts = alerts};
  gateway.add_own_service(api::console::kApiPath, std::make_unique<api::console::ConsoleService>(backend, budget));
}

}  // namespace eyrie::app
