// The gallery of a file, read anew when the file has changed: an import is seen by a server that runs.
//
// Where there is no file, the gallery is empty: nobody is known.
//
// Errors: those of CelebrityGallery::open; kFailedPrecondition - the gallery is of another model. Thread
// safety: all of it.
#pragma once

#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "vision/celebrities/celebrity_gallery.h"

namespace eyrie::vision {

class CelebrityBook {
 public:
  // `model`: the id of the pack that embeds faces, which the gallery must be of.
  CelebrityBook(std::filesystem::path file, std::string model)
      : file_(std::move(file)), model_(std::move(model)) {}

  Result<std::shared_ptr<const CelebrityGallery>> gallery();

 private:
  // Tells one file from its successor. All zero: no file.
  struct Stamp {
    std::uint64_t inode = 0, bytes = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  Result<Stamp> stamp() const;

  // Constant after construction.
  const std::filesystem::path file_;
  const std::string model_;
  std::mutex mutex_;
  Stamp read_;                                       // guarded by mutex_
  std::shared_ptr<const CelebrityGallery> gallery_;  // guarded by mutex_; nullptr: not read yet
};

}  // namespace eyrie::vision
