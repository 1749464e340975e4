#include "vision/celebrities/celebrity_book.h"

#include <sys/stat.h>

#include <cerrno>

namespace eyrie::vision {

Result<CelebrityBook::Stamp> CelebrityBook::stamp() const {
  struct stat status {};
  if (::stat(file_.c_str(), &status) == 0) {
    return Stamp{.inode = status.st_ino,
                 .bytes = static_cast<std::uint64_t>(status.st_size),
                 .seconds = status.st_mtim.tv_sec,
                 .nanoseconds = status.st_mtim.tv_nsec};
  }
  if (errno == ENOENT) return Stamp{};
  return fail(system_error("cannot look at " + file_.string(), errno));
}

Result<std::shared_ptr<const CelebrityGallery>> CelebrityBook::gallery() {
  EYRIE_TRY(const Stamp now, stamp());
  const std::lock_guard lock(mutex_);
  if (gallery_ != nullptr && now == read_) return gallery_;
  if (now == Stamp{}) {
    gallery_ = std::make_shared<const CelebrityGallery>(model_);
  } else {
    EYRIE_TRY(CelebrityGallery fresh, CelebrityGallery::open(file_));
    if (fresh.model() != model_) {
      return fail(Code::kFailedPrecondition, file_.string() + " was made with the model " + fresh.model() +
                                                 ", not with " + model_ + "; import its portraits anew");
    }
    gallery_ = std::make_shared<const CelebrityGallery>(std::move(fresh));
  }
  read_ = now;
  return gallery_;
}

}  // namespace eyrie::vision
