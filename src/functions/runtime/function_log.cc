#include "functions/runtime/function_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "base/log.h"

namespace eyrie::functions {
namespace {

constexpr std::uint64_t kRotateAt = 16U << 20;
// Files are held open only as far as descriptors are cheap.
constexpr std::size_t kMostOpen = 64;

// The last bytes of a file, `most` at most; none where it is not there.
Result<std::string> end_of(const std::filesystem::path& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::error_code error;
  if (!file) return std::filesystem::exists(path, error) ? Result<std::string>(fail(Code::kIo, "cannot read " + path.string())) : std::string();
  const auto size = static_cast<std::uint64_t>(file.tellg());
  std::string text(std::min<std::uint64_t>(size, most), '\0');
  file.seekg(static_cast<std::streamoff>(size - text.size()));
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

FunctionLogs::FunctionLogs(std::filesystem::path directory, const Clock& clock) : directory_(std::move(directory)), clock_(clock) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
}

FunctionLogs::Open* FunctionLogs::open(const std::string& function) {
  if (const auto found = open_.find(function); found != open_.end()) return &found->second;
  if (open_.size() >= kMostOpen) open_.clear();
  const int fd = ::open(file(function).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  std::FILE* stream = fd < 0 ? nullptr : ::fdopen(fd, "a");
  if (stream == nullptr) {
    log_error("a function's log cannot be written", {{"function", function}, {"error", system_error("open", errno).message}});
    if (fd >= 0) ::close(fd);
  }
  struct stat status {};
  Open& made = open_[function];
  made.file.reset(stream);
  if (stream != nullptr && ::fstat(fd, &status) == 0) made.size = static_cast<std::uint64_t>(status.st_size);
  return &made;
}

void FunctionLogs::write(const std::string& function, std::string_view line) {
  std::string text = format_iso8601(clock_.now_ms()) + " ";
  for (const char c : line) text += c == '\n' || c == '\r' ? ' ' : c;
  text += '\n';
  const std::lock_guard lock(mutex_);
  Open* to = open(function);
  if (to->size + text.size() > kRotateAt && to->file != nullptr) {
    open_.erase(function);
    std::error_code error;
    std::filesystem::rename(file(function), older(function), error);
    to = open(function);
  }
  if (to->file == nullptr) return;
  std::fwrite(text.data(), 1, text.size(), to->file.get());
  std::fflush(to->file.get());
  to->size += text.size();
}

void FunctionLogs::remove(const std::string& function) {
  const std::lock_guard lock(mutex_);
  open_.erase(function);
  std::error_code error;
  std::filesystem::remove(file(function), error);
  std::filesystem::remove(older(function), error);
}

Result<std::string> FunctionLogs::tail(const std::string& function, std::size_t most) const {
  EYRIE_TRY(std::string text, end_of(file(function), most));
  if (text.size() < most) {
    EYRIE_TRY(const std::string before, end_of(older(function), most - text.size()));
    text = before + text;
  }
  // A line may be cut at the beginning, and another one be being written at the end.
  const bool cut = text.size() >= most;
  text.erase(text.rfind('\n') + 1);
  if (cut) text.erase(0, text.find('\n') + 1);
  return text;
}

}  // namespace eyrie::functions
