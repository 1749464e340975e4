// Room on the disk kept back for deleting: a row cannot be deleted without a few pages of log, so on a full disk nothing
// could ever be removed. A file of 1 MiB is let go when that happens and taken again when there is room.
//
// Best effort: where the file cannot be made, deleting on a full disk is refused as any write is.
// Thread safety: all of it.
#pragma once

#include <filesystem>
#include <mutex>

namespace eyrie::store {

class Reserve {
 public:
  explicit Reserve(std::filesystem::path file) : file_(std::move(file)) { restore(); }

  void release();
  void restore();

 private:
  const std::filesystem::path file_;
  std::mutex mutex_;
};

}  // namespace eyrie::store
