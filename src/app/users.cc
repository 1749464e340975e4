// `eyrie users`: the console's users, changed while no server runs on the data directory, so that nobody is ever locked out.
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "app/commands.h"
#include "app/console/console.h"
#include "app/data_directory.h"
#include "app/master_key.h"
#include "base/log.h"
#include "iam/console/password_rules.h"
#include "store/embedded.h"

namespace eyrie::app {
namespace {

using iam::console::ConsoleUser;
using iam::console::ConsoleUsers;

// What a command works on, with the directory locked.
struct Opened {
  std::unique_ptr<store::EmbeddedStore> store;
  std::unique_ptr<ConsoleUsers> users;
  std::unique_ptr<iam::AuditLog> audit;

  // Whoever can write the data directory has the root's rights.
  void note(std::string_view action, const std::string& user_id) {
    audit->add({.request_id = {},
                .source_ip = {},
                .principal = iam::Principal::root().arn,
                .access_key = {},
                .action = std::string(action),
                .resource = iam::console::user_arn(user_id),
                .reason = {}});
  }
};

Result<Opened> open_users(const UsersArguments& arguments, bool may_make) {
  const std::filesystem::path data = arguments.data;
  std::error_code unreadable;
  if (!may_make && !std::filesystem::exists(data / "eyrie.db", unreadable)) return fail(Code::kNotFound, "there is no data directory at " + arguments.data);
  Config config;
  if (!arguments.config_file.empty()) {
    EYRIE_TRY(config, load_config(arguments.config_file));
  }
  if (!arguments.cold.empty()) config.cold_path = arguments.cold;
  const MasterKeySources key_sources(config);
  EYRIE_TRY(const auto keys, key_sources.for_serving());
  Opened opened;
  auto store = store::EmbeddedStore::open({.directory = data, .cold = config.cold_path, .keys = keys});
  if (!store && running_server(data)) {
    return fail(Code::kUnavailable, "a server runs on " + arguments.data + ": change its users in the console, or stop it first");
  }
  EYRIE_TRY(opened.store, std::move(store));
  EYRIE_TRY(opened.users, ConsoleUsers::open(opened.store->records()));
  EYRIE_TRY(opened.audit, iam::AuditLog::open(console_audit_file(data), {}));
  return opened;
}

// A line from standard input; a terminal does not show it.
Result<std::string> read_line(const char* prompt) {
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  termios shown{};
  const bool hidden = terminal && ::tcgetattr(STDIN_FILENO, &shown) == 0;
  if (hidden) {
    termios silent = shown;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  if (terminal) std::cerr << prompt << std::flush;
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  if (hidden) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  if (terminal) std::cerr << "\n";
  if (!read) return fail(Code::kInvalidArgument, "a password is read from standard input, and there was none");
  return line;
}

Result<std::string> ask_password(const std::string& name, const std::string& email) {
  EYRIE_TRY(std::string password, read_line("Password: "));
  EYRIE_CHECK_OK(iam::console::check_password(password, name, email));
  if (::isatty(STDIN_FILENO) != 1) return password;
  EYRIE_TRY(const std::string again, read_line("The same once more: "));
  if (again != password) return fail(Code::kInvalidArgument, "these are two passwords; nothing is changed");
  return password;
}

Status add(const UsersArguments& arguments) {
  EYRIE_TRY(Opened opened, open_users(arguments, true));
  ConsoleUsers::NewUser wanted{.name = arguments.name,
                               .email = arguments.email,
                               .phone = arguments.phone,
                               .password = {},
                               .role = iam::console::role_of(arguments.role).value_or(iam::console::Role::kUploader)};
  EYRIE_CHECK_OK(opened.users->check(wanted));
  EYRIE_TRY(const std::string password, ask_password(wanted.name, wanted.email));
  EYRIE_TRY(wanted.password, crypto::PasswordHasher().hash(password));
  EYRIE_TRY(const ConsoleUser user, opened.users->create(wanted));
  opened.note("console:CreateUser", user.id);
  std::cout << "added " << user.name << " as " << role_name(user.role) << "\n";
  return {};
}

Status list(const UsersArguments& arguments) {
  EYRIE_TRY(const Opened opened, open_users(arguments, false));
  for (const ConsoleUser& user : opened.users->users()) {
    if (!arguments.json) {
      std::printf("%-20s %-9s %-8s %s  %s\n", user.name.c_str(), std::string(role_name(user.role)).c_str(), user.disabled ? "disabled" : "",
                  format_iso8601(user.registered_ms).c_str(), user.email.c_str());
      continue;
    }
    const json::object line{{"id", user.id},       {"name", user.name},         {"email", user.email}, {"phone", user.phone},
                            {"role", role_name(user.role)}, {"disabled", user.disabled}, {"registered", format_iso8601(user.registered_ms)}};
    std::cout << write_json(line) << "\n";
  }
  return {};
}

Status remove(const UsersArguments& arguments) {
  EYRIE_TRY(Opened opened, open_users(arguments, false));
  EYRIE_TRY(const ConsoleUser user, opened.users->named(arguments.name));
  EYRIE_CHECK_OK(opened.users->remove(user.id));
  opened.note("console:DeleteUser", user.id);
  std::cout << "removed " << user.name << "\n";
  return {};
}

// Also lets in again who was disabled: whoever is locked out gets in this way.
Status set_password(const UsersArguments& arguments) {
  EYRIE_TRY(Opened opened, open_users(arguments, false));
  EYRIE_TRY(const ConsoleUser user, opened.users->named(arguments.name));
  EYRIE_TRY(const std::string password, ask_password(user.name, user.email));
  EYRIE_TRY(const std::string kept, crypto::PasswordHasher().hash(password));
  EYRIE_TRY(const ConsoleUser changed, opened.users->set_password(user.id, kept));
  if (changed.disabled) EYRIE_CHECK_OK(opened.users->update(user.id, {.disabled = false}));
  opened.note("console:SetPassword", user.id);
  std::cout << user.name << " has a new password; sessions of before are over\n";
  return {};
}

}  // namespace

int change_users(UsersCommand command, const UsersArguments& arguments) {
  set_log_level(LogLevel::kWarning);
  const Status done = [&] {
    switch (command) {
      case UsersCommand::kAdd:
        return add(arguments);
      case UsersCommand::kList:
        return list(arguments);
      case UsersCommand::kRemove:
        return remove(arguments);
      case UsersCommand::kPassword:
        break;
    }
    return set_password(arguments);
  }();
  return done ? 0 : complain(done.error());
}

}  // namespace eyrie::app
