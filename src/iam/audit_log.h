// Calls that were denied, and what was done that must be known later: one JSON object a line, in a file that is only appended to. A line is
// with the operating system when add() returns, so it outlives the process; the file is synced at most once a second and when the log
// closes.
//
// At `max_bytes` the file NAME.jsonl becomes NAME.1.jsonl, that one NAME.2.jsonl, and so on; `kept` of them are kept beside it.
// Writing failures are said in the server's log and refuse nothing. Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/time/clock.h"
#include "base/result.h"

namespace eyrie::iam {

struct AuditedCall {
  std::string request_id;
  std::string source_ip;
  std::string principal;   // ARN; empty: nobody known
  std::string access_key;  // as claimed; empty: none
  std::string action;      // "s3:GetObject", or the service alone where that is not known yet
  std::string resource;    // ARN, "*" or empty
  std::string reason;      // why it was denied, as the caller was told; empty: it was done
};

class AuditLog {
 public:
  struct Options {
    std::uint64_t max_bytes = 16U << 20;
    int kept = 8;
  };
  // `file` must end with ".jsonl"; its folder is made.
  static Result<std::unique_ptr<AuditLog>> open(const std::filesystem::path& file, const Options& options,
                                                const Clock& clock = Clock::system());
  ~AuditLog();

  void add(const AuditedCall& call);

  // NAME.NUMBER.jsonl; NAME.jsonl for 0.
  static std::filesystem::path numbered(const std::filesystem::path& file, int number);

 private:
  AuditLog(std::filesystem::path file, const Options& options, const Clock& clock)
      : file_(std::move(file)), options_(options), clock_(clock) {}
  Status open_file();
  Status write(const std::string& line);
  Status rotate();

  const std::filesystem::path file_;
  const Options options_;
  const Clock& clock_;
  std::mutex mutex_;              // guards what follows
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::int64_t synced_ms_ = 0;
  bool failing_ = false;  // said once, not for every line
};

}  // namespace eyrie::iam
