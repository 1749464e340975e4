// `eyrie backup` and `eyrie restore`.
#include "store/backup/backup.h"

#include <iostream>

#include "app/commands.h"
#include "base/log.h"

namespace eyrie::app {
namespace {

}  // namespace

int back_up(const BackupArguments& arguments) {
  set_log_level(LogLevel::kError);
  Config config;
  if (!arguments.config_file.empty()) {
    auto loaded = load_config(arguments.config_file);
    if (!loaded) return complain(loaded.error());
    config = *std::move(loaded);
  }
  if (!arguments.cold.empty()) config.cold_path = arguments.cold;
  const auto made = store::make_backup({.directory = arguments.data,
                                        .cold = config.cold_path,
                                        .target = arguments.target,
                                        .files = {"root-key.json", "celebrities.gallery", "tls-ca.pem", "tls-cert.pem", "tls-key.pem"},
                                        .folders = {"functions/code", "audit"}});
  if (!made) return complain(made.error());
  std::cout << arguments.target << " holds " << made->files << " files of " << made->bytes << " bytes, master.key among them.\n";
  if (made->missing.empty()) return 0;
  for (const std::string& file : made->missing) std::cerr << "eyrie: missing in the data directory, and so in the backup: " << file << "\n";
  std::cerr << "eyrie: " << made->missing.size() << " files are missing; look what `eyrie fsck` finds\n";
  return 1;
}

int restore(const RestoreArguments& arguments) {
  set_log_level(LogLevel::kError);
  if (!arguments.check_only) {
    const auto restored = store::restore_backup(arguments.backup, arguments.data);
    if (!restored) return complain(restored.error());
    std::cout << arguments.data << " has " << restored->files << " files of " << restored->bytes << " bytes again.\n";
    return 0;
  }
  std::size_t problems = 0;
  const auto whole = store::check_backup(arguments.backup, [&problems](const std::string& problem) {
    ++problems;
    std::cerr << "eyrie: " << problem << "\n";
  });
  if (!whole) return complain(whole.error());
  std::cout << whole->files << " files of " << whole->bytes << " bytes are whole" << (problems == 0 ? ".\n" : ", " + std::to_string(problems) + " are not.\n");
  return problems == 0 ? 0 : 1;
}

}  // namespace eyrie::app
