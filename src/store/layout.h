// What lies where in the data directory, for whoever opens it.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/objects/chunk_file.h"
#include "store/objects/object_files.h"

namespace eyrie::store {

inline constexpr const char* kDatabaseFile = "eyrie.db";
inline constexpr const char* kMetricsFile = "metrics.db";  // monitor/series keeps it; what its series are called is in kDatabaseFile
inline constexpr const char* kTracesFile = "traces.db";    // monitor/traces keeps it; it is in no backup
inline constexpr const char* kMasterKeyFile = "master.key";
inline constexpr const char* kMasterKeySetting = "master_key";  // id of the key that wraps
inline constexpr const char* kColdMarkSetting = "cold_folder";  // what the cold folder's mark says

// Where objects' files are; `cold`: as in EmbeddedOptions.
ObjectFolder hot_folder(const std::filesystem::path& directory);
ObjectFolder cold_folder(const std::filesystem::path& directory, const std::filesystem::path& cold);

// Holds the directory until the file goes; kUnavailable where another process does.
Result<File> lock_directory(const std::filesystem::path& directory);

}  // namespace eyrie::store
