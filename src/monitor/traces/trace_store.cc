#include "monitor/traces/trace_store.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "store/sqlite/schema.h"

namespace eyrie::monitor {
namespace {

using store::Connection;
using store::Statement;

constexpr int kTraceFormat = 1;
// Ids only grow, so the oldest are the lowest. Names of traces and spans are bytes: half as long as their digits, in three trees.
constexpr const char* kTraceTables = R"(
CREATE TABLE segments(
  id INTEGER PRIMARY KEY AUTOINCREMENT, trace BLOB NOT NULL, span BLOB NOT NULL, parent BLOB NOT NULL, request TEXT NOT NULL, began_ms INTEGER NOT NULL,
  segment TEXT NOT NULL);
CREATE UNIQUE INDEX segments_span ON segments(trace, span);
CREATE INDEX segments_parent ON segments(trace, parent);
CREATE INDEX segments_request ON segments(request);
PRAGMA user_version = 1;
)";
constexpr std::size_t kMostAncestors = 32;

// Named once and not in a macro: SQLite's statements are cached by these texts.
constexpr std::string_view kOfRequest = "SELECT trace, span, parent, request, began_ms, segment FROM segments WHERE request = ?1 ORDER BY id LIMIT ?2";
constexpr std::string_view kOfTrace = "SELECT trace, span, parent, request, began_ms, segment FROM segments WHERE trace = ?1 ORDER BY id LIMIT ?2";
constexpr std::string_view kOfParent = "SELECT trace, span, parent, request, began_ms, segment FROM segments WHERE trace = ?1 AND parent = ?3 ORDER BY id LIMIT ?2";
constexpr std::string_view kOfSpan = "SELECT trace, span, parent, request, began_ms, segment FROM segments WHERE trace = ?1 AND span = ?3 LIMIT ?2";

Status prepare_traces(Connection& connection) {
  // This connection alone writes.
  EYRIE_CHECK_OK(connection.execute("PRAGMA synchronous=NORMAL"));
  return store::prepare_tables(connection, "traces.db", kTraceFormat, kTraceTables);
}

Bytes bytes_of(const std::string& digits) { return hex_decode(digits).value_or(Bytes()); }

Status insert(Connection& connection, const TraceSegment& segment) {
  const Bytes trace = bytes_of(segment.context.trace_id), span = bytes_of(segment.context.span_id), parent = bytes_of(segment.parent);
  const std::string text = write_segment(segment);
  EYRIE_TRY(Statement put, connection.prepare("INSERT OR IGNORE INTO segments(trace, span, parent, request, began_ms, segment) VALUES(?, ?, ?, ?, ?, ?)"));
  put.bind_blob(1, trace).bind_blob(2, span).bind_blob(3, parent).bind(4, segment.request_id).bind(5, segment.began_ms);
  return put.bind(6, text).run();
}

Status prune(Connection& connection, std::int64_t most, std::int64_t oldest_ms) {
  {
    EYRIE_TRY(Statement surplus, connection.prepare("DELETE FROM segments WHERE id <= (SELECT MAX(id) FROM segments) - ?"));
    EYRIE_CHECK_OK(surplus.bind(1, most).run());
  }
  // From the lowest on, as far as they are too old: the rest is not looked at.
  EYRIE_TRY(Statement old, connection.prepare("DELETE FROM segments WHERE id < COALESCE((SELECT id FROM segments WHERE began_ms >= ?1 ORDER BY id LIMIT 1),"
                                              " (SELECT MAX(id) + 1 FROM segments))"));
  return old.bind(1, oldest_ms).run();
}

// Segments as they are found, each once.
class Found {
 public:
  explicit Found(Connection& connection) : connection_(connection) {}

  bool full() const { return segments.size() >= TraceStore::kMostAnswered; }

