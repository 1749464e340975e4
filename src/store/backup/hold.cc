#include "store/backup/hold.h"

#include <fcntl.h>

#include <cerrno>

namespace eyrie::store {
namespace {

constexpr const char* kLockFile = "backup.lock";

// Of the whole file. Open file description locks: another thread's closing of the same file does not end them.
struct flock write_lock() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<File> hold_files(const std::filesystem::path& data_directory) {
  const auto path = data_directory / kLockFile;
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd() < 0) return fail(system_error("cannot open " + path.string(), errno));
  struct flock lock = write_lock();
  if (::fcntl(file.fd(), F_OFD_SETLK, &lock) == 0) return file;
  if (errno != EAGAIN && errno != EACCES) return fail(system_error("cannot lock " + path.string(), errno));
  return fail(Code::kUnavailable, "a backup of " + data_directory.string() + ", or a rotation of its master key, is at work");
}

bool files_are_held(const std::filesystem::path& data_directory) {
  const File file(::open((data_directory / kLockFile).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return errno != ENOENT;
  struct flock lock = write_lock();
  return ::fcntl(file.fd(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

}  // namespace eyrie::store
