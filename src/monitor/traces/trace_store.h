// Segments of traces on disk: traces.db, a SQLite file of its own beside eyrie.db, bounded in number and age. Written without waiting for the disk
// (synchronous=NORMAL): a killed process loses nothing that was written, a power cut the last moments, and nobody's upload waits for it.
// Format: docs/formats.md. Errors: those of the database. Thread safety: all of it.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "monitor/traces/trace_segment.h"
#include "store/sqlite/database.h"

namespace eyrie::monitor {

class TraceStore {
 public:
  struct Limits {
    std::int64_t segments = 100'000;                  // some 60 MB; the oldest go
    std::int64_t age_ms = 30LL * 24 * 3600 * 1000;    // as X-Ray keeps them
  };
  static constexpr std::size_t kMostAnswered = 500;

  static Result<std::unique_ptr<TraceStore>> open(const std::filesystem::path& file, const Limits& limits);

  // One transaction. What is there already under its ids stays as it is.
  Status add(std::span<const TraceSegment> segments, std::int64_t now_ms);

  // What a request did, all that came of it and what it came of; of a longer trace nothing else. In the order of begins, kMostAnswered at most.
  Result<std::vector<TraceSegment>> of_request(const std::string& request_id);
  Result<std::vector<TraceSegment>> of_trace(const std::string& trace_id);

 private:
  TraceStore(std::unique_ptr<store::Database> database, const Limits& limits) : database_(std::move(database)), limits_(limits) {}

  const std::unique_ptr<store::Database> database_;
  const Limits limits_;
};

}  // namespace eyrie::monitor
