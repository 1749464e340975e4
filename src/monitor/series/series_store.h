// Time series on disk: their numbers in metrics.db, a SQLite file of its own beside eyrie.db; what they are called in sealed records, since names tell what was seen on pictures.
//
// Every value is kept in minutes for 15 days and in hours for 455 days; values of high resolution in seconds for 3 hours besides, as CloudWatch
// does. Times are seconds since 1970 of a period's begin. Format: docs/formats.md.
// Errors: kTooLarge - too many series; those of the database. Thread safety: all of it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <vector>

#include "monitor/series/distribution.h"
#include "monitor/series/metric_key.h"
#include "store/record_store.h"
#include "store/sqlite/database.h"

namespace eyrie::monitor {

inline constexpr std::int64_t kMinute_s = 60, kHour_s = 3600, kDay_s = 86'400;
inline constexpr std::int64_t kKeepSeconds_s = 3 * kHour_s, kKeepMinutes_s = 15 * kDay_s, kKeepHours_s = 455 * kDay_s;

// Values of one second.
struct Datum {
  SeriesKey key;
  std::int64_t time_s = 0;
  Distribution values;
  bool high_resolution = false;
};

struct Point {
  std::int64_t time_s = 0;
  Distribution values;
};

struct KnownSeries {
  SeriesKey key;
  std::int64_t last_s = 0;  // when it last had a value
};

class SeriesStore {
 public:
  static constexpr std::size_t kMostSeries = 20'000;

  // `records` must outlive it.
  static Result<std::unique_ptr<SeriesStore>> open(const std::filesystem::path& file, store::RecordStore& records);

  // One transaction: on disk when it returns, or nothing is. `most`: how many series there may then be.
  Status add(std::span<const Datum> data, std::size_t most = kMostSeries);
  // Of the metric's series in all units, or in this one. `resolution_s`: 1, 60 or 3600. From `start_s` to before `end_s`, in the order of times.
  struct Found {
    std::string unit;
    std::vector<Point> points;
  };
  Result<std::vector<Found>> read(const MetricKey& metric, const std::optional<std::string>& unit, std::int64_t resolution_s, std::int64_t start_s, std::int64_t end_s);
  // By key, those after `after`, as long as `wanted` says so; it is asked under a lock.
  std::vector<KnownSeries> list(const SeriesKey* after, std::size_t most, const std::function<bool(const KnownSeries&)>& wanted) const;
  // What is older than it is kept goes.
  Status prune(std::int64_t now_s);

 private:
  SeriesStore(std::unique_ptr<store::Database> database, store::RecordStore& records) : database_(std::move(database)), records_(records) {}
  Status load();
  // Those that are not there get a record each; kTooLarge.
  Status make_missing(std::span<const Datum> data, std::size_t most);
  Status remove(const SeriesKey& key, std::int64_t id);

  struct Entry {
    std::int64_t id = 0, last_s = 0;
  };
  const std::unique_ptr<store::Database> database_;
  store::RecordStore& records_;
  std::mutex making_;  // one change of what there is at a time; taken before mutex_
  mutable std::shared_mutex mutex_;
  std::map<SeriesKey, Entry> series_;  // guarded by mutex_: all that are on disk
};

}  // namespace eyrie::monitor
