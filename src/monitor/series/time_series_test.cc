#include "monitor/series/time_series.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace eyrie::monitor {
namespace {

constexpr std::int64_t kNow = 1'800'000'000 - 1'800'000'000 % kHour_s + 1234;  // within an hour

class TimeSeriesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    open_again();
  }
  void open_again() {
    series_.reset();
    auto opened = TimeSeries::open(directory_.path() / "metrics.db", store_->records());
    ASSERT_TRUE(opened) << opened.error().message;
    series_ = std::move(*opened);
  }
  static Datum datum(std::int64_t time_s, double value, bool high = false, const std::string& unit = "None") {
    Datum made{.key = {.metric = kMetric, .unit = unit}, .time_s = time_s, .high_resolution = high};
    made.values.add(value);
    return made;
  }
  void put(const Datum& one) {
    const Status put = series_->put({&one, 1});
    ASSERT_TRUE(put) << put.error().message;
  }
  // Begin and sum of each period.
  std::vector<std::pair<std::int64_t, double>> sums(std::int64_t period_s, std::int64_t start_s, std::int64_t end_s, std::optional<std::string> unit = {}) {
    const auto points = series_->read({.metric = kMetric, .unit = std::move(unit), .period_s = period_s, .start_s = start_s, .end_s = end_s, .now_s = kNow});
    EXPECT_TRUE(points);
    std::vector<std::pair<std::int64_t, double>> found;
    for (const Point& point : points.value_or(std::vector<Point>())) found.emplace_back(point.time_s, point.values.sum());
    return found;
  }
  using Sums = std::vector<std::pair<std::int64_t, double>>;

  inline static const MetricKey kMetric{.name_space = "Test", .name = "Count", .dimensions = {{"A", "1"}, {"B", "x\"y"}}};
  std::unique_ptr<TimeSeries> series_;
};

TEST_F(TimeSeriesTest, WhatWasPutIsThereAfterARestartInAllPeriods) {
  const std::int64_t minute = kNow - kNow % 60;
  put(datum(minute + 5, 1));
  put(datum(minute + 50, 2));
  put(datum(minute - 60, 4));
  open_again();
  EXPECT_EQ(sums(60, minute - 60, minute + 60), (Sums{{minute - 60, 4}, {minute, 3}}));
  EXPECT_EQ(sums(3600, minute - minute % 3600, minute + 60), (Sums{{minute - minute % 3600, 7}}));
  EXPECT_EQ(sums(60, minute + 60, minute + 120), Sums());
  EXPECT_EQ(sums(1, minute - 60, minute + 60), Sums());  // not of high resolution
}

TEST_F(TimeSeriesTest, HighResolutionIsKeptInSeconds) {
  const std::int64_t ten = kNow - kNow % 10;
  put(datum(ten + 1, 1, true));
  put(datum(ten + 9, 2, true));
  put(datum(ten + 10, 4, true));
  EXPECT_EQ(sums(10, ten, ten + 20), (Sums{{ten, 3}, {ten + 10, 4}}));
  EXPECT_EQ(sums(1, ten, ten + 5), (Sums{{ten + 1, 1}}));
}

TEST_F(TimeSeriesTest, TheServersOwnAreReadBeforeAndAfterTheyAreWritten) {
  const std::int64_t minute = kNow - kNow % 60;
  put(datum(minute, 1));
  series_->recorder().add({.metric = kMetric}, 10, minute + 30);
  EXPECT_EQ(sums(60, minute, minute + 60), (Sums{{minute, 11}}));
  EXPECT_EQ(sums(3600, minute - minute % 3600, minute + 60), (Sums{{minute - minute % 3600, 11}}));
  ASSERT_TRUE(series_->flush());
  EXPECT_EQ(sums(60, minute, minute + 60), (Sums{{minute, 11}}));
  series_->recorder().add({.metric = kMetric}, 100, minute + 31);
  open_again();  // which takes what was not written
  EXPECT_EQ(sums(60, minute, minute + 60), (Sums{{minute, 11}}));
}

