// What lies in the data directory besides the store's own files: the root access key and the running server's address.
//
//   root-key.json   {"AccessKeyId": ..., "SecretAccessKey": ..., "SHA256": of both, a line feed between, "Created": TIME}, mode 0600, made on
//                   first start
//   server.json     {"endpoint": ..., "ca": FILE, "pid": ..., "models": {id: state}}, while a server runs; "ca" with an own certificate
//   tls-*.pem       see tls_setup.h
//
// All are replaced whole (written aside, synced, renamed). Thread safety: none needed; callers are one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace eyrie::app {

// $XDG_DATA_HOME/eyrie, else ~/.local/share/eyrie.
std::filesystem::path default_data_directory();

struct RootKey {
  std::string access_key;
  std::string secret_key;
  std::int64_t created_ms = 0;  // 0: it is not told, as by older files
};

// Reads the key, or makes one where there is none. kPermissionDenied where others may read the file, kCorrupt where it is damaged.
Result<RootKey> load_or_make_root_key(const std::filesystem::path& directory);
Result<RootKey> load_root_key(const std::filesystem::path& directory);

// A small file, whole.
Result<std::string> read_file(const std::filesystem::path& path);
// Mode 0600; the file is the old or the new one, whole, whatever happens meanwhile.
Status replace_file(const std::filesystem::path& path, std::string_view text);

struct RunningServer {
  std::string endpoint;
  std::string authority_file;  // what its clients must trust; empty where that is nothing of ours
  std::int64_t pid = 0;
  json::object models;  // id -> "loaded", "installed"
};
Status write_running_server(const std::filesystem::path& directory, const RunningServer& server);
// nullopt where none runs: no file, or its process is gone.
std::optional<RunningServer> running_server(const std::filesystem::path& directory);
void remove_running_server(const std::filesystem::path& directory);

}  // namespace eyrie::app
