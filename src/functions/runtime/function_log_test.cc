#include "functions/runtime/function_log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"

namespace eyrie::functions {
namespace {

class FunctionLogsTest : public ::testing::Test {
 protected:
  void write_raw(const std::filesystem::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

  const TemporaryDirectory directory_;
  FakeClock clock_{1'764'000'000'000};
  FunctionLogs logs_{directory_.path(), clock_};
};

TEST_F(FunctionLogsTest, TheTailIsOfWholeLines) {
  EXPECT_EQ(*logs_.tail("f", 1000), "");
  logs_.write("f", "one");
  logs_.write("f", "two\nlines");
  const std::string at = format_iso8601(clock_.now_ms()) + " ";
  EXPECT_EQ(*logs_.tail("f", 1000), at + "one\n" + at + "two lines\n");
  EXPECT_EQ(*logs_.tail("f", at.size() + 12), at + "two lines\n");
  EXPECT_EQ(*logs_.tail("f", 5), "");
  EXPECT_EQ(*logs_.tail("g", 1000), "") << "of another";
}

TEST_F(FunctionLogsTest, TheTailGoesOnInTheOlderFile) {
  write_raw(directory_.path() / "f.1.log", "first\nsecond\n");
  write_raw(logs_.file("f"), "third\nhalf a li");
  EXPECT_EQ(*logs_.tail("f", 1000), "first\nsecond\nthird\n");
  EXPECT_EQ(*logs_.tail("f", 25), "second\nthird\n");
}

}  // namespace
}  // namespace eyrie::functions
