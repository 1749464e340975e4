// The table `settings`: texts by name, for what a data directory remembers of itself. Thread safety: as Database.
#pragma once

#include <optional>
#include <string>

#include "store/sqlite/database.h"

namespace eyrie::store {

Result<std::optional<std::string>> read_setting(Database& database, const std::string& name);
Status write_setting(Database& database, const std::string& name, const std::string& value);

}  // namespace eyrie::store
