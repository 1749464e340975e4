#include "store/objects/object_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/log.h"
#include "store/backup/hold.h"
#include "store/objects/chunk_file.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kCopyBytes = 1U << 20;

// A folder of ours that is gone is not what a caller would take kNotFound for.
std::unexpected<Error> file_error(std::string_view what) {
  Error error = system_error(what, errno);
  if (error.code == Code::kNotFound) error.code = Code::kIo;
  return fail(std::move(error));
}

}  // namespace

Status write_fully(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("cannot write an object's file");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status write_synced(const std::filesystem::path& path, std::string_view text) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.fd() < 0) return file_error("cannot make " + path.string());
  EYRIE_CHECK_OK(write_fully(file.fd(), as_bytes(text)));
  if (::fsync(file.fd()) != 0) return file_error("cannot sync " + path.string());
  return sync_directory(path.parent_path());
}

Status make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(Code::kIo, "cannot make " + path.string() + ": " + error.message());
  return {};
}

Status make_private_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  if (errno == ENOENT && path.has_parent_path()) {
    EYRIE_CHECK_OK(make_private_directory(path.parent_path()));
    if (::mkdir(path.c_str(), 0700) == 0) return {};
  }
  std::error_code unknown;
  if (errno == EEXIST && std::filesystem::is_directory(path, unknown)) return {};
  return fail(system_error("cannot make " + path.string(), errno));
}

// The folders of two letters too: the first upload that needs one would have to sync it. On a full disk that must do, for what is stored
// can still be read and deleted.
Status ObjectFolder::make() const {
  EYRIE_CHECK_OK(make_directory(objects_));
  EYRIE_CHECK_OK(make_directory(temporary_));
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char first : kDigits) {
    for (const char second : kDigits) ::mkdir((objects_ / std::string{first, second}).c_str(), 0700);
  }
  EYRIE_CHECK_OK(sync_directory(objects_));
  return sync_directory(temporary_.parent_path());  // of the hot folders both lie there
}

Status ObjectFolder::part_from_links(const std::string& file) const {
  const std::filesystem::path shared = path(file), own = temporary(file);
  struct stat status{};
  if (::stat(shared.c_str(), &status) != 0) return fail(system_error("cannot look at an object's file", errno));
  if (status.st_nlink <= 1) return {};
  ::unlink(own.c_str());  // left by a crash
  EYRIE_CHECK_OK(copy_synced(shared, own));
  if (::rename(own.c_str(), shared.c_str()) != 0) return file_error("cannot replace an object's file");
  return sync_directory(shared.parent_path());
}

Status ObjectFolder::place(const std::string& file) const {
  const std::filesystem::path from = temporary(file), to = path(file);
  bool placed = ::rename(from.c_str(), to.c_str()) == 0;
  if (!placed && errno == ENOENT && (::mkdir(to.parent_path().c_str(), 0700) == 0 || errno == EEXIST)) {
    EYRIE_CHECK_OK(sync_directory(objects_));
    placed = ::rename(from.c_str(), to.c_str()) == 0;
  }
  if (!placed) return file_error("cannot place an object's file");
  return {};
}

void ObjectFolder::clear_temporary() const {
  std::error_code error;
  for (std::filesystem::directory_iterator it(temporary_, error), end; !error && it != end; it.increment(error)) {
    if (is_uuid(it->path().filename().string())) ::unlink(it->path().c_str());
  }
}

std::string read_cold_mark(const std::filesystem::path& directory) {
  std::string mark;
  std::ifstream file(directory / kColdMarkFile);
  std::getline(file, mark);  // up to the line feed, and nothing else that ends a word: a flipped bit must show
  return mark;
}

Result<std::string> mark_cold_folder(const std::filesystem::path& directory, const std::string& expected) {
  EYRIE_CHECK_OK(make_directory(directory));
  std::string mark = read_cold_mark(directory);
  if (mark.empty() && expected.empty()) {
    mark = uuid_v4();
    EYRIE_CHECK_OK(write_synced(directory / kColdMarkFile, mark + "\n"));
  }
  if (!expected.empty() && mark != expected) {
    return fail(Code::kFailedPrecondition, directory.string() + " is not the cold folder of this data directory: is its disk mounted?");
  }
  return mark;
}

Status copy_synced(const std::filesystem::path& from, const std::filesystem::path& to) {
  const File in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.fd() < 0) return file_error("cannot open an object's file");
  const File out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (out.fd() < 0) return file_error("cannot make an object's file");
  Bytes buffer(kCopyBytes);
  while (true) {
    const ssize_t got = ::read(in.fd(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("cannot read an object's file");
    if (got == 0) break;
    EYRIE_CHECK_OK(write_fully(out.fd(), ByteView(buffer).first(static_cast<std::size_t>(got))));
  }
  if (::fsync(out.fd()) != 0) return file_error("cannot sync an object's file");
  return {};
}

void remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    log_warning("cannot remove an object's file", {{"file", path.filename().string()}});
  }
}

FileRemover::FileRemover(std::filesystem::path data_directory, Sweep sweep)
    : data_directory_(std::move(data_directory)), sweep_(std::move(sweep)), thread_([this] { work(); }) {}

FileRemover::~FileRemover() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

void FileRemover::remove(std::vector<std::filesystem::path> files) {
  std::unique_lock lock(mutex_);
  if (queue_.size() + files.size() <= kMostWaiting) {
    std::ranges::move(files, std::back_inserter(queue_));
    lock.unlock();
    return queued_.notify_one();
  }
  lock.unlock();
  for (const std::filesystem::path& file : files) remove_now(file);
}

bool FileRemover::remove_now(const std::filesystem::path& file) {
  if (!files_are_held(data_directory_)) {
    remove_file(file);
    return true;
  }
  {
    const std::lock_guard lock(mutex_);
    held_back_ = true;
  }
  queued_.notify_one();
  return false;
}

bool FileRemover::must_stop() {
  const std::lock_guard lock(mutex_);
  return stopping_ || held_back_;
}

void FileRemover::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait(lock, [this] { return stopping_ || !queue_.empty() || held_back_; });
    if (!queue_.empty()) {
      const std::filesystem::path file = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      remove_now(file);
      lock.lock();
      continue;
    }
    if (stopping_) return;
    if (queued_.wait_for(lock, kBetweenLooks, [this] { return stopping_ || !queue_.empty(); })) continue;
    if (files_are_held(data_directory_)) continue;
    held_back_ = false;
    lock.unlock();
    sweep_([this] { return must_stop(); });
    lock.lock();
  }
}

}  // namespace eyrie::store
