#include "store/backup/copy_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/bytes.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/objects/chunk_file.h"
#include "store/objects/object_files.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kCopiedAtOnce = 1U << 20;

// Reads `from` to its end; what is read goes to `to` too, unless that is negative.
Result<FileDigest> read_through(const std::filesystem::path& from, int to) {
  const File in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.fd() < 0) return fail(system_error("cannot open " + from.string(), errno));
  ::posix_fadvise(in.fd(), 0, 0, POSIX_FADV_SEQUENTIAL);
  crypto::Sha256 digest;
  FileDigest result;
  Bytes buffer(kCopiedAtOnce);
  while (true) {
    const ssize_t got = ::read(in.fd(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error("cannot read " + from.string(), errno));
    if (got == 0) break;
    const ByteView piece = ByteView(buffer).first(static_cast<std::size_t>(got));
    digest.update(piece);
    result.size += piece.size();
    if (to >= 0) EYRIE_CHECK_OK(write_fully(to, piece));
  }
  result.sha256 = hex_encode(digest.finish());
  return result;
}

}  // namespace

Result<FileDigest> digest_of(const std::filesystem::path& file) { return read_through(file, -1); }

Result<FileDigest> copy_to_new(const std::filesystem::path& from, const std::filesystem::path& to) {
  const File out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.fd() < 0) {
    Error error = system_error("cannot make " + to.string(), errno);
    if (error.code == Code::kNotFound) error.code = Code::kIo;
    return fail(std::move(error));
  }
  return read_through(from, out.fd());
}

Result<FileDigest> link_or_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return digest_of(to);
  if (errno == ENOENT) return fail(Code::kNotFound, "there is no " + from.string());
  return copy_to_new(from, to);
}

Status sync_file_system(const std::filesystem::path& directory) {
  const File file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd() < 0 || ::syncfs(file.fd()) != 0) return fail(system_error("cannot sync " + directory.string(), errno));
  return {};
}

}  // namespace eyrie::store
