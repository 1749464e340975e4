#include "monitor/series/time_series.h"

#include <algorithm>

namespace eyrie::monitor {
namespace {

std::int64_t begin_of(std::int64_t time_s, std::int64_t period_s) { return time_s - time_s % period_s; }

std::vector<Point> in_periods(const std::map<std::int64_t, Distribution>& periods) {
  std::vector<Point> points;
  points.reserve(periods.size());
  for (const auto& [time_s, values] : periods) points.push_back({.time_s = time_s, .values = values});
  return points;
}

}  // namespace

Result<std::unique_ptr<TimeSeries>> TimeSeries::open(const std::filesystem::path& file) {
  EYRIE_TRY(auto store, SeriesStore::open(file));
  return std::unique_ptr<TimeSeries>(new TimeSeries(std::move(store)));
}

Status TimeSeries::put(std::span<const Datum> data) { return store_->add(data); }

Result<std::vector<SeriesStore::Found>> TimeSeries::read_by_unit(const Question& question) const {
  const std::int64_t period = question.period_s;
  const bool minutes_gone = question.start_s < question.now_s - kKeepMinutes_s;
  const std::int64_t resolution = period < kMinute_s ? 1 : period % kHour_s == 0 || minutes_gone ? kHour_s : kMinute_s;
  // The first and the last period may begin before and end after what is asked for.
  const std::int64_t start = begin_of(question.start_s + period - 1, period), end = begin_of(question.end_s + period - 1, period);
  std::vector<SeriesStore::Found> stored;
  std::vector<Datum> pending;
  {
    const std::shared_lock lock(moving_);
    EYRIE_TRY(stored, store_->read(question.metric, question.unit, resolution, start, end));
    if (resolution > 1) pending = recorder_.pending(question.metric, question.unit);
  }
  std::map<std::string, std::map<std::int64_t, Distribution>> by_unit;
  for (const SeriesStore::Found& found : stored) {
    for (const Point& point : found.points) by_unit[found.unit][begin_of(point.time_s, period)].merge(point.values);
  }
  for (const Datum& datum : pending) {
    const std::int64_t begin = begin_of(datum.time_s, std::max(period, resolution));
    if (begin >= start && begin < end) by_unit[datum.key.unit][begin].merge(datum.values);
  }
  std::vector<SeriesStore::Found> answer;
  for (const auto& [unit, periods] : by_unit) answer.push_back({.unit = unit, .points = in_periods(periods)});
  return answer;
}

Result<std::vector<Point>> TimeSeries::read(const Question& question) const {
  EYRIE_TRY(auto units, read_by_unit(question));
  if (units.empty()) return std::vector<Point>();
  if (units.size() == 1) return std::move(units.front().points);
  std::map<std::int64_t, Distribution> together;
  for (const SeriesStore::Found& found : units) {
    for (const Point& point : found.points) together[point.time_s].merge(point.values);
  }
  return in_periods(together);
}

Status TimeSeries::flush() {
  const std::unique_lock lock(moving_);
  const std::vector<Datum> data = recorder_.take();
  if (data.empty()) return {};
  // Clients that have used up their number of series do not stop the server's own.
  Status written = store_->add(data, SeriesStore::kMostSeries + Recorder::kMostSeries);
  if (!written) recorder_.give_back(data);
  return written;
}

}  // namespace eyrie::monitor
