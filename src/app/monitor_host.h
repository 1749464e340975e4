// Time series and alarms put together, and the thread that keeps them going: every second alarms are asked, every minute what was gathered is written and levels are
// noted, every hour what is old goes. Thread safety: open() to stop() on one thread; the parts as their headers say.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "api/gateway.h"
#include "app/alarm_actions.h"
#include "app/topic_host.h"
#include "store/embedded.h"

namespace eyrie::app {

// The time series of a data directory. Pictures do not wait for metrics: where their file is damaged it is put aside, as metrics.db.damaged, and a new one begun.
Result<std::unique_ptr<monitor::TimeSeries>> open_time_series(const std::filesystem::path& directory, store::RecordStore& records);

class MonitorHost {
 public:
  struct Parts {
    store::EmbeddedStore& store;
    monitor::TimeSeries& series;
    TopicHost& topics;
    FunctionHost& functions;
    notify::LocalQueues& queues;
  };
  // All must outlive it. Makes the topic `alarms` and the alarm `analyze-image-errors` once per data directory.
  static Result<std::unique_ptr<MonitorHost>> open(const Parts& parts);
  ~MonitorHost();  // stop()

  void add_to(api::Gateway& gateway, const api::Door& door, net::MemoryBudget& budget);
  // What the buckets hold, for Prometheus: counted in a hundredth of the time at most. Must outlive `metrics`' last text.
  void measure_storage(monitor::Metrics& metrics);
  const monitor::Alarms& alarms() const { return *alarms_; }
  void start();
  // What was gathered is on disk when it returns.
  void stop();

 private:
  explicit MonitorHost(const Parts& parts) : parts_(parts) {}
  Status furnish();
  void run();
  void each_minute();
  void note_levels();
  void each_hour();
  void note_storage();
  store::BucketUsage stored();

  const Parts parts_;
  std::unique_ptr<LocalAlarmActions> actions_;
  std::unique_ptr<monitor::Alarms> alarms_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
  std::mutex stored_mutex_;
  store::BucketUsage stored_;                           // of all buckets; guarded by stored_mutex_, as the next
  std::chrono::steady_clock::time_point stored_until_;  // it is not counted anew before
};

// What is seen on pictures: the time series Detections of Eyrie's by label, and the same for Prometheus, of kMostLabels labels at most. Thread safety: all of it.
class DetectionMetrics {
 public:
  static constexpr std::size_t kMostLabels = 1000;

  explicit DetectionMetrics(monitor::Metrics& metrics) : metrics_(metrics) {}
  void add(const vision::Recognition& seen);

 private:
  bool is_kept(const std::string& label);

  monitor::Metrics& metrics_;
  std::mutex mutex_;
  std::set<std::string> labels_;  // guarded by mutex_
};

}  // namespace eyrie::app
