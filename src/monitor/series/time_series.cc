#include "monitor/series/time_series.h"

namespace eyrie::monitor {
namespace {

std::vector<Point> in_periods(const std::map<std::int64_t, Distribution>& periods) {
  std::vector<Point> points;
  points.reserve(periods.size());
  for (const auto& [time_s, values] : periods) points.push_back({.time_s = time_s, .values = values});
  return points;
}

}  // namespace

Result<std::unique_ptr<TimeSeries>> TimeSeries::open(const std::filesystem::path& file, store::RecordStore& records) {
  EYRIE_TRY(auto store, SeriesStore::open(file, records));
  return std::unique_ptr<TimeSeries>(new TimeSeries(std::move(store)));
}

Status TimeSeries::put(std::span<const Datum> data) { return store_->add(data); }

Result<std::vector<SeriesStore::Found>> TimeSeries::read_by_unit(const Question& question) const {
  const std::int64_t period = question.period_s, start = question.start_s;
  if (question.end_s <= start) return std::vector<SeriesStore::Found>();
  const bool minutes_gone = start < question.now_s - kKeepMinutes_s, of_hours = period % kHour_s == 0 && start % kHour_s == 0;
  const std::int64_t resolution = period < kMinute_s ? 1 : of_hours || minutes_gone ? kHour_s : kMinute_s;
  const std::int64_t end = start + (question.end_s - start + period - 1) / period * period;
  const auto period_of = [&](std::int64_t time_s) { return start + (time_s - start) / period * period; };
  std::vector<SeriesStore::Found> stored;
  std::vector<Datum> pending;
  {
    const std::shared_lock lock(moving_);
    EYRIE_TRY(stored, store_->read(question.metric, question.unit, resolution, start, end));
    if (resolution > 1) pending = recorder_.pending(question.metric, question.unit);
  }
  std::map<std::string, std::map<std::int64_t, Distribution>> by_unit;
  for (const SeriesStore::Found& found : stored) {
    for (const Point& point : found.points) by_unit[found.unit][period_of(point.time_s)].merge(point.values);
  }
  for (const Datum& datum : pending) {
    // As it will be found once it is written.
    const std::int64_t begin = datum.time_s - datum.time_s % resolution;
    if (begin >= start && begin < end) by_unit[datum.key.unit][period_of(begin)].merge(datum.values);
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
