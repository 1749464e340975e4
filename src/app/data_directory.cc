#include "app/data_directory.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/time/clock.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "iam/key_material.h"

namespace eyrie::app {
namespace {

constexpr const char* kRootKeyFile = "root-key.json";
constexpr const char* kServerFile = "server.json";

Status write_all(int fd, std::string_view text, const std::string& name) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write " + name, errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(fd) != 0) return fail(system_error("cannot sync " + name, errno));
  return {};
}

Status sync_directory(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(system_error("cannot open " + directory.string(), errno));
  const int outcome = fsync(fd);
  ::close(fd);
  if (outcome != 0) return fail(system_error("cannot sync " + directory.string(), errno));
  return {};
}

// 20 and 40 characters, as AWS's keys have; the prefix tells whose they are.
RootKey make_root_key() {
  return {.access_key = iam::make_id("EYRI", 16), .secret_key = iam::make_secret(), .created_ms = Clock::system().now_ms()};
}

// `created`: as the file tells it; empty where it does not.
std::string digest_of(std::string_view access_key, std::string_view secret_key, std::string_view created) {
  std::string text = std::string(access_key) + "\n" + std::string(secret_key);
  if (!created.empty()) text += "\n" + std::string(created);
  return hex_encode(crypto::sha256(as_bytes(text)));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(system_error("cannot read " + path.string(), errno));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Status replace_file(const std::filesystem::path& path, std::string_view text) {
  const std::string aside = path.string() + ".new";
  ::unlink(aside.c_str());  // left by a crash
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail(system_error("cannot make " + aside, errno));
  const Status written = write_all(fd, text, aside);
  ::close(fd);
  if (!written) return written;
  if (::rename(aside.c_str(), path.c_str()) != 0) return fail(system_error("cannot rename " + aside, errno));
  return sync_directory(path.parent_path());
}

std::filesystem::path default_data_directory() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return std::filesystem::path(data) / "eyrie";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "." : home) / ".local/share/eyrie";
}

Result<RootKey> load_root_key(const std::filesystem::path& directory) {
  const auto path = directory / kRootKeyFile;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(system_error("no root key at " + path.string(), errno));
  if ((status.st_mode & 077) != 0) {
    return fail(Code::kPermissionDenied, path.string() + " may be read by others; make it mode 0600");
  }
  EYRIE_TRY(const std::string text, read_file(path));
  EYRIE_TRY(const json::value value, parse_json(text));
  const json::string* access = find_string(value, "AccessKeyId");
  const json::string* secret = find_string(value, "SecretAccessKey");
  if (access == nullptr || secret == nullptr || access->empty() || secret->empty()) {
    return fail(Code::kCorrupt, path.string() + " holds no key");
  }
  const json::string* digest = find_string(value, "SHA256");  // who writes the file by hand, or has it from before, has none
  const std::string created = text_of(value.as_object(), "Created");
  if (digest != nullptr && std::string_view(*digest) != digest_of(*access, *secret, created)) return fail(Code::kCorrupt, path.string() + " is damaged");
  return RootKey{std::string(*access), std::string(*secret), created.empty() ? 0 : parse_iso8601(created).value_or(0)};
}

Result<RootKey> load_or_make_root_key(const std::filesystem::path& directory) {
  auto key = load_root_key(directory);
  if (key || key.error().code != Code::kNotFound) return key;
  const RootKey made = make_root_key();
  const std::string created = format_iso8601(made.created_ms);
  const json::object content{{"AccessKeyId", made.access_key},
                             {"SecretAccessKey", made.secret_key},
                             {"SHA256", digest_of(made.access_key, made.secret_key, created)},
                             {"Created", created}};
  EYRIE_CHECK_OK(replace_file(directory / kRootKeyFile, write_json_pretty(content)));
  return made;
}

Status write_running_server(const std::filesystem::path& directory, const RunningServer& server) {
  json::object content{{"endpoint", server.endpoint}, {"pid", server.pid}, {"models", server.models}};
  if (!server.authority_file.empty()) content["ca"] = server.authority_file;
  return replace_file(directory / kServerFile, write_json_pretty(content));
}

std::optional<RunningServer> running_server(const std::filesystem::path& directory) {
  const auto text = read_file(directory / kServerFile);
  if (!text) return std::nullopt;
  const auto value = parse_json(*text);
  if (!value) return std::nullopt;
  const json::string* endpoint = find_string(*value, "endpoint");
  const json::value* pid = find(*value, "pid");
  const json::value* models = find(*value, "models");
  if (endpoint == nullptr || pid == nullptr || !pid->is_int64()) return std::nullopt;
  RunningServer server{.endpoint = std::string(*endpoint), .authority_file = {}, .pid = pid->get_int64(), .models = {}};
  if (const json::string* authority = find_string(*value, "ca")) server.authority_file = *authority;
  if (models != nullptr && models->is_object()) server.models = models->get_object();
  // Signal 0 asks only whether the process is there; EPERM means it is, under another user.
  if (::kill(static_cast<pid_t>(server.pid), 0) != 0 && errno == ESRCH) return std::nullopt;
  return server;
}

void remove_running_server(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory / kServerFile, ignored);
}

}  // namespace eyrie::app
