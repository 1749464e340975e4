// What functions write: one file a function, lines with their time. Rotates at 16 MiB, one older file is kept.
//
// Errors: a log that cannot be written is said once in the server's log, and the function goes on. Thread safety: all of it.
#pragma once

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time/clock.h"
#include "base/result.h"

namespace eyrie::functions {

class FunctionLogs {
 public:
  // Made where it is missing. The clock must outlive it.
  explicit FunctionLogs(std::filesystem::path directory, const Clock& clock = Clock::system());

  // `line` without its end; what would break the line is made visible.
  void write(const std::string& function, std::string_view line);
  // The function is gone, and its log with it.
  void remove(const std::string& function);
  // The last whole lines, `most` bytes at most; empty where nothing was written. kIo.
  Result<std::string> tail(const std::string& function, std::size_t most) const;
  std::filesystem::path file(const std::string& function) const { return directory_ / (function + ".log"); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Open {
    std::unique_ptr<std::FILE, Close> file;
    std::uint64_t size = 0;
  };
  Open* open(const std::string& function);
  std::filesystem::path older(const std::string& function) const { return directory_ / (function + ".1.log"); }

  const std::filesystem::path directory_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Open> open_;  // guarded by mutex_
};

}  // namespace eyrie::functions
