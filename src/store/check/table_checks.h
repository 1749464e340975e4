// What must hold of each table's rows: what is sealed opens, what is named is there, what is counted is so many. Internal to store/check.
#pragma once

#include <span>

#include "store/check/checking.h"

namespace eyrie::store {

struct TableCheck {
  const char* table;
  void (*check)(const Checking&);  // null: SQLite's own check does, or another table's does it along
};
// Every table of the schema has one; records come first, so that keys of KMS are told before objects are read.
std::span<const TableCheck> table_checks();

}  // namespace eyrie::store
