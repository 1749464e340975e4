// For fuzzers of what needs a store: one of the process's own, in a folder that goes with it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "store/embedded.h"

namespace eyrie::api {

inline store::EmbeddedStore& fuzzed_store() {
  static const struct Folder {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / ("eyrie-fuzz-" + std::to_string(::getpid()));
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  } kFolder;
  // Never closed: at the process's end that would be after its thread's own data has gone, which closing uses.
  static auto& opened = *new auto(store::EmbeddedStore::open({.directory = kFolder.path}));
  if (!opened) std::abort();
  return **opened;
}

}  // namespace eyrie::api
