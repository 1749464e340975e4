#include "base/ids.h"

#include <gtest/gtest.h>

#include <set>

namespace eyrie {
namespace {

TEST(Ids, UuidsAreWellFormedAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = uuid_v4();
    EXPECT_TRUE(is_uuid(id)) << id;
    EXPECT_EQ(id[14], '4');
    EXPECT_TRUE(seen.insert(id).second);
  }
  EXPECT_FALSE(is_uuid("0B5C0000-0000-4000-8000-000000000000"));
  EXPECT_FALSE(is_uuid("x"));
  EXPECT_EQ(s3_request_id().size(), 16U);
}

}  // namespace
}  // namespace eyrie
