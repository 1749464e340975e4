#include "api/console/csv.h"

#include <gtest/gtest.h>

namespace eyrie::api::console {
namespace {

TEST(Csv, TextIsQuoted) {
  EXPECT_EQ(csv_field("Cat"), "\"Cat\"");
  EXPECT_EQ(csv_field(""), "\"\"");
  EXPECT_EQ(csv_field("a \"b\", c\r\nd"), "\"a \"\"b\"\", c\r\nd\"");
}

TEST(Csv, NothingIsAFormula) {
  for (const char first : {'=', '+', '-', '@', '\t', '\r'}) {
    const std::string text = std::string(1, first) + "HYPERLINK(1)";
    EXPECT_EQ(csv_field(text), "\"'" + text + "\"");
  }
  EXPECT_EQ(csv_field("a=1"), "\"a=1\"");
}

}  // namespace
}  // namespace eyrie::api::console
