#include "iam/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/encoding.h"
#include "base/json.h"
#include "base/log.h"

namespace eyrie::iam {
namespace {

constexpr std::int64_t kSyncEveryMs = 1000;
// A client chooses keys and headers; a line of theirs is bounded.
constexpr std::size_t kMaxField = 2048;

// JSON's text must be UTF-8, which what a client claims need not be.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, kMaxField)) out += c >= ' ' && c < '\x7F' ? c : '?';
  return out;
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::filesystem::path& file, const Options& options,
                                                 const Clock& clock) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return fail(Code::kIo, "cannot make " + file.parent_path().string() + ": " + error.message());
  ::chmod(file.parent_path().c_str(), 0700);
  std::unique_ptr<AuditLog> log(new AuditLog(file, options, clock));
  EYRIE_CHECK_OK(log->open_file());
  return log;
}

AuditLog::~AuditLog() {
  if (fd_ < 0) return;
  ::fdatasync(fd_);
  ::close(fd_);
}

Status AuditLog::open_file() {
  fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) return fail(system_error("cannot open " + file_.string(), errno));
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return fail(system_error("cannot examine " + file_.string(), errno));
  size_ = static_cast<std::uint64_t>(status.st_size);
  // A line that a power cut left half must not swallow the next one.
  char last = '\n';
  if (size_ > 0 && ::pread(fd_, &last, 1, status.st_size - 1) == 1 && last != '\n') return write("\n");
  return {};
}

std::filesystem::path AuditLog::numbered(const std::filesystem::path& file, int number) {
  if (number == 0) return file;
  return file.parent_path() / (file.stem().string() + "." + std::to_string(number) + ".jsonl");
}

Status AuditLog::rotate() {
  ::fdatasync(fd_);
  ::close(fd_);
  fd_ = -1;
  for (int number = options_.kept; number > 1; --number) ::rename(numbered(file_, number - 1).c_str(), numbered(file_, number).c_str());
  if (options_.kept > 0) {
    ::rename(file_.c_str(), numbered(file_, 1).c_str());
  } else {
    ::unlink(file_.c_str());
  }
  return open_file();
}

Status AuditLog::write(const std::string& line) {
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t written = ::write(fd_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error("cannot write " + file_.string(), errno));
    left.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
  return {};
}

void AuditLog::add(const AuditedCall& call) {
  const std::int64_t now = clock_.now_ms();
  json::object line{{"time", format_iso8601(now)}};
  const std::pair<const char*, const std::string&> members[] = {
      {"request", call.request_id}, {"source_ip", call.source_ip}, {"principal", call.principal}, {"access_key", call.access_key},
      {"action", call.action},      {"resource", call.resource},   {"reason", call.reason}};
  for (const auto& [name, value] : members) {
    const bool names_things = std::string_view(name) == "resource" || std::string_view(name) == "reason";
    line[name] = names_things && value.size() <= kMaxField && valid_utf8(value) ? value : printable(value);
  }
  const std::string text = write_json(line) + "\n";

  const std::lock_guard lock(mutex_);
  const Status done = [&]() -> Status {
    if (fd_ < 0) EYRIE_CHECK_OK(open_file());
    if (size_ > 0 && size_ + text.size() > options_.max_bytes) EYRIE_CHECK_OK(rotate());
    EYRIE_CHECK_OK(write(text));
    if (now - synced_ms_ < kSyncEveryMs) return {};
    synced_ms_ = now;
    if (::fdatasync(fd_) != 0) return fail(system_error("cannot sync " + file_.string(), errno));
    return {};
  }();
  if (!done && !failing_) log_error("the audit log cannot be written", {{"error", done.error().message}});
  failing_ = !done;
}

}  // namespace eyrie::iam
