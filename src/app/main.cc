// `eyrie`: the command line. What each subcommand does is in commands.h.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands.h"
#include "app/data_directory.h"
#include "app/master_key.h"
#include "base/heap.h"

namespace eyrie::app {
namespace {

// The gallery that RecognizeCelebrities looks in.
struct CelebritiesCommands {
  CelebritiesCommands(CLI::App& cli, const std::string& default_data) {
    arguments.data = default_data;
    all = cli.add_subcommand("celebrities", "The people whose faces are known by name");
    all->require_subcommand(1);
    all->add_option("--data", arguments.data, "Data directory")->capture_default_str();
    import = all->add_subcommand("import", "Add people from pictures of their faces");
    import->add_option("source", arguments.source,
                       "Folder of pictures named for the people, or CSV file: name,id,urls,gender,portrait")->required();
    import->add_flag("--replace", arguments.replace, "Forget who was known before");
    import->add_option("--set", arguments.model_set, "Models: default, small or quality")
        ->check(CLI::IsMember({"default", "small", "quality"}))
        ->capture_default_str();
    list = all->add_subcommand("list", "List the people known");
    list->add_flag("--json", arguments.json, "JSON for machines");
    remove = all->add_subcommand("remove", "Forget people");
    remove->add_option("ids", arguments.ids, "Their ids")->required();
    clear = all->add_subcommand("clear", "Forget everybody");
  }

  int run() const {
    if (import->parsed()) return import_celebrities(arguments);
    if (list->parsed()) return list_celebrities(arguments);
    return remove_celebrities(arguments);
  }

  CelebritiesArguments arguments;
  CLI::App *all, *import, *list, *remove, *clear;
};

// The users of the console.
struct UsersCommands {
  UsersCommands(CLI::App& cli, const std::string& default_data) {
    arguments.data = default_data;
    all = cli.add_subcommand("users", "The users of the console; only while no server runs on the data directory");
    all->require_subcommand(1);
    all->add_option("--data", arguments.data, "Data directory")->capture_default_str();
    all->add_option("--config", arguments.config_file, "TOML file of settings, as the server has it");
    all->add_option("--cold", arguments.cold, "Folder for archived objects, as the server has it");
    add = all->add_subcommand("add", "Add a user; the password is read from standard input");
    add->add_option("name", arguments.name, "Name to sign in with")->required();
    add->add_option("--role", arguments.role, "admin, analyst or uploader")->required()->check(CLI::IsMember({"admin", "analyst", "uploader"}));
    add->add_option("--email", arguments.email, "Email address");
    add->add_option("--phone", arguments.phone, "Phone number");
    list = all->add_subcommand("list", "List the users");
    list->add_flag("--json", arguments.json, "One JSON object a line");
    remove = all->add_subcommand("remove", "Remove a user");
    remove->add_option("name", arguments.name, "The user's name")->required();
    password = all->add_subcommand("password", "Set a user's password, read from standard input, and enable the user");
    password->add_option("name", arguments.name, "The user's name")->required();
  }

  int run() const {
    return change_users(add->parsed()      ? UsersCommand::kAdd
                        : list->parsed()   ? UsersCommand::kList
                        : remove->parsed() ? UsersCommand::kRemove
                                           : UsersCommand::kPassword,
                        arguments);
  }

  UsersArguments arguments;
  CLI::App *all, *add, *list, *remove, *password;
};

// The master key.
struct KeysCommands {
  KeysCommands(CLI::App& cli, const std::string& default_data) {
    arguments.data = default_data;
    all = cli.add_subcommand("keys", "The master key; only while no server runs on the data directory");
    all->require_subcommand(1);
    all->add_option("--data", arguments.data, "Data directory")->capture_default_str();
    all->add_option("--config", arguments.config_file, "TOML file of settings, as the server has it");
    all->add_option("--cold", arguments.cold, "Folder for archived objects, as the server has it");
    status = all->add_subcommand("status", "Say what master.key is sealed by");
    rotate = all->add_subcommand("rotate", "Make a new master key and wrap every data key under it; the old one is forgotten");
    rotate->add_option("--to", arguments.to, "Seal master.key by this from now on (default: as it is): file, environment or kms")
        ->check(CLI::IsMember({"file", "environment", "kms"}));
  }

  int run() const { return change_keys(rotate->parsed() ? KeysCommand::kRotate : KeysCommand::kStatus, arguments); }

  KeysArguments arguments;
  CLI::App *all, *status, *rotate;
};

// Looking for damage.
struct FsckCommand {
  FsckCommand(CLI::App& cli, const std::string& default_data) {
    arguments.data = default_data;
    command = cli.add_subcommand("fsck", "Look the data directory over for damage; only while no server runs on it");
    command->add_option("--data", arguments.data, "Data directory")->capture_default_str();
    command->add_option("--config", arguments.config_file, "TOML file of settings, as the server has it");
    command->add_option("--cold", arguments.cold, "Folder for archived objects, as the server has it");
    command->add_flag("--json", arguments.json, "One JSON object for machines");
  }

