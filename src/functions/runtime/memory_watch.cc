#include "functions/runtime/memory_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "functions/runtime/process_tree.h"

namespace eyrie::functions {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::uint64_t kLeastProcess = 1U << 20;
constexpr milliseconds kSlowest{50}, kFastest{2};
// Looks take no more than this share of a core.
constexpr int kShare = 10;
constexpr milliseconds kLongestPause{1000};

// Its own time, not what others on the machine take.
nanoseconds thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

milliseconds pause_after(nanoseconds cost) { return std::min(std::chrono::ceil<milliseconds>(cost * kShare), kLongestPause); }

std::string path_of(pid_t pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

// Whole files of /proc, in as few reads as they take. False: not there, or not for us.
bool read_all(const std::string& path, std::string& text) {
  text.clear();
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got = 0;
  do {
    const std::size_t before = text.size();
    text.resize(before + 8192);
    got = ::read(fd, text.data() + before, 8192);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  } while (got > 0);
  ::close(fd);
  return got == 0 && !text.empty();
}

// "Name:   12 kB" at the beginning of a line, in bytes.
std::optional<std::uint64_t> field(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  return std::strtoull(line.data() + name.size() + 1, nullptr, 10) * 1024;
}

template <typename Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

struct Resident {
  std::uint64_t bytes = 0, shared = 0;
};

// What the process has that the kernel cannot read again, shared pages as a whole.
Resident resident(pid_t pid, std::string& text) {
  Resident own;
  if (!read_all(path_of(pid, "status"), text)) return own;
  for_each_line(text, [&](std::string_view line) {
    for (const char* counted : {"RssAnon", "RssShmem", "VmSwap"}) own.bytes += field(line, counted).value_or(0);
    own.shared += field(line, "RssShmem").value_or(0);
  });
  return own;
}

// Files in memory that no folder shows: what they hold is bounded by nothing, mapped or not.
template <typename Take>
void for_each_memory_file(pid_t pid, Take take) {
  DIR* folder = ::opendir(path_of(pid, "fd").c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder)) {
    char target[32];
    const ssize_t length = ::readlinkat(::dirfd(folder), entry->d_name, target, sizeof target);
    if (length <= 0 || !std::string_view(target, static_cast<std::size_t>(length)).starts_with("/memfd:")) continue;
    struct stat status {};
    if (::fstatat(::dirfd(folder), entry->d_name, &status, 0) == 0) take(status);
  }
  ::closedir(folder);
}

// The mapping that a line of smaps begins: "7f..-7f.. rw-s 00000000 00:01 1234   /memfd:x (deleted)"; nullopt: it begins none.
std::optional<std::pair<dev_t, ino_t>> mapping(const std::string& line) {
  unsigned major = 0, minor = 0;
  unsigned long inode = 0;
  if (std::sscanf(line.c_str(), "%*x-%*x %*s %*x %x:%x %lu", &major, &minor, &inode) != 3) return std::nullopt;
  return std::pair{makedev(major, minor), static_cast<ino_t>(inode)};
}

}  // namespace

MemoryWatch::Cheap MemoryWatch::cheap() const {
  Cheap sum;
  std::string text;
  for_each_process(first_, [&](pid_t pid) {
    const Resident own = resident(pid, text);
    sum.bytes += own.bytes;
    sum.shared += own.shared;
    if (own.bytes > kLeastProcess) ++sum.processes;
    for_each_memory_file(pid, [&](const struct stat& status) {
      const auto bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
      if (!sum.files.emplace(File{status.st_dev, status.st_ino}, bytes).second) return;
      sum.bytes += bytes;
      sum.shared += bytes;
    });
    return true;
  });
  return sum;
}

