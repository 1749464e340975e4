#include "store/layout.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace eyrie::store {

ObjectFolder hot_folder(const std::filesystem::path& directory) { return {directory / "objects", directory / "tmp"}; }

ObjectFolder cold_folder(const std::filesystem::path& directory, const std::filesystem::path& cold) {
  const std::filesystem::path folder = cold.empty() ? directory / "cold" : cold;
  return {folder, folder / "tmp"};
}

Result<File> lock_directory(const std::filesystem::path& directory) {
  const auto path = directory / "eyrie.lock";
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd() < 0) return fail(system_error("cannot open " + path.string(), errno));
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kUnavailable, "another process uses the data directory " + directory.string());
  }
  return file;
}

}  // namespace eyrie::store
