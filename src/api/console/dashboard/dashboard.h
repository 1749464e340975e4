// What a dashboard shows of a range of time, gathered from the time series, the alarms and the pictures'
// index; dashboard.cc writes it as JSON or CSV.
//
// Bounded: kMostPeriods points a line, kMostFunctions functions, kMostBuckets buckets. Errors: those of the
// time series. Thread safety: all of it, as of its parts.
#pragma once

#include <functional>

#include "analysis/pictures/picture_index.h"
#include "api/console/dashboard/prices.h"
#include "api/console/dashboard/range.h"
#include "monitor/alarms/alarms.h"

namespace eyrie::api::console {

// All must outlive it.
struct Monitoring {
  const monitor::TimeSeries& series;
  const monitor::Alarms& alarms;
  // Of a function that was created, in MB; 0 where there is none of that name.
  std::function<int(const std::string& function)> memory_mb = [](const std::string&) { return 0; };
  const Clock& clock = Clock::system();
};

struct Chart {
  std::string name;
  std::string unit;  // one of CloudWatch's
  struct Series {
    std::string name;
    std::vector<std::pair<std::int64_t, double>>
        points;  // seconds since 1970 of a period's begin; those without values are absent
  };
  std::vector<Series> series;
};
// invocations, errors, error-rate, duration, queue, queue-age.
Result<std::vector<Chart>> charts_of(const monitor::TimeSeries& series, const Range& range);

// Of all invocations of the range, milliseconds; empty where there were none. p50, p95, p99.
Result<std::vector<std::pair<std::string, double>>> durations_of(const monitor::TimeSeries& series,
                                                                 const Range& range);

// Only what was used.
Result<std::vector<CostLine>> costs_of(const Monitoring& monitoring, const Range& range);

// Which labels of at least 80 percent the pictures have that were uploaded in each week (from Monday, UTC) of
// the range.
struct Week {
  std::int64_t begin_s = 0;
  std::size_t pictures = 0;
  std::vector<std::pair<std::string, std::size_t>> labels;  // the most frequent first, at most kMostLabels
};
inline constexpr std::size_t kMostLabels = 10;
std::vector<Week> weeks_of(const analysis::PictureIndex& index, const Range& range);
std::int64_t week_begin(std::int64_t time_s);

// Where pictures of the range were taken: those close to each other as one, at most kMostPlaces, those with
// the most pictures first.
struct Cluster {
  double latitude = 0, longitude = 0;  // their middle
  analysis::Area bounds;
  std::size_t pictures = 0;
  std::string newest;  // its id
  std::vector<std::pair<std::string, std::size_t>>
      labels;  // the most frequent of at least 80 percent, at most 3
};
inline constexpr std::size_t kMostPlaces = 400;
struct Places {
  std::size_t pictures = 0, without = 0;  // with a place in the area; with none at all
  std::size_t left_out = 0;               // clusters
  std::vector<Cluster> clusters;
};
Places places_of(const analysis::PictureIndex& index, const Range& range, const analysis::Area& area);

}  // namespace eyrie::api::console
