// What a backup holds: its files with their sizes and digests. A text file; docs/formats.md.
//
// Errors of parsing: kCorrupt - it is not a manifest, or damaged: it ends with a digest of itself; kUnsupported - of a newer version. Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eyrie::store {

inline constexpr const char* kManifestFile = "manifest";

struct ManifestEntry {
  std::string path;  // relative; letters, digits, '.', '-', '_', and '/' between its parts
  std::uint64_t size = 0;
  std::string sha256;  // hexadecimal

  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

struct Manifest {
  std::string made;             // ISO 8601
  std::uint64_t database_format = 0;
  std::vector<ManifestEntry> files;  // by path, none twice
};

// Whether a manifest may name it: nothing outside of the backup, nothing that needs quoting.
bool is_manifest_path(std::string_view path);

// Sorts the files.
std::string write_manifest(Manifest manifest);
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace eyrie::store
