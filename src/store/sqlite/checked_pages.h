// A sum on every page of a database's file, so that a flipped bit is found when the page is read, whatever it lies in: SQLite has none, and takes another number or letter for what was stored.
//
// A page's last eight bytes are the sum of its number and the rest of it (SQLite leaves "reserved" bytes at a page's end alone). They are written with the page, by a layer between SQLite and its files (a VFS), and compared when the page is read:
// SQLITE_IOERR_DATA where they differ. Pages in the log carry the log's own sums (log_check.h), and what stands in those bytes there means nothing. A page of zeros is whole: SQLite leaves such holes for pages that are free.
//
// A database of before has no room for sums; rewriting it (rewrite.h) makes some. Source: SQLite's documentation of sqlite3_vfs and of the database header.
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

inline constexpr int kPageSumBytes = 8;
// The header's application id of a database with sums ("EYRI"), so that a flipped bit does not make it one without.
inline constexpr std::int64_t kCheckedPagesId = 0x45595249;

// The name of the layer, for sqlite3_open_v2(); registers it when first called. Null: there is no memory.
const char* checked_pages();

enum class PageSums { kNone, kOfBefore, kThere };
// What the file's first page says; kNone: the file is new. kCorrupt where that page is damaged. Nobody may be writing the file.
Result<PageSums> page_sums_of(const std::filesystem::path& file);

// The sum as it stands in a page; pages count from 1. `page` is without the sum.
std::uint64_t page_sum(ByteView page, std::uint64_t number);

}  // namespace eyrie::store
