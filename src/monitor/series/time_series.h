// The durable time series of all metrics, those of clients and the server's own.
//
//   TimeSeries series(...);
//   series.recorder().add(key, 1, now_s);      // the server's own: on disk within a minute or so
//   series.put(data);                          // a client's: on disk when it returns
//   series.read({.metric = key, .period_s = 300, .start_s = ..., .end_s = ...});
//
// A read sees what is on disk and what waits to be written. What a crash takes is at most what the recorder gathered since the last flush().
// Errors: as series_store.h. Thread safety: all of it.
#pragma once

#include "monitor/series/recorder.h"

namespace eyrie::monitor {

class TimeSeries {
 public:
  // `records` must outlive it.
  static Result<std::unique_ptr<TimeSeries>> open(const std::filesystem::path& file, store::RecordStore& records);

  Recorder& recorder() { return recorder_; }
  Status put(std::span<const Datum> data);

  // Periods follow each other from `start_s` on, the last begins before `end_s`; those that have values, in the order of times. `period_s` is below 60 (of values of high resolution
  // alone) or a multiple of it, and `start_s` is a multiple of it or of 60. Minutes are gone after 15 days: what begins before is told in hours, whatever the period.
  struct Question {
    MetricKey metric;
    std::optional<std::string> unit = {};  // absent: whatever there is
    std::int64_t period_s = kMinute_s;
    std::int64_t start_s = 0, end_s = 0;
    std::int64_t now_s = 0;
  };
  Result<std::vector<SeriesStore::Found>> read_by_unit(const Question& question) const;
  // All units as one.
  Result<std::vector<Point>> read(const Question& question) const;

  std::vector<KnownSeries> list(const SeriesKey* after, std::size_t most, const std::function<bool(const KnownSeries&)>& wanted) const { return store_->list(after, most, wanted); }

  // Writes what the recorder has gathered. Where that fails it is gathered on.
  Status flush();
  Status prune(std::int64_t now_s) { return store_->prune(now_s); }

 private:
  explicit TimeSeries(std::unique_ptr<SeriesStore> store) : store_(std::move(store)) {}

  const std::unique_ptr<SeriesStore> store_;
  Recorder recorder_;
  mutable std::shared_mutex moving_;  // held alone while values are on their way from the recorder to the disk, so that none is read twice
};

}  // namespace eyrie::monitor
