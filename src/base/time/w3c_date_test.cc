#include "base/time/w3c_date.h"

#include <gtest/gtest.h>

#include <string>

namespace eyrie {
namespace {

constexpr std::int64_t kHalfPastOne = 1'369'402'200'000;  // 2013-05-24T13:30:00Z

TEST(W3cDateTest, FromYearsToFractions) {
  EXPECT_EQ(parse_w3c_date("1970"), 0);
  EXPECT_EQ(parse_w3c_date("2013"), 1'356'998'400'000);
  EXPECT_EQ(parse_w3c_date("2013-05"), 1'367'366'400'000);
  EXPECT_EQ(parse_w3c_date("2013-05-24"), 1'369'353'600'000);
  EXPECT_EQ(parse_w3c_date("2013-05-24T13:30Z"), kHalfPastOne);
  EXPECT_EQ(parse_w3c_date("2013-05-24T13:30:07Z"), kHalfPastOne + 7'000);
  EXPECT_EQ(parse_w3c_date("2013-05-24T13:30:07.4Z"), kHalfPastOne + 7'400);
  EXPECT_EQ(parse_w3c_date("2013-05-24T13:30:07.045Z"), kHalfPastOne + 7'045);
  EXPECT_EQ(parse_w3c_date("2013-05-24T13:30:07.0459999999999999999999Z"), kHalfPastOne + 7'045);
  EXPECT_EQ(parse_w3c_date("2012-02-29"), 1'330'473'600'000);
  EXPECT_EQ(parse_w3c_date("1969-12-31T23:59:59.999Z"), -1);
}

TEST(W3cDateTest, Offsets) {
  for (const char* same : {"2013-05-24T15:30+02:00", "2013-05-24T08:00-05:30", "2013-05-24T15:30:00+02:00", "2013-05-25T03:15:00.000+13:45", "2013-05-24T13:30+00:00",
                           "2013-05-23T23:30:00-14:00", "2013-05-24T13:30-00:00"})
    EXPECT_EQ(parse_w3c_date(same), kHalfPastOne) << same;
}

TEST(W3cDateTest, RefusesNonsense) {
  for (const std::string wrong :
       {"", "201", "20130", "2013-", "2013-5", "2013-13", "2013-00", "2013-05-", "2013-05-00", "2013-05-32", "2013-02-29", "2013-05-24T", "2013T10:00Z", "2013-05T10:00Z",
        "2013-05-24T13Z", "2013-05-24T13:30", "2013-05-24T13:30:00", "2013-05-24T24:00Z", "2013-05-24T13:60Z", "2013-05-24T13:30:61Z", "2013-05-24T13:30:00.Z", "2013-05-24T13:30.5Z",
        "2013-05-24T13:30:00,5Z", "2013-05-24T13:30:00z", "2013-05-24t13:30:00Z", "2013-05-24 13:30:00Z", "2013-05-24T13:30ZZ", "2013-05-24T13:30+0200", "2013-05-24T13:30+02",
        "2013-05-24T13:30+24:00", "2013-05-24T13:30+02:60", "2013-05-24T13:30Z+02:00", " 2013", "2013 ", "-2013", "20-13", "2O13", "2013-05-24Z", "20130524T133000Z"})
    EXPECT_EQ(parse_w3c_date(wrong), std::nullopt) << wrong;
  EXPECT_EQ(parse_w3c_date(std::string("2013\0", 5)), std::nullopt);
}

}  // namespace
}  // namespace eyrie
