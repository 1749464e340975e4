// Looks at SQLite's write-ahead log (eyrie.db-wal) before SQLite opens it.
//
// SQLite takes the log to end where a frame's checksum does not fit. That is right after a power cut, which may leave the last transaction half written. Where a bit
// of a frame flipped it is wrong: what was committed from there on would be lost without a word, and where later frames have been brought into the database's file
// already, older pages would hide newer ones.
//
// The two are told apart by what is known of the end: the index that lies beside the log (eyrie.db-shm) says how many frames were committed, and outlives kill -9. Where it says nothing, a whole transaction behind the bad frame does: a commit is synced
// before the next transaction is written.
//
// Source: SQLite's "Database File Format", section 4, and "WAL-mode File Format". Errors: those of reading. Thread safety: pure functions; nobody may be writing the log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

struct LogCheck {
  std::uint64_t whole_frames = 0;  // up to the last commit that SQLite will find
  bool damaged = false;            // more were committed than that
};

// Of the log beside the database's file; a log that is not there is whole.
Result<LogCheck> check_log(const std::filesystem::path& database);

// Reads up to into.size() bytes at `offset`; fewer at the end.
using LogSource = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::uint8_t> into)>;
// `index`: the first bytes of the file of the index, as far as they are there.
Result<LogCheck> check_log(const LogSource& log, ByteView index);

// The sums that SQLite checks its log by, over a multiple of eight bytes as little-endian or big-endian words.
struct LogSum {
  std::uint32_t first = 0, second = 0;
  void add(ByteView bytes, bool big_endian);
  friend bool operator==(const LogSum&, const LogSum&) = default;
};

}  // namespace eyrie::store
