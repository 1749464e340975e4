// A function's code as it is uploaded: a zip archive, checked before any of it is written.
//
// Refused (kInvalidArgument, with the reason): what is no zip, encrypted entries, links and other special files, names that are
// absolute, leave the folder, or stand twice (also once as a file and once as a folder); kTooLarge: over the limits below. Source: PKWARE's APPNOTE by way of
// libzip; Lambda developer guide, "Lambda quotas". Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::functions {

inline constexpr std::uint64_t kMaxZipped = 50U << 20;     // in a request
inline constexpr std::uint64_t kMaxUnzipped = 250U << 20;  // and of an archive that lies in S3
inline constexpr std::uint64_t kMaxEntries = 20'000;

Status check_package(ByteView zip);

// Writes the archive's files below `folder`, which must not be there and is there whole or not at all afterwards. Files are readable by all
// and writable by none but the owner; what the archive says may be executed is executable.
Status unpack(ByteView zip, const std::filesystem::path& folder);

}  // namespace eyrie::functions
