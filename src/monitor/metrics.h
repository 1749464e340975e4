// Counters, gauges and histograms, and their text for Prometheus (exposition format 0.0.4).
//
//   Counter& stored = metrics.counter("eyrie_objects_stored_total", "Objects stored", {{"bucket", "images"}});
//   stored.add();
//
// A metric is made on first mention and lives as long as its Metrics; asking again gives the same one. Keep label values
// few: each set is a series for good. Thread-safe; add() and observe() take no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time/clock.h"
#include "base/trace/trace_cause.h"
#include "monitor/series/metric_key.h"

namespace eyrie::monitor {

class Recorder;
class Traces;
struct TraceSegment;

class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Milliseconds, in buckets of 1, 2, 5 times powers of ten up to 50 s.
class Histogram {
 public:
  static constexpr std::array<double, 15> kBounds = {1,   2,    5,    10,   20,    50,    100,  200,
                                                     500, 1000, 2000, 5000, 10000, 20000, 50000};
  void observe(double ms);

  struct Snapshot {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // not cumulative; the last is over every bound
    double sum = 0;
  };
  Snapshot snapshot() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});
  // A gauge whose value is asked for when the text is made.
  void computed(std::string_view name, std::string_view help, std::function<double()> value);
  // The same for a counter.
  void computed_total(std::string_view name, std::string_view help, std::function<double()> value);

  // A value of now of one of the durable time series (series/recorder.h), which CloudWatch's API tells; nothing where none are kept.
  void record(const SeriesKey& key, double value);
  // Where they are kept. Before others call record(); both must outlive this.
  void keep_in(Recorder& recorder, const Clock& clock = Clock::system());

  // A segment of a trace (traces/traces.h), and what an event tells of the work that left it; nothing where no traces are kept.
  void record(TraceSegment segment);
  void record_cause(const TraceCause& cause, const std::string& request_id, std::int64_t left_ms);
  // As keep_in().
  void keep_traces_in(Traces& traces) { traces_ = &traces; }

  std::string prometheus_text() const;

 private:
  struct Family {
    std::string help;
    std::string type;
    std::map<std::string, std::unique_ptr<Counter>> counters;  // by rendered labels
    std::map<std::string, std::unique_ptr<Gauge>> gauges;
    std::map<std::string, std::unique_ptr<Histogram>> histograms;
    std::function<double()> computed;
  };
  Family& family(std::string_view name, std::string_view help, std::string_view type);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;  // guarded by mutex_; the metrics inside are not
  Recorder* recorder_ = nullptr;
  const Clock* clock_ = nullptr;
  Traces* traces_ = nullptr;
};

}  // namespace eyrie::monitor
