#include "monitor/series/series_store.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "store/sqlite/schema.h"

namespace eyrie::monitor {
namespace {

using store::Connection;
using store::Statement;

constexpr const char* kKind = "monitor.series";
constexpr int kFormat = 1;
constexpr const char* kTables = R"(
CREATE TABLE series(id INTEGER PRIMARY KEY, last_s INTEGER NOT NULL);
CREATE TABLE points(
  series INTEGER NOT NULL, resolution_s INTEGER NOT NULL, time_s INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, least REAL NOT NULL,
  greatest REAL NOT NULL, buckets BLOB NOT NULL, PRIMARY KEY(series, resolution_s, time_s)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

Status prepare(Connection& connection) { return store::prepare_tables(connection, "metrics.db", kFormat, kTables); }

Result<Distribution> values_of(Statement& row, int column) {
  auto values = Distribution::from(row.real(column), row.real(column + 1), row.real(column + 2), row.real(column + 3), row.blob(column + 4));
  if (!values) return fail(Code::kCorrupt, "metrics.db: a point is damaged");
  return std::move(*values);
}

// By chance: the two files may come from backups of different days, and a number must then not mean another series.
std::int64_t new_id() {
  std::array<std::uint8_t, sizeof(std::int64_t)> random{};
  fill_random(random);
  return std::bit_cast<std::int64_t>(random) & std::numeric_limits<std::int64_t>::max();
}

std::string write_key(const SeriesKey& key) {
  return write_json(json::object{{"namespace", key.metric.name_space}, {"name", key.metric.name}, {"dimensions", json_of(key.metric.dimensions)}, {"unit", key.unit}});
}

Result<SeriesKey> read_key(const store::Record& record) {
  const auto parsed = parse_json(record.value);
  if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "the record of a series of metrics is damaged");
  const json::object& object = parsed->get_object();
  return SeriesKey{.metric = {.name_space = text_of(object, "namespace"), .name = text_of(object, "name"), .dimensions = texts_of(object.if_contains("dimensions"))},
                   .unit = text_of(object, "unit")};
}

Status note_last(Connection& connection, std::int64_t series, std::int64_t time_s) {
  EYRIE_TRY(Statement put, connection.prepare("INSERT INTO series(id, last_s) VALUES(?, ?) ON CONFLICT DO UPDATE SET last_s = max(last_s, excluded.last_s)"));
  return put.bind(1, series).bind(2, time_s).run();
}

Status drop_points(store::Database& database, std::int64_t series) {
  return database.run([&](Connection& connection) -> Status {
    EYRIE_TRY(Statement points, connection.prepare("DELETE FROM points WHERE series = ?"));
    EYRIE_CHECK_OK(points.bind(1, series).run());
    EYRIE_TRY(Statement row, connection.prepare("DELETE FROM series WHERE id = ?"));
    return row.bind(1, series).run();
  });
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

Result<std::unique_ptr<SeriesStore>> SeriesStore::open(const std::filesystem::path& file, store::RecordStore& records) {
  EYRIE_TRY(auto database, store::Database::open(file, prepare));
  std::unique_ptr<SeriesStore> made(new SeriesStore(std::move(database), records));
  EYRIE_CHECK_OK(made->load());
  return made;
}

Status SeriesStore::load() {
  std::map<std::int64_t, std::int64_t> last;
  EYRIE_TRY(auto reader, database_->reader());
  EYRIE_TRY(Statement rows, reader->prepare("SELECT id, last_s FROM series"));
  while (true) {
    EYRIE_TRY(const bool row, rows.step());
    if (!row) break;
    last[rows.integer(0)] = rows.integer(1);
  }
  EYRIE_TRY(const auto found, records_.records(kKind));
  for (const store::Record& record : found) {
    const auto id = whole_number<std::int64_t>(record.name);
    EYRIE_TRY(SeriesKey key, read_key(record));
    if (!id) return fail(Code::kCorrupt, "the record of a series of metrics is damaged");
    const auto row = last.find(*id);
    series_[std::move(key)] = {.id = *id, .last_s = row == last.end() ? 0 : row->second};
    if (row != last.end()) last.erase(row);
  }
  // Nobody knows any more what they are called.
  for (const auto& [id, last_s] : last) EYRIE_CHECK_OK(drop_points(*database_, id));
  return {};
}

Status SeriesStore::make_missing(std::span<const Datum> data, std::size_t most) {
  const std::lock_guard making(making_);
  std::map<SeriesKey, std::int64_t> missing;
  {
    const std::shared_lock lock(mutex_);
    for (const Datum& datum : data) {
      if (!series_.contains(datum.key)) missing.try_emplace(datum.key, 0);
    }
    if (!missing.empty() && series_.size() + missing.size() > most) return fail(Code::kTooLarge, "more than " + std::to_string(most) + " metrics");
  }
  if (missing.empty()) return {};
  std::vector<store::RecordChange> changes;
  for (auto& [key, id] : missing) {
    id = new_id();
    changes.push_back({.kind = kKind, .name = std::to_string(id), .value = write_key(key)});
  }
  EYRIE_CHECK_OK(records_.apply(changes));
  const std::unique_lock lock(mutex_);
  for (const auto& [key, id] : missing) series_[key].id = id;
  return {};
}

Status SeriesStore::add(std::span<const Datum> data, std::size_t most) {
  EYRIE_CHECK_OK(make_missing(data, most));
  std::vector<std::int64_t> ids;
  {
    const std::shared_lock lock(mutex_);
    for (const Datum& datum : data) {
      const auto found = series_.find(datum.key);
      if (found == series_.end()) return fail(Code::kUnavailable, "a series of metrics has just been removed");
      ids.push_back(found->second.id);
    }
  }
  EYRIE_CHECK_OK(database_->run([&](Connection& connection) -> Status {
    for (std::size_t i = 0; i < data.size(); ++i) {
      EYRIE_CHECK_OK(note_last(connection, ids[i], data[i].time_s));
      for (const std::int64_t resolution_s : {std::int64_t{1}, kMinute_s, kHour_s}) {
        if (resolution_s > 1 || data[i].high_resolution) EYRIE_CHECK_OK(merge_point(connection, ids[i], resolution_s, data[i].time_s, data[i].values));
      }
    }
    return {};
  }));
  const std::unique_lock lock(mutex_);
  for (const Datum& datum : data) {
    if (const auto found = series_.find(datum.key); found != series_.end()) found->second.last_s = std::max(found->second.last_s, datum.time_s);
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
  std::vector<std::pair<SeriesKey, std::int64_t>> gone;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [key, entry] : series_) {
      all.emplace_back(key, entry.id);
      if (entry.last_s < now_s - kKeepHours_s) gone.emplace_back(key, entry.id);
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
  for (const auto& [key, id] : gone) EYRIE_CHECK_OK(remove(key, id));
  return {};
}

Status SeriesStore::remove(const SeriesKey& key, std::int64_t id) {
  const std::lock_guard making(making_);
  {
    // From here on nothing is added to it: it would be made anew.
    const std::unique_lock lock(mutex_);
    series_.erase(key);
  }
  EYRIE_CHECK_OK(records_.apply({{.kind = kKind, .name = std::to_string(id), .value = std::nullopt}}));
  return drop_points(*database_, id);
}

}  // namespace eyrie::monitor
