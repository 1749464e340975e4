// The archives of functions on disk: a file each below functions/code/ of the data directory, sealed under a key of its own that
// its function's record holds (see docs/formats.md).
//
// Durable when put() returns. A file that no record names is removed by sweep(). Errors: kIo, kUnavailable (full disk), kCorrupt,
// kNotFound. Thread safety: all of it; unpacked() of one archive by many at once.
#pragma once

#include <filesystem>
#include <mutex>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::functions {

struct CodeFile {
  std::string file;    // UUID
  std::string key;     // base64
  std::string sha256;  // base64, of the archive
  std::uint64_t size = 0;
};

class CodeStore {
 public:
  explicit CodeStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  Status prepare() const;
  Result<CodeFile> put(ByteView zip) const;
  Result<Bytes> read(const CodeFile& code) const;
  void remove(const std::string& file) const;
  void sweep(const std::set<std::string>& named) const;

  // The archive's folder below `cache`, unpacked there where it is not yet.
  Result<std::filesystem::path> unpacked(const CodeFile& code, const std::filesystem::path& cache);

 private:
  const std::filesystem::path directory_;
  std::mutex unpacking_;  // one at a time
};

}  // namespace eyrie::functions
