#include "analysis/pictures/shared_names.h"

#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

TEST(SharedNames, KeepsANameOnceUntilItsLastUse) {
  SharedNames names;
  const auto dog = names.take("Dog"), cat = names.take("Cat");
  EXPECT_NE(dog, cat);
  EXPECT_EQ(names.take("Dog"), dog);
  names.give_back(dog);
  EXPECT_EQ(names[dog], "Dog");
  EXPECT_EQ(names[cat], "Cat");
  names.give_back(dog);
  EXPECT_EQ(names[dog], "");
  EXPECT_EQ(names.take("Horse"), dog);
  EXPECT_EQ(names[dog], "Horse");
  EXPECT_NE(names.take("Dog"), dog);
}

TEST(SharedNames, GrowsNotByNamesThatGo) {
  SharedNames names;
  for (int i = 0; i < 1000; ++i)
    names.give_back(names.take("a name of its own, number " + std::to_string(i)));
  EXPECT_EQ(names.size(), 1U);
}

}  // namespace
}  // namespace eyrie::analysis
