// For tests and fuzzers of image/: where the evaluation pictures lie, and reading them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/bytes.h"

namespace eyrie::image::testing {

// $EYRIE_EVAL_DIR, else ../shared/eval seen from the repository's root (where tests run). May not exist.
inline std::filesystem::path eval_directory() {
  const char* given = std::getenv("EYRIE_EVAL_DIR");
  return given != nullptr ? given : "../shared/eval";
}

inline Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

inline std::vector<std::filesystem::path> files_under(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

}  // namespace eyrie::image::testing
