#include "vision/labels/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Label> kLabels{
    {.name = "Dog",
     .confidence = 98,
     .parents = {"Animal"},
     .aliases = {"Hound"},
     .categories = {"Animals and Pets"}},
    {.name = "Car", .confidence = 90, .categories = {"Vehicles and Automotive"}},
    {.name = "Mobile Phone", .confidence = 70, .categories = {"Technology and Computing"}},
    {.name = "Cat", .confidence = 55, .categories = {"Animals and Pets"}},
    {.name = "Fog", .confidence = 12, .categories = {"Nature and Outdoors"}},
};

std::vector<std::string> filtered(const LabelFilter& filter) {
  std::vector<std::string> names;
  for (const Label& label : apply_filter(kLabels, filter)) names.push_back(label.name);
  return names;
}

TEST(Filter, ByConfidenceAndInTheirOrder) {
  EXPECT_THAT(filtered({}),
              ElementsAre("Dog", "Car", "Mobile Phone", "Cat"));  // 55 unless said, and it reaches it
  EXPECT_THAT(filtered({.min_confidence = 0}), ElementsAre("Dog", "Car", "Mobile Phone", "Cat", "Fog"));
  EXPECT_THAT(filtered({.min_confidence = 55.01}), ElementsAre("Dog", "Car", "Mobile Phone"));
  EXPECT_THAT(filtered({.min_confidence = 100}), IsEmpty());
  EXPECT_TRUE(apply_filter({}, {}).empty());
}

TEST(Filter, IncludesByNameOrCategoryWithoutCase) {
  EXPECT_THAT(filtered({.include_labels = {"mobile PHONE", "fog", "Unicorn"}}), ElementsAre("Mobile Phone"));
  EXPECT_THAT(filtered({.include_categories = {"animals AND pets"}}), ElementsAre("Dog", "Cat"));
  EXPECT_THAT(filtered({.include_labels = {"Car"}, .include_categories = {"Animals and Pets"}}),
              ElementsAre("Dog", "Car", "Cat"));
  EXPECT_THAT(filtered({.include_labels = {"Unicorn"}}), IsEmpty());
}

TEST(Filter, NamesAreWholeAndOfTheLabelItself) {
  for (const char* name : {"Do", "Dogs", "Animal", "Hound", ""}) {
    EXPECT_THAT(filtered({.include_labels = {name}}), IsEmpty()) << name;
    EXPECT_EQ(filtered({.exclude_labels = {name}}).size(), 4U) << name;
  }
  EXPECT_THAT(filtered({.include_categories = {"Dog"}}), IsEmpty());
  EXPECT_THAT(filtered({.include_labels = {"Animals and Pets"}}), IsEmpty());
}

TEST(Filter, ExcludesByNameOrCategory) {
  EXPECT_THAT(filtered({.exclude_labels = {"dog"}}), ElementsAre("Car", "Mobile Phone", "Cat"));
  EXPECT_THAT(filtered({.exclude_categories = {"ANIMALS AND PETS"}}), ElementsAre("Car", "Mobile Phone"));
}

TEST(Filter, AnExclusionWins) {
  EXPECT_THAT(filtered({.include_labels = {"Dog", "Car"}, .exclude_labels = {"Dog"}}), ElementsAre("Car"));
  EXPECT_THAT(filtered({.include_labels = {"Dog", "Car"}, .exclude_categories = {"Animals and Pets"}}),
              ElementsAre("Car"));
  EXPECT_THAT(filtered({.exclude_labels = {"Cat"}, .include_categories = {"Animals and Pets"}}),
              ElementsAre("Dog"));
}

TEST(Filter, AtMostSoManyOfWhatIsLeft) {
  EXPECT_THAT(filtered({.max_labels = 2}), ElementsAre("Dog", "Car"));
  EXPECT_THAT(filtered({.max_labels = 2, .exclude_labels = {"Dog"}}), ElementsAre("Car", "Mobile Phone"));
  EXPECT_THAT(filtered({.max_labels = 0}), IsEmpty());
}

TEST(Filter, UnsureInstancesGoTheLabelStays) {
  std::vector<Label> labels{{.name = "Person", .confidence = 99}};
  for (const double confidence : {99.0, 60.0, 59.9, 3.0}) {
    labels[0].instances.push_back({.box = {.left = confidence / 100}, .confidence = confidence});
  }
  const auto left = apply_filter(labels, {.min_confidence = 60});
  ASSERT_EQ(left.size(), 1U);
  ASSERT_EQ(left[0].instances.size(), 2U);
  EXPECT_EQ(left[0].instances[0].box.left, 0.99);
  EXPECT_EQ(left[0].instances[1].confidence, 60);
  // A label that a tagger is sure of, and a detector is not.
  labels[0].instances.erase(labels[0].instances.begin(), labels[0].instances.begin() + 2);
  EXPECT_TRUE(apply_filter(labels, {.min_confidence = 60}).at(0).instances.empty());
}

TEST(Filter, WhatIsToldAsSoMuchReachesIt) {
  EXPECT_TRUE(reaches(66.21093, 66.2109));
  EXPECT_TRUE(reaches(66.21086, 66.2109));  // told as 66.2109
  EXPECT_FALSE(reaches(66.21084, 66.2109));
  EXPECT_TRUE(reaches(99.99996, 100));
}

}  // namespace
}  // namespace eyrie::vision