  // Answers where the new ones begin.
  Result<std::size_t> add(std::string_view sql, std::string_view request, ByteView trace, ByteView of = {}) {
    const std::size_t before = segments.size();
    EYRIE_TRY(Statement rows, connection_.prepare(sql));
    if (request.empty()) {
      rows.bind_blob(1, trace);
    } else {
      rows.bind(1, request);
    }
    rows.bind(2, static_cast<std::int64_t>(TraceStore::kMostAnswered));
    if (!of.empty()) rows.bind_blob(3, of);
    while (!full()) {
      EYRIE_TRY(const bool row, rows.step());
      if (!row) break;
      TraceSegment segment;
      EYRIE_CHECK_OK(read_segment(rows.text(5), segment));
      segment.context.trace_id = hex_encode(rows.blob(0));
      segment.context.span_id = hex_encode(rows.blob(1));
      segment.parent = hex_encode(rows.blob(2));
      segment.request_id = rows.text(3);
      segment.began_ms = rows.integer(4);
      if (seen_.insert(segment.context.trace_id + segment.context.span_id).second) segments.push_back(std::move(segment));
    }
    return before;
  }

  std::vector<TraceSegment> in_order() && {
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t i = 0; i < segments.size(); ++i) order.emplace_back(segments[i].began_ms, i);
    std::ranges::sort(order);
    std::vector<TraceSegment> sorted;
    sorted.reserve(segments.size());
    for (const auto& [began_ms, at] : order) sorted.push_back(std::move(segments[at]));
    return sorted;
  }

  std::vector<TraceSegment> segments;

 private:
  Connection& connection_;
  std::set<std::string> seen_;
};

}  // namespace

Result<std::unique_ptr<TraceStore>> TraceStore::open(const std::filesystem::path& file, const Limits& limits) {
  EYRIE_TRY(auto database, store::Database::open(file, prepare_traces));
  return std::unique_ptr<TraceStore>(new TraceStore(std::move(database), limits));
}

Status TraceStore::add(std::span<const TraceSegment> segments, std::int64_t now_ms) {
  return database_->run([&](Connection& connection) -> Status {
    for (const TraceSegment& segment : segments) EYRIE_CHECK_OK(insert(connection, segment));
    return prune(connection, limits_.segments, now_ms - limits_.age_ms);
  });
}

Result<std::vector<TraceSegment>> TraceStore::of_request(const std::string& request_id) {
  EYRIE_TRY(auto reader, database_->reader());
  Found found(*reader);
  if (request_id.empty()) return std::vector<TraceSegment>();
  EYRIE_CHECK_OK(found.add(kOfRequest, request_id, {}));
  // What it came of.
  for (std::size_t i = 0, most = found.segments.size() + kMostAncestors; i < found.segments.size() && i < most && !found.full(); ++i) {
    const TraceSegment one = found.segments[i];
    if (!one.parent.empty()) EYRIE_CHECK_OK(found.add(kOfSpan, "", bytes_of(one.context.trace_id), bytes_of(one.parent)));
  }
  // What came of it; not of what it came of.
  std::vector<TraceContext> open;
  for (const TraceSegment& segment : found.segments) {
    if (segment.request_id == request_id) open.push_back(segment.context);
  }
  for (std::size_t i = 0; i < open.size() && !found.full(); ++i) {
    const TraceContext of = open[i];
    EYRIE_TRY(const std::size_t first, found.add(kOfParent, "", bytes_of(of.trace_id), bytes_of(of.span_id)));
    for (std::size_t child = first; child < found.segments.size(); ++child) open.push_back(found.segments[child].context);
  }
  return std::move(found).in_order();
}

Result<std::vector<TraceSegment>> TraceStore::of_trace(const std::string& trace_id) {
  EYRIE_TRY(auto reader, database_->reader());
  Found found(*reader);
  if (is_trace_id(trace_id)) EYRIE_CHECK_OK(found.add(kOfTrace, "", bytes_of(trace_id)));
  return std::move(found).in_order();
}

}  // namespace eyrie::monitor
