#include "api/common/json_size.h"

#include <gtest/gtest.h>

#include <string>

namespace eyrie::api {
namespace {

TEST(JsonSize, CountsWhatIsOutsideStrings) {
  EXPECT_EQ(count_json_values(""), 1U);
  EXPECT_EQ(count_json_values("5"), 1U);
  EXPECT_EQ(count_json_values("[0,0,0]"), 4U);
  EXPECT_EQ(count_json_values(R"({"a":{},"b":[1,2]})"), 6U);
  EXPECT_EQ(count_json_values(R"({"a,[{":"x,y\",[","b":"\\"})"), 3U);
  EXPECT_EQ(count_json_values(R"("never ends \",[[[)"), 1U);
  EXPECT_EQ(count_json_values(std::string(1000, '[')), 1001U);
  EXPECT_EQ(count_json_values("\""), 1U);
  EXPECT_EQ(count_json_values("\"\\"), 1U);
}

}  // namespace
}  // namespace eyrie::api
