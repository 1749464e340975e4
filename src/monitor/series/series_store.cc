#include "monitor/series/series_store.h"

#include <algorithm>
#include <mutex>

namespace eyrie::monitor {
namespace {

using store::Connection;
using store::Statement;

constexpr int kFormat = 1;
constexpr const char* kTables = R"(
CREATE TABLE series(
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL, last_s INTEGER NOT NULL,
  UNIQUE(namespace, name, dimensions, unit));
CREATE TABLE points(
  series INTEGER NOT NULL, resolution_s INTEGER NOT NULL, time_s INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, least REAL NOT NULL,
  greatest REAL NOT NULL, buckets BLOB NOT NULL, PRIMARY KEY(series, resolution_s, time_s)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

Status prepare(Connection& connection) {
  std::int64_t format = 0;
  {
    EYRIE_TRY(Statement statement, connection.prepare("PRAGMA user_version"));
    EYRIE_TRY(const bool row, statement.step());
    if (row) format = statement.integer(0);
  }
  if (format > kFormat)
    return fail(Code::kUnsupported, "metrics.db has format " + std::to_string(format) + "; this program knows up to " + std::to_string(kFormat));
  if (format == kFormat) return {};
  EYRIE_CHECK_OK(connection.execute("BEGIN IMMEDIATE"));
  const Status made = connection.execute(kTables);
  EYRIE_CHECK_OK(connection.execute(made ? "COMMIT" : "ROLLBACK"));
  return made;
}

Result<Distribution> values_of(Statement& row, int column) {
  auto values = Distribution::from(row.real(column), row.real(column + 1), row.real(column + 2), row.real(column + 3), row.blob(column + 4));
  if (!values) return fail(Code::kCorrupt, "metrics.db: a point is damaged");
  return std::move(*values);
}

// Makes the series where it is not there.
Result<std::int64_t> id_of(Connection& connection, const SeriesKey& key, std::int64_t time_s) {
  const std::string dimensions = write_dimensions(key.metric.dimensions);
  EYRIE_TRY(Statement put, connection.prepare("INSERT INTO series(namespace, name, dimensions, unit, last_s) VALUES(?, ?, ?, ?, ?) "
                                              "ON CONFLICT DO UPDATE SET last_s = max(last_s, excluded.last_s)"));
  EYRIE_CHECK_OK(put.bind(1, key.metric.name_space).bind(2, key.metric.name).bind(3, dimensions).bind(4, key.unit).bind(5, time_s).run());
  EYRIE_TRY(Statement find, connection.prepare("SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ? AND unit = ?"));
  EYRIE_TRY(const bool row, find.bind(1, key.metric.name_space).bind(2, key.metric.name).bind(3, dimensions).bind(4, key.unit).step());
  if (!row) return fail(Code::kInternal, "metrics.db: a series is not where it was put");
  return find.integer(0);
}

Status merge_point(Connection& connection, std::int64_t series, std::int64_t resolution_s, std::int64_t time_s, const Distribution& added) {
  Distribution values = added;
  const std::int64_t begin = time_s - time_s % resolution_s;
  {
    EYRIE_TRY(Statement find, connection.prepare("SELECT count, sum, least, greatest, buckets FROM points WHERE series = ? AND resolution_s = ? AND time_s = ?"));
    EYRIE_TRY(const bool row, find.bind(1, series).bind(2, resolution_s).bind(3, begin).step());
    // A damaged point is written anew: what comes must not be lost for it.
    if (const auto before = row ? values_of(find, 0) : fail(Code::kNotFound, "")) values.merge(*before);
  }
  const Bytes buckets = values.buckets();
  EYRIE_TRY(Statement put, connection.prepare("INSERT OR REPLACE INTO points(series, resolution_s, time_s, count, sum, least, greatest, buckets) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
  put.bind(1, series).bind(2, resolution_s).bind(3, begin).bind_real(4, values.count()).bind_real(5, values.sum()).bind_real(6, values.min()).bind_real(7, values.max());
  return put.bind_blob(8, buckets).run();
}

}  // namespace

Result<std::unique_ptr<SeriesStore>> SeriesStore::open(const std::filesystem::path& file) {
  EYRIE_TRY(auto database, store::Database::open(file, prepare));
  std::unique_ptr<SeriesStore> made(new SeriesStore(std::move(database)));
  EYRIE_CHECK_OK(made->load());
  return made;
}

Status SeriesStore::load() {
  EYRIE_TRY(auto reader, database_->reader());
  EYRIE_TRY(Statement rows, reader->prepare("SELECT id, namespace, name, dimensions, unit, last_s FROM series"));
  while (true) {
    EYRIE_TRY(const bool row, rows.step());
    if (!row) return {};
    EYRIE_TRY(Dimensions dimensions, read_dimensions(rows.text(3)));
    series_[{.metric = {.name_space = rows.text(1), .name = rows.text(2), .dimensions = std::move(dimensions)}, .unit = rows.text(4)}] = {.id = rows.integer(0), .last_s = rows.integer(5)};
  }
}

Status SeriesStore::add(std::span<const Datum> data, std::size_t most) {
  {
    const std::shared_lock lock(mutex_);
    std::size_t fresh = 0;
    for (const Datum& datum : data) fresh += series_.contains(datum.key) ? 0 : 1;
    if (fresh > 0 && series_.size() + fresh > most) return fail(Code::kTooLarge, "more than " + std::to_string(most) + " metrics");
  }
  std::vector<std::int64_t> ids;
  EYRIE_CHECK_OK(database_->run([&](Connection& connection) -> Status {
    ids.clear();
    for (const Datum& datum : data) {
      EYRIE_TRY(const std::int64_t id, id_of(connection, datum.key, datum.time_s));
      ids.push_back(id);
      for (const std::int64_t resolution_s : {std::int64_t{1}, kMinute_s, kHour_s}) {
        if (resolution_s > 1 || datum.high_resolution) EYRIE_CHECK_OK(merge_point(connection, id, resolution_s, datum.time_s, datum.values));
      }
    }
    return {};
  }));
  const std::unique_lock lock(mutex_);
  for (std::size_t i = 0; i < data.size(); ++i) {
    Entry& entry = series_[data[i].key];
    entry.id = ids[i];
    entry.last_s = std::max(entry.last_s, data[i].time_s);
  }
  return {};
}

Result<std::vector<SeriesStore::Found>> SeriesStore::read(const MetricKey& metric, const std::optional<std::string>& unit, std::int64_t resolution_s,
                                                          std::int64_t start_s, std::int64_t end_s) {
  std::vector<std::pair<std::string, std::int64_t>> sought;
  {
    const std::shared_lock lock(mutex_);
    for (auto it = series_.lower_bound({.metric = metric, .unit = ""}); it != series_.end() && it->first.metric == metric; ++it) {
      if (!unit || it->first.unit == *unit) sought.emplace_back(it->first.unit, it->second.id);
    }
  }
  std::vector<Found> found;
  if (sought.empty()) return found;
  EYRIE_TRY(auto reader, database_->reader());
  for (const auto& [of_unit, id] : sought) {
    Found& series = found.emplace_back(Found{.unit = of_unit, .points = {}});
    EYRIE_TRY(Statement rows, reader->prepare("SELECT time_s, count, sum, least, greatest, buckets FROM points WHERE series = ? AND resolution_s = ? AND time_s >= ? AND time_s < ? ORDER BY time_s"));
    rows.bind(1, id).bind(2, resolution_s).bind(3, start_s).bind(4, end_s);
    while (true) {
      EYRIE_TRY(const bool row, rows.step());
      if (!row) break;
      EYRIE_TRY(Distribution values, values_of(rows, 1));
      series.points.push_back({.time_s = rows.integer(0), .values = std::move(values)});
    }
  }
  return found;
}

std::vector<KnownSeries> SeriesStore::list(const SeriesKey* after, std::size_t most, const std::function<bool(const KnownSeries&)>& wanted) const {
  std::vector<KnownSeries> found;
  const std::shared_lock lock(mutex_);
  for (auto it = after == nullptr ? series_.begin() : series_.upper_bound(*after); it != series_.end() && found.size() < most; ++it) {
    KnownSeries one{.key = it->first, .last_s = it->second.last_s};
    if (wanted(one)) found.push_back(std::move(one));
  }
  return found;
}

Status SeriesStore::prune(std::int64_t now_s) {
  std::vector<std::pair<SeriesKey, std::int64_t>> all;
  std::vector<SeriesKey> gone;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [key, entry] : series_) {
      all.emplace_back(key, entry.id);
      if (entry.last_s < now_s - kKeepHours_s) gone.push_back(key);
    }
  }
  for (const auto& [key, id] : all) {
    EYRIE_CHECK_OK(database_->run([&, series = id](Connection& connection) -> Status {
      EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM points WHERE series = ? AND resolution_s = ? AND time_s < ?"));
      for (const auto& [resolution_s, keep_s] : {std::pair{std::int64_t{1}, kKeepSeconds_s}, {kMinute_s, kKeepMinutes_s}, {kHour_s, kKeepHours_s}}) {
        EYRIE_CHECK_OK(remove.bind(1, series).bind(2, resolution_s).bind(3, now_s - keep_s - resolution_s).run());
        remove.reset();
      }
      return {};
    }));
  }
  for (const SeriesKey& key : gone) {
    const std::int64_t oldest = now_s - kKeepHours_s;
    bool removed = false;
    EYRIE_CHECK_OK(database_->run([&](Connection& connection) -> Status {
      EYRIE_TRY(Statement remove, connection.prepare("DELETE FROM series WHERE namespace = ? AND name = ? AND dimensions = ? AND unit = ? AND last_s < ?"));
      const std::string dimensions = write_dimensions(key.metric.dimensions);
      EYRIE_CHECK_OK(remove.bind(1, key.metric.name_space).bind(2, key.metric.name).bind(3, dimensions).bind(4, key.unit).bind(5, oldest).run());
      removed = connection.changes() > 0;
      return {};
    }));
    const std::unique_lock lock(mutex_);
    const auto found = series_.find(key);
    if (removed && found != series_.end() && found->second.last_s < oldest) series_.erase(found);
  }
  return {};
}

}  // namespace eyrie::monitor
