// Values of the server's own metrics, gathered in memory until they are written once a minute.
//
//   Series& duration = recorder.series({.metric = {"AWS/Lambda", "Duration", {{"FunctionName", name}}}, .unit = "Milliseconds"});
//   duration.add(12.5, now_s);
//
// A series is made on first mention and lives as long as its recorder. Of more than kMostSeries the further ones are not kept. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "monitor/series/series_store.h"

namespace eyrie::monitor {

class Series {
 public:
  explicit Series(bool kept = true) : kept_(kept) {}
  void add(double value, std::int64_t time_s);

 private:
  friend class Recorder;
  mutable std::mutex mutex_;
  std::map<std::int64_t, Distribution> minutes_;  // guarded by mutex_; by their begin: one, or two around the turn
  const bool kept_;
};

class Recorder {
 public:
  static constexpr std::size_t kMostSeries = 5000;

  Series& series(const SeriesKey& key);
  void add(const SeriesKey& key, double value, std::int64_t time_s) { series(key).add(value, time_s); }

  // What was gathered, which is then forgotten here.
  std::vector<Datum> take();
  // Back again, where it could not be written.
  void give_back(const std::vector<Datum>& data);
  // What is gathered of the metric, in all units or in this one.
  std::vector<Datum> pending(const MetricKey& metric, const std::optional<std::string>& unit) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<SeriesKey, std::unique_ptr<Series>> series_;  // guarded by mutex_; the series inside are not
  Series surplus_{false};
};

}  // namespace eyrie::monitor
