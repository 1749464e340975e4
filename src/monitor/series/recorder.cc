#include "monitor/series/recorder.h"

#include <cmath>

namespace eyrie::monitor {
namespace {

// Where writing fails for long (a full disk), the oldest minutes go.
constexpr std::size_t kMostMinutes = 60;

}  // namespace

void Series::add(double value, std::int64_t time_s) {
  if (!kept_ || !std::isfinite(value)) return;
  const std::lock_guard lock(mutex_);
  minutes_[time_s - time_s % kMinute_s].add(value);
}

Series& Recorder::series(const SeriesKey& key) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = series_.find(key); found != series_.end()) return *found->second;
  }
  const std::unique_lock lock(mutex_);
  if (const auto found = series_.find(key); found != series_.end()) return *found->second;
  if (series_.size() >= kMostSeries) return surplus_;
  return *series_.emplace(key, std::make_unique<Series>()).first->second;
}

std::vector<Datum> Recorder::take() {
  std::vector<Datum> taken;
  const std::shared_lock lock(mutex_);
  for (const auto& [key, series] : series_) {
    const std::lock_guard own(series->mutex_);
    for (auto& [minute, values] : series->minutes_) taken.push_back({.key = key, .time_s = minute, .values = std::move(values)});
    series->minutes_.clear();
  }
  return taken;
}

void Recorder::give_back(const std::vector<Datum>& data) {
  for (const Datum& datum : data) {
    Series& of = series(datum.key);
    const std::lock_guard lock(of.mutex_);
    of.minutes_[datum.time_s].merge(datum.values);
    while (of.minutes_.size() > kMostMinutes) of.minutes_.erase(of.minutes_.begin());
  }
}

std::vector<Datum> Recorder::pending(const MetricKey& metric, const std::optional<std::string>& unit) const {
  std::vector<Datum> found;
  const std::shared_lock lock(mutex_);
  for (auto it = series_.lower_bound({.metric = metric, .unit = ""}); it != series_.end() && it->first.metric == metric; ++it) {
    if (unit && it->first.unit != *unit) continue;
    const std::lock_guard own(it->second->mutex_);
    for (const auto& [minute, values] : it->second->minutes_) found.push_back({.key = it->first, .time_s = minute, .values = values});
  }
  return found;
}

}  // namespace eyrie::monitor