TEST_F(TimeSeriesTest, PeriodsBeginWhereItIsAsked) {
  const std::int64_t minute = kNow - kNow % 60, start = minute - minute % 3600 - 1800;
  put(datum(start + 5, 1));
  put(datum(start + 3599, 2));
  put(datum(start + 3600, 4));
  put(datum(start - 1, 8));
  EXPECT_EQ(sums(3600, start, start + 1), (Sums{{start, 3}}));
  EXPECT_EQ(sums(3600, start, start + 3601), (Sums{{start, 3}, {start + 3600, 4}}));
  EXPECT_EQ(sums(300, start, start), Sums());
}

TEST_F(TimeSeriesTest, UnitsAreToldApart) {
  const std::int64_t minute = kNow - kNow % 60;
  put(datum(minute, 1, false, "Bytes"));
  put(datum(minute, 2, false, "Count"));
  EXPECT_EQ(sums(60, minute, minute + 60), (Sums{{minute, 3}}));
  EXPECT_EQ(sums(60, minute, minute + 60, "Bytes"), (Sums{{minute, 1}}));
  EXPECT_EQ(sums(60, minute, minute + 60, "Percent"), Sums());
}

TEST_F(TimeSeriesTest, WhatIsOldGoes) {
  const std::int64_t old_second = kNow - kKeepSeconds_s - 10, old_minute = kNow - kKeepMinutes_s - kDay_s, old_hour = kNow - kKeepHours_s - kDay_s;
  put(datum(old_second, 1, true));
  put(datum(old_minute, 2));
  put(datum(old_hour, 4));
  ASSERT_TRUE(series_->prune(kNow));
  EXPECT_EQ(sums(1, old_second, old_second + 1), Sums());
  EXPECT_EQ(sums(60, old_second - old_second % 60, old_second + 1).size(), 1U);
  // Of the minute only its hour is left; of the hour nothing.
  EXPECT_EQ(sums(60, old_minute - old_minute % 3600, old_minute + 60), (Sums{{old_minute - old_minute % 3600, 2}}));
  EXPECT_EQ(sums(3600, old_hour - old_hour % 3600, old_hour + 3600), Sums());
  const Datum other{.key = {.metric = {.name_space = "Test", .name = "Gone"}}, .time_s = old_hour, .values = datum(0, 1).values};
  put(other);
  ASSERT_TRUE(series_->prune(kNow));
  EXPECT_EQ(series_->list(nullptr, 10, [](const KnownSeries&) { return true; }).size(), 1U);
}

TEST_F(TimeSeriesTest, NamesAreNowhereInClear) {
  Datum one = datum(kNow, 1);
  one.key.metric.dimensions = {{"Label", "Quartzberg"}};
  put(one);
  series_.reset();
  store_.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(bytes.contains("Quartzberg")) << entry.path();
  }
}

TEST_F(TimeSeriesTest, ListsInPages) {
  for (const char* name : {"a", "b", "c"}) put({.key = {.metric = {.name_space = "Test", .name = name}}, .time_s = kNow, .values = datum(0, 1).values});
  const auto all = [](const KnownSeries&) { return true; };
  const auto first = series_->list(nullptr, 2, all);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].last_s, kNow);
  const auto second = series_->list(&first.back().key, 2, all);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].key.metric.name, "c");
}

TEST_F(TimeSeriesTest, TheNumberOfSeriesIsBounded) {
  std::vector<Datum> many(SeriesStore::kMostSeries + 1, datum(kNow, 1));
  for (std::size_t i = 0; i < many.size(); ++i) many[i].key.metric.name = std::to_string(i);
  const Status put = series_->put(many);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Code::kTooLarge);
  EXPECT_EQ(sums(60, 0, kNow + 1), Sums());
  Recorder recorder;
  for (std::size_t i = 0; i <= Recorder::kMostSeries + 5; ++i) recorder.add({.metric = {.name_space = "Test", .name = std::to_string(i)}}, 1, kNow);
  EXPECT_EQ(recorder.take().size(), Recorder::kMostSeries);
}

}  // namespace
}  // namespace eyrie::monitor