std::uint64_t MemoryWatch::exact(const Cheap& cheap) {
  std::uint64_t sum = 0;
  // What is mapped of memfd files, which count as a whole, and of files under /tmp.
  std::uint64_t elsewhere = 0;
  std::string text;
  for_each_process(first_, [&](pid_t pid) {
    if (!read_all(path_of(pid, "smaps_rollup"), text)) {
      sum += resident(pid, text).bytes;  // none where it is gone
      return true;
    }
    for_each_line(text, [&](std::string_view line) {
      for (const char* counted : {"Pss_Anon", "Pss_Shmem", "SwapPss"}) sum += field(line, counted).value_or(0);
    });
    if (cheap.shared != 0) elsewhere += mapped_elsewhere(pid, cheap, text);
    return true;
  });
  sum -= std::min(sum, elsewhere);
  for (const auto& [file, bytes] : cheap.files) sum += bytes;
  return sum;
}

std::uint64_t MemoryWatch::mapped_elsewhere(pid_t pid, const Cheap& cheap, std::string& text) {
  find_tmp(pid);
  std::uint64_t elsewhere = 0, share = 0;
  bool within = false;
  if (!read_all(path_of(pid, "smaps"), text)) return 0;
  for_each_line(text, [&](std::string_view line) {
    if (const auto bytes = field(line, "Pss")) {
      share = within ? *bytes : 0;
    } else if (const auto anonymous = field(line, "Anonymous")) {
      // What a private mapping has written is the process's own.
      elsewhere += share - std::min(share, *anonymous);
    } else if (!line.empty() && (line[0] < 'A' || line[0] > 'Z')) {
      const auto file = mapping(std::string(line));
      within = file && (cheap.files.contains(*file) || (tmp_ && file->first == *tmp_));
    }
  });
  return elsewhere;
}

void MemoryWatch::find_tmp(pid_t pid) {
  struct stat its {}, ours {};
  if (tmp_ || pid == first_ || ::stat(path_of(pid, "root/tmp").c_str(), &its) != 0) return;
  // Without walls, or before they stand, it is the machine's.
  if (::stat("/tmp", &ours) != 0 || ours.st_dev != its.st_dev) tmp_ = its.st_dev;
}

milliseconds MemoryWatch::due(std::uint64_t bytes, Time now) {
  milliseconds again = kSlowest;
  // At half of what is left at this pace.
  if (last_ != Time{} && bytes > last_bytes_ && bytes < limit_) {
    const double pace = static_cast<double>(bytes - last_bytes_) / static_cast<double>(std::max<std::int64_t>((now - last_).count(), 1));
    const nanoseconds left(static_cast<std::int64_t>(std::min(static_cast<double>(limit_ - bytes) / pace / 2, 1e9)));
    again = std::clamp(std::chrono::floor<milliseconds>(left), kFastest, kSlowest);
  }
  last_ = now;
  last_bytes_ = bytes;
  return again;
}

MemoryWatch::Look MemoryWatch::look() {
  const nanoseconds begun = thread_time();
  const Cheap upper = cheap();
  const nanoseconds cost = thread_time() - begun;
  const Time now = std::chrono::steady_clock::now();
  // No page is shared, so the cheap sum is what it is but for the kernel's rounding.
  const bool alone = upper.processes <= 1 && upper.shared == 0;
  // What it comes to if all that was added since is new.
  std::uint64_t bytes = upper.bytes;
  if (!alone && known_) bytes = std::min(bytes, known_->exact + upper.bytes - std::min(upper.bytes, known_->cheap));
  const bool near = !alone && upper.bytes > limit_ - limit_ / 16;
  const bool grown = !alone && (!known_ || upper.bytes > known_->cheap + known_->cheap / 4);
  // Pages that were shared are written: nothing of that shows in the cheap sum, so near the limit it is never enough by itself.
  if (bytes > limit_ || ((near || grown) && now >= exact_after_)) {
    const nanoseconds before = thread_time();
    bytes = exact(upper);
    known_ = Known{.cheap = upper.bytes, .exact = bytes};
    exact_after_ = now + pause_after(thread_time() - before);
  }
  return {.bytes = bytes, .over = bytes > limit_, .again = std::max(due(bytes, now), pause_after(cost))};
}

}  // namespace eyrie::functions
