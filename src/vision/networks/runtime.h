// ONNX Runtime, loaded while the program runs: the binary starts, and says what is missing, where the library
// is not installed.
//
// Looked for, in this order: $EYRIE_ONNXRUNTIME (a file); ../lib beside the executable; the cache folder of
// the build; the user's cache folder (${XDG_CACHE_HOME:-~/.cache}/eyrie/deps/onnxruntime/lib); the system's
// libraries. The first that loads and knows API version kApiVersion serves; one environment lives as long as
// the process.
//
// Errors: kUnavailable where none serves, with every place that was tried and why it did not do.
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

struct OrtApi;
struct OrtEnv;
struct OrtMemoryInfo;
struct OrtStatus;

namespace eyrie::vision {

// The oldest API that has all we call (ONNX Runtime 1.14): the table of functions only ever grows at its end,
// so any later library answers for it.
inline constexpr std::uint32_t kApiVersion = 14;

class Runtime {
 public:
  // Loads on the first call; a failure is tried anew by the next.
  static Result<const Runtime*> get();

  const OrtApi& api() const { return *api_; }
  const OrtEnv* env() const { return env_; }
  const OrtMemoryInfo* cpu() const { return cpu_; }
  const std::string& version() const { return version_; }  // "1.30.0"
  const std::filesystem::path& library() const { return path_; }

  // Turns a status into a Status and releases it; `what` opens the message.
  Status check(OrtStatus* status, std::string_view what) const;

 private:
  Runtime() = default;
  static Result<Runtime*> load(const std::filesystem::path& path);
  Status start();

  // Constant after load().
  std::filesystem::path path_;
  std::string version_;
  const OrtApi* api_ = nullptr;
  OrtEnv* env_ = nullptr;
  OrtMemoryInfo* cpu_ = nullptr;
};

// Where get() looks, first to last; an entry without a folder is left to the system's search.
std::vector<std::filesystem::path> runtime_candidates();

// ${XDG_CACHE_HOME:-~/.cache}/eyrie
std::filesystem::path user_cache_directory();

}  // namespace eyrie::vision
