#include "functions/registry/code_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/sealed_message.h"
#include "functions/registry/code_package.h"
#include "store/backup/hold.h"
#include "store/objects/chunk_file.h"

namespace eyrie::functions {
namespace {

std::string place_of(const std::string& file) { return "eyrie function code " + file; }

Result<crypto::SecretKey> key_of(const CodeFile& code) {
  auto bytes = base64_decode(code.key);
  auto key = bytes ? crypto::SecretKey::take(*bytes) : std::nullopt;
  if (!key) return fail(Code::kCorrupt, "the key of a function's code is damaged");
  return *key;
}

Status write_synced(const std::filesystem::path& path, ByteView bytes) {
  const store::File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd() < 0) return fail(system_error("cannot make a file of code", errno));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write a file of code", errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(file.fd()) != 0) return fail(system_error("cannot sync a file of code", errno));
  return {};
}

}  // namespace

Status CodeStore::prepare() const {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return fail(Code::kIo, "cannot make " + directory_.string() + ": " + error.message());
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  EYRIE_CHECK_OK(store::sync_directory(directory_.parent_path()));
  return store::sync_directory(directory_.parent_path().parent_path());
}

Result<CodeFile> CodeStore::put(ByteView zip) const {
  CodeFile code{.file = uuid_v4(), .sha256 = base64_encode(crypto::sha256(zip)), .size = zip.size()};
  const crypto::SecretKey key = crypto::SecretKey::random();
  code.key = base64_encode(key.view());
  crypto::Aes256Gcm cipher(key);
  const Bytes sealed = crypto::seal_message(cipher, as_bytes(place_of(code.file)), zip);
  const auto path = directory_ / code.file;
  Status written = write_synced(path, sealed);
  if (written) written = store::sync_directory(directory_);
  if (!written) {
    ::unlink(path.c_str());
    return fail(written.error());
  }
  return code;
}

Result<Bytes> CodeStore::read(const CodeFile& code) const {
  std::ifstream file(directory_ / code.file, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "the code of a function is missing: " + code.file);
  const Bytes sealed{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EYRIE_TRY(const crypto::SecretKey key, key_of(code));
  crypto::Aes256Gcm cipher(key);
  Bytes zip;
  if (!crypto::open_message(cipher, as_bytes(place_of(code.file)), sealed, zip))
    return fail(Code::kCorrupt, "the code of a function is damaged: " + code.file);
  return zip;
}

// What a backup holds stays for the sweep at the next start. The archives lie in functions/code/ of the data directory.
void CodeStore::remove(const std::string& file) const {
  if (store::files_are_held(directory_.parent_path().parent_path())) return;
  if (is_uuid(file) && ::unlink((directory_ / file).c_str()) != 0 && errno != ENOENT)
    log_warning("cannot remove a function's code", {{"file", file}});
}

void CodeStore::sweep(const std::set<std::string>& named) const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename().string();
    if (!named.contains(name)) remove(name);
  }
}

Result<std::filesystem::path> CodeStore::unpacked(const CodeFile& code, const std::filesystem::path& cache) {
  const auto folder = cache / code.file;
  const std::lock_guard lock(unpacking_);
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return folder;
  EYRIE_TRY(const Bytes zip, read(code));
  EYRIE_CHECK_OK(unpack(zip, folder));
  return folder;
}

}  // namespace eyrie::functions
