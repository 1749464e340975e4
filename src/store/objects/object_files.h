// Where objects' files lie, and how they get there and go. Internal to store/.
//
//   hot   DIRECTORY/objects/ab/UUID, uploads in progress in DIRECTORY/tmp
//   cold  COLD/ab/UUID, in progress in COLD/tmp; COLD may be on another, cheaper disk
//
// Thread safety: constant after opening; Placing guards its set by the mutex given; FileRemover: all of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

class ObjectFolder {
 public:
  ObjectFolder(std::filesystem::path objects, std::filesystem::path temporary)
      : objects_(std::move(objects)), temporary_(std::move(temporary)) {}

  const std::filesystem::path& objects() const { return objects_; }
  std::filesystem::path path(const std::string& file) const { return objects_ / file.substr(0, 2) / file; }
  std::filesystem::path temporary(const std::string& file) const { return temporary_ / file; }

  // Makes the folders, durably.
  Status make() const;
  // Moves a file from temporary() to path(). The folder is synced by the caller, once the file is.
  Status place(const std::string& file) const;
  // Where a backup has the file too, as a hard link: puts a copy in its place, so that what is written in it does not change the backup's.
  Status part_from_links(const std::string& file) const;
  // Uploads and moves that a crash cut off.
  void clear_temporary() const;

 private:
  std::filesystem::path objects_, temporary_;
};

// Makes a folder and those above it where they are missing.
Status make_directory(const std::filesystem::path& path);
// The same; those that are made are their owner's alone.
Status make_private_directory(const std::filesystem::path& path);

inline constexpr const char* kColdMarkFile = "eyrie.cold";
// What a cold folder's mark says; empty: it has none.
std::string read_cold_mark(const std::filesystem::path& directory);
// The cold folder bears a mark of its own, so that a disk that is not mounted is not taken for an empty one. Answers the mark;
// `expected` (empty: none yet) must be it. kFailedPrecondition where it is another.
Result<std::string> mark_cold_folder(const std::filesystem::path& directory, const std::string& expected);

Status write_fully(int fd, ByteView bytes);
// Writes a file whole, mode 0600; it and its folder are synced.
Status write_synced(const std::filesystem::path& path, std::string_view text);
// Copies a file's bytes as they are, and syncs them.
Status copy_synced(const std::filesystem::path& from, const std::filesystem::path& to);

// The row is gone already: a file left behind is only space, which the sweep at the next start reclaims.
void remove_file(const std::filesystem::path& path);

// Removes files that rows have named, on a thread of its own: an upload that replaces an object need not wait while the old one's blocks are freed. Deleting to make
// room does wait. While a backup holds the files (backup/hold.h) they stay, and the sweep is called when it ends. A crash leaves the files for the sweep too.
class FileRemover {
 public:
  // `sweep` removes what no row names, by way of remove_now(), until it is told to stop.
  using Sweep = std::function<void(const std::function<bool()>& stop)>;
  FileRemover(std::filesystem::path data_directory, Sweep sweep);
  ~FileRemover();  // removes what is left, unless it is held
  FileRemover(const FileRemover&) = delete;
  FileRemover& operator=(const FileRemover&) = delete;
  // At once where too many wait already.
  void remove(std::vector<std::filesystem::path> files);
  // Before it returns; false where the file is held.
  bool remove_now(const std::filesystem::path& file);

 private:
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr std::chrono::seconds kBetweenLooks{1};  // at a backup that is at work
  void work();
  bool must_stop();

  const std::filesystem::path data_directory_;
  const Sweep sweep_;
  std::mutex mutex_;
  bool held_back_ = false;                   // guarded by mutex_: files stay that were to go
  std::condition_variable queued_;
  std::deque<std::filesystem::path> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::thread thread_;
};

// Names a file as being placed, for as long as it lives.
class Placing {
 public:
  Placing(std::mutex& mutex, std::set<std::string>& placing, const std::string& file)
      : mutex_(mutex), placing_(placing), file_(file) {
    const std::lock_guard lock(mutex_);
    placing_.insert(file_);
  }
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;
  ~Placing() {
    const std::lock_guard lock(mutex_);
    placing_.erase(file_);
  }

 private:
  std::mutex& mutex_;
  std::set<std::string>& placing_;
  const std::string file_;
};

}  // namespace eyrie::store
