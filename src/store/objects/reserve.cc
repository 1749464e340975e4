#include "store/objects/reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/objects/chunk_file.h"

namespace eyrie::store {
namespace {

constexpr off_t kReserveBytes = 1 << 20;

}  // namespace

void Reserve::release() {
  const std::lock_guard lock(mutex_);
  ::unlink(file_.c_str());
}

void Reserve::restore() {
  const std::lock_guard lock(mutex_);
  const File file(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.fd() < 0) return;
  if (::posix_fallocate(file.fd(), 0, kReserveBytes) != 0) ::unlink(file_.c_str());
}

}  // namespace eyrie::store
