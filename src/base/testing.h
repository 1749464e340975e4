// For tests: a directory that goes with the test.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/ids.h"

namespace eyrie {

class TemporaryDirectory {
 public:
  TemporaryDirectory() { std::filesystem::create_directories(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("eyrie-test-" + uuid_v4());
};

// Makes the folders above it where they are missing.
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

}  // namespace eyrie
