// `eyrie keys`: what seals the master key, and a new one.
#include <filesystem>
#include <iostream>

#include "app/commands.h"
#include "app/data_directory.h"
#include "app/master_key.h"
#include "base/log.h"
#include "store/layout.h"
#include "store/rotation/rotation.h"

namespace eyrie::app {
namespace {

Result<Config> settings(const KeysArguments& arguments) {
  Config config;
  if (!arguments.config_file.empty()) {
    EYRIE_TRY(config, load_config(arguments.config_file));
  }
  if (!arguments.cold.empty()) config.cold_path = arguments.cold;
  return config;
}

Status run(KeysCommand command, const KeysArguments& arguments) {
  EYRIE_TRY(const Config config, settings(arguments));
  EYRIE_CHECK_OK(open_log("-", LogLevel::kWarning));
  const MasterKeySources sources(config);
  EYRIE_TRY(const auto keys, sources.for_rotating());
  const auto file = std::filesystem::path(arguments.data) / store::kMasterKeyFile;
  auto ring = crypto::KeyRing::load(file, keys.sources);
  if (!ring) return fail(ring.error());
  if (command == KeysCommand::kStatus) {
    std::cout << file.string() << ": sealed by " << (ring->sealed_by() == crypto::KeyRing::kInClear ? "nothing (file)" : ring->sealed_by()) << ", "
              << ring->size() << (ring->size() == 1 ? " key\n" : " keys: a rotation was cut off; rotate again\n");
    return {};
  }
  const std::string to = arguments.to.empty() ? ring->sealed_by() : arguments.to;
  EYRIE_TRY(const crypto::KeySource* const seal, sources.target(to));
  const auto counts = store::rotate_master_key({.directory = arguments.data, .cold = config.cold_path, .keys = keys}, seal);
  if (!counts && running_server(arguments.data)) {
    return fail(Code::kUnavailable, "a server runs on " + arguments.data + ": stop it first (" + counts.error().message + ")");
  }
  if (!counts) return fail(counts.error());
  std::cout << "The master key is a new one, and the old one is forgotten. Wrapped anew: the keys of " << counts->files << " objects' files and "
            << counts->rows << " in the database.\n"
            << file.string() << " is " << (seal == nullptr ? "in clear" : "sealed by " + to) << ". Back it up anew.\n";
  if (counts->unreadable > 0) std::cout << counts->unreadable << " files could not be read before and were left as they are.\n";
  return {};
}

}  // namespace

int change_keys(KeysCommand command, const KeysArguments& arguments) {
  const Status done = run(command, arguments);
  if (done) return 0;
  std::cerr << "eyrie: " << done.error().message << "\n";
  return 1;
}

}  // namespace eyrie::app
