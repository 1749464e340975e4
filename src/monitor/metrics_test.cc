#include "monitor/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eyrie::monitor {
namespace {

using testing::HasSubstr;

TEST(Metrics, TextHasEverySeries) {
  Metrics metrics;
  metrics.counter("a_total", "Things", {{"kind", "x\"y"}}).add(3);
  metrics.gauge("b", "Level").set(-2);
  metrics.computed("c", "Asked", [] { return 1.5; });
  metrics.computed_total("d_total", "Asked", [] { return 7; });
  const std::string text = metrics.prometheus_text();
  EXPECT_THAT(text, HasSubstr("# TYPE d_total counter\nd_total 7"));
  EXPECT_THAT(text, HasSubstr("# TYPE a_total counter\na_total{kind=\"x\\\"y\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE b gauge\nb -2\n"));
  EXPECT_THAT(text, HasSubstr("c 1.5\n"));
}

TEST(Metrics, HistogramBucketsAreCumulative) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("d_ms", "Time", {{"op", "get"}});
  for (double ms : {0.5, 1.0, 7.0, 60'000.0}) histogram.observe(ms);
  const std::string text = metrics.prometheus_text();
  EXPECT_THAT(text, HasSubstr("d_ms_bucket{op=\"get\",le=\"1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("d_ms_bucket{op=\"get\",le=\"10\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("d_ms_bucket{op=\"get\",le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("d_ms_count{op=\"get\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("d_ms_sum{op=\"get\"} 60008.5\n"));
}

TEST(Metrics, SameNameIsSameMetric) {
  Metrics metrics;
  metrics.counter("a_total", "Things").add();
  metrics.counter("a_total", "Things").add();
  EXPECT_EQ(metrics.counter("a_total", "Things").value(), 2U);
}

}  // namespace
}  // namespace eyrie::monitor
