#include "base/time/clock.h"

#include <gtest/gtest.h>

namespace eyrie {
namespace {

constexpr std::int64_t kMoment = 1'369'353'600'000;  // 2013-05-24T00:00:00Z, the date of S3's signing examples

TEST(Dates, FormatAndParse) {
  EXPECT_EQ(format_amz_date(kMoment), "20130524T000000Z");
  EXPECT_EQ(format_iso8601(kMoment + 7), "2013-05-24T00:00:00.007Z");
  EXPECT_EQ(format_http_date(kMoment), "Fri, 24 May 2013 00:00:00 GMT");
  EXPECT_EQ(parse_amz_date("20130524T000000Z"), kMoment);
  EXPECT_EQ(parse_http_date("Fri, 24 May 2013 00:00:00 GMT"), kMoment);
  EXPECT_EQ(parse_iso8601("2013-05-24T00:00:00Z"), kMoment);
  EXPECT_EQ(parse_iso8601(format_iso8601(kMoment + 7)), kMoment + 7);
}

TEST(Clock, AgesAreNotOfTheFuture) {
  const FakeClock clock(kMoment);
  EXPECT_EQ(age_ms(clock, kMoment - 5), 5);
  EXPECT_EQ(age_ms(clock, kMoment + 5), 0);
  EXPECT_EQ(age_ms(clock, 0), 0);
}

TEST(Dates, RefusesNonsense) {
  for (const char* bad : {"", "20130524T000000", "20131324T000000Z", "20130231T000000Z", "2013-05-24T00:00Z",
                          "20130524T240000Z", "2013052aT000000Z"}) {
    EXPECT_EQ(parse_amz_date(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_http_date("Fri, 24 Foo 2013 00:00:00 GMT"), std::nullopt);
  EXPECT_EQ(parse_http_date("yesterday"), std::nullopt);
  for (const char* bad : {"2013-05-24", "2013-05-24T00:00:00", "2013-05-24T00:00:00.0Z", "2013-02-31T00:00:00Z"}) {
    EXPECT_EQ(parse_iso8601(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace eyrie
