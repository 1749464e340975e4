#include "api/console/pictures/area.h"

#include <gtest/gtest.h>

namespace eyrie::api::console {
namespace {

TEST(Area, FourSidesInDegrees) {
  const auto area = parse_area("-10.5,-90,180,48.25");
  ASSERT_TRUE(area);
  EXPECT_EQ(area->west, -10.5);
  EXPECT_EQ(area->south, -90);
  EXPECT_EQ(area->east, 180);
  EXPECT_EQ(area->north, 48.25);
  EXPECT_TRUE(parse_area("170,-20,-170,0")) << "over the 180th meridian";
}

TEST(Area, NothingElse) {
  for (const char* text : {"", "1,2,3", "1,2,3,4,5", "1,2,3,", ",2,3,4", "181,0,0,0", "0,-91,0,0",
                           "0,0,0,nan", "0,0,inf,0", "0,0,1,1x", " 0,0,1,1", "0,10,0,-10", "1e1,0,20,10"})
    EXPECT_FALSE(parse_area(text)) << text;
}

}  // namespace
}  // namespace eyrie::api::console
