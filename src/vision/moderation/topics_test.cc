#include "vision/moderation/topics.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace eyrie::vision {
namespace {

TEST(TopicsTest, ThreeLevelsWithParentsFirst) {
  std::array<int, 4> by_level{};
  std::set<std::string_view> seen;
  for (const ModerationTopic& topic : moderation_topics()) {
    ASSERT_TRUE(topic.level >= 1 && topic.level <= 3) << topic.name;
    ++by_level[static_cast<std::size_t>(topic.level)];
    EXPECT_EQ(topic.parent.empty(), topic.level == 1) << topic.name;
    if (!topic.parent.empty()) {
      EXPECT_TRUE(seen.contains(topic.parent)) << topic.name;
      EXPECT_EQ(find_moderation_topic(topic.parent)->level, topic.level - 1) << topic.name;
    }
    EXPECT_TRUE(seen.insert(topic.name).second) << topic.name;
  }
  EXPECT_EQ(by_level[1], 10);
  EXPECT_EQ(by_level[2], 20);
  EXPECT_EQ(by_level[3], 22);
}

TEST(TopicsTest, FindsByExactName) {
  ASSERT_NE(find_moderation_topic("Blood & Gore"), nullptr);
  EXPECT_EQ(find_moderation_topic("Blood & Gore")->parent, "Graphic Violence");
  EXPECT_EQ(find_moderation_topic("blood & gore"), nullptr);
  EXPECT_EQ(find_moderation_topic(""), nullptr);
}

}  // namespace
}  // namespace eyrie::vision