  FsckArguments arguments;
  CLI::App* command;
};

// A backup, and what becomes of it.
struct BackupCommands {
  BackupCommands(CLI::App& cli, const std::string& default_data) {
    backup_arguments.data = default_data;
    backup = cli.add_subcommand("backup", "Copy the data directory as it is at one moment, while a server runs on it or none");
    backup->add_option("--data", backup_arguments.data, "Data directory")->capture_default_str();
    backup->add_option("--config", backup_arguments.config_file, "TOML file of settings, as the server has it");
    backup->add_option("--cold", backup_arguments.cold, "Folder for archived objects, as the server has it");
    backup->add_option("--to", backup_arguments.target, "Folder to make; it must not be there")->required();
    restore_command = cli.add_subcommand("restore", "Make a data directory out of a backup");
    restore_command->add_option("--from", restore_arguments.backup, "The backup's folder")->required();
    auto* data = restore_command->add_option("--data", restore_arguments.data, "Data directory to make: an empty folder, or none yet");
    auto* check = restore_command->add_flag("--check", restore_arguments.check_only, "Only say whether the backup is whole");
    data->excludes(check);
    restore_command->callback([this] {
      if (restore_arguments.data.empty() && !restore_arguments.check_only) throw CLI::RequiredError("--data or --check");
    });
  }

  BackupArguments backup_arguments;
  RestoreArguments restore_arguments;
  CLI::App *backup, *restore_command;
};

int run(int argc, char** argv) {
  CLI::App cli{"Eyrie: image recognition behind the AWS APIs, on this machine"};
  cli.require_subcommand(1);
  cli.set_version_flag("--version", std::string("eyrie ") + EYRIE_VERSION);

  const std::string default_data = default_data_directory().string();
  ServeArguments serving;
  serving.data = default_data;
  auto* serve_command = cli.add_subcommand("serve", "Serve S3, Rekognition and DynamoDB, and analyze what is uploaded");
  serve_command->add_option("--data", serving.data, "Data directory")->capture_default_str();
  serve_command->add_option("--listen", serving.listen, "HOST:PORT; port 0 picks one (default 127.0.0.1:4566)");
  serve_command->add_option("--cold", serving.cold, "Folder for archived objects (default: cold in the data directory)");
  auto* certificate = serve_command->add_option("--tls-cert", serving.tls_certificate, "Serve TLS with this certificate (PEM, with its chain)");
  auto* key = serve_command->add_option("--tls-key", serving.tls_key, "Its private key (PEM)");
  certificate->needs(key);
  key->needs(certificate);
  serve_command->add_option_function<std::string>("--tls", [&serving](const std::string&) { serving.tls_self_signed = true; },
                                                  "self-signed: serve TLS with a certificate of its own")
      ->check(CLI::IsMember({"self-signed"}))
      ->excludes(certificate);
  serve_command->add_option("--config", serving.config_file, "TOML file of settings");
  serve_command->add_option("--log", serving.log, "Log file, or - for standard error (default: eyrie.log in the data directory)");

  AnalyzeArguments analyzing;
  auto* analyze_command = cli.add_subcommand("analyze", "Say what pictures hold, without a server");
  analyze_command->add_option("files", analyzing.files, "JPEG, PNG or WebP files")->required();
  analyze_command->add_flag("--json", analyzing.json, "One JSON object a line, in Rekognition's shapes");
  analyze_command->add_option("--min-confidence", analyzing.min_confidence, "Leave out labels below this")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  analyze_command->add_option("--jobs", analyzing.jobs, "Pictures at once (default: one a core)")
      ->check(CLI::Range(1U, 256U));
  analyze_command->add_option("--set", analyzing.model_set, "Models: default, small or quality")
      ->check(CLI::IsMember({"default", "small", "quality"}))
      ->capture_default_str();

  std::string environment_data = default_data;
  auto* env_command = cli.add_subcommand("env", "Print shell exports for AWS clients: eval \"$(eyrie env)\"");
  env_command->add_option("--data", environment_data, "Data directory of the running server")->capture_default_str();

  ModelsArguments listing;
  listing.data = default_data;
  auto* models_command = cli.add_subcommand("models", "List the installed models, their licences and state");
  models_command->add_option("--data", listing.data, "Data directory of the running server")->capture_default_str();
  models_command->add_flag("--json", listing.json, "JSON for machines");

  const CelebritiesCommands celebrities(cli, default_data);
  const UsersCommands users(cli, default_data);
  const KeysCommands keys(cli, default_data);
  const FsckCommand fsck(cli, default_data);
  const BackupCommands backups(cli, default_data);

  auto* version_command = cli.add_subcommand("version", "Print the version");

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? 0 : 2;
  }
  if (serve_command->parsed()) return serve(serving);
  if (analyze_command->parsed()) return analyze(analyzing);
  if (env_command->parsed()) return print_environment(environment_data);
  if (models_command->parsed()) return list_models(listing);
  if (celebrities.all->parsed()) return celebrities.run();
  if (users.all->parsed()) return users.run();
  if (keys.all->parsed()) return keys.run();
  if (fsck.command->parsed()) return check_data(fsck.arguments);
  if (backups.backup->parsed()) return back_up(backups.backup_arguments);
  if (backups.restore_command->parsed()) return restore(backups.restore_arguments);
  if (version_command->parsed()) std::cout << "eyrie " << EYRIE_VERSION << "\n";
  return 0;
}

}  // namespace
}  // namespace eyrie::app

int main(int argc, char** argv) {
  eyrie::app::take_secrets_from_environment();
  eyrie::keep_freed_memory();
  return eyrie::app::run(argc, argv);
}
