#include "analysis/pictures/written_day.h"

#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

std::int32_t day(std::string_view text) { return day_of_camera(text).value(); }

bool names(const std::string& word, std::string_view of) {
  const std::vector<std::string> words{word};
  return WrittenDays(words).named(day(of)) == 1;
}

TEST(WrittenDays, KnowsTheWaysOfWriting) {
  for (const char* word : {"2026-11-29", "2026-11", "2026-", "2026", "29.11.2026", "29.11.", "29.11.26", "11/2026", "11/29/2026", "29/11/2026", "11/29/26", "11.2026", "2026/11/29",
                           "2026:11:29", "11-29", "november", "nov", "nov.", "novem", "29.", "29", "29th"})
    EXPECT_TRUE(names(word, "2026-11-29")) << word;
  for (const char* word : {"2026-12", "28.11.2026", "12/2026", "october", "no", "2025", "026", "ember", "november2026", ".", "", "29.11.2026x"})
    EXPECT_FALSE(names(word, "2026-11-29")) << word;
  for (const char* word : {"5.3.2008", "05.03.2008", "3/5/2008", "m\u00e4rz", "m\u00e4r", "maerz", "mrz", "march", "mar", "3/2008"}) EXPECT_TRUE(names(word, "2008-03-05")) << word;
  for (const char* word : {"oct", "okt", "oktober", "october", "10/2008", "2008-10"}) EXPECT_TRUE(names(word, "2008-10-22")) << word;
  for (const char* word : {"dezember", "dec", "dez"}) EXPECT_TRUE(names(word, "1999-12-31")) << word;
  EXPECT_TRUE(names("mai", "1969-05-01"));
}

TEST(WrittenDays, TellsWordsApart) {
  const std::vector<std::string> words{"cat", "oct", "2008"};
  WrittenDays days(words);
  EXPECT_EQ(days.possible(), 0b110U);
  EXPECT_EQ(days.named(day("2008-10-22")), 0b110U);
  EXPECT_EQ(days.named(day("2008-11-22")), 0b100U);
  EXPECT_EQ(days.named(day("2009-10-22")), 0b010U);
  EXPECT_EQ(days.named(day("2008-10-22")), 0b110U) << "remembered";
}

TEST(WrittenDays, ReadsWhatCamerasWrite) {
  EXPECT_EQ(day_of_camera("1970-01-02T00:00:00"), 1);
  EXPECT_EQ(day_of_camera("1970:01:02 00:00:00"), 1);
  EXPECT_EQ(day_of_camera("1969-12-31"), -1);
  for (const char* text : {"", "2026", "2026-13-01T", "2026-02-30T", "0000:00:00 00:00:00", "2026-11:29", "-026-11-29", "20 6-11-29", "    -  -  "}) EXPECT_FALSE(day_of_camera(text)) << text;
}

}  // namespace
}  // namespace eyrie::analysis
