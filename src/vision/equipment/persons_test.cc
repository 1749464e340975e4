#include "vision/equipment/persons.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

Instance instance(double left, double top, double width, double height, double confidence) {
  return {.box = {left, top, width, height}, .confidence = confidence};
}

Face face(double left, double top, double size = 0.05) {
  return {.box = {left, top, size, size}, .confidence = 90};
}

TEST(Persons, LargestFirstOfThoseSureEnough) {
  const std::vector<Instance> found{instance(0, 0, 0.1, 0.2, 80), instance(0.2, 0, 0.3, 0.9, 60),
                                    instance(0.5, 0, 0.5, 1, 49), instance(0.5, 0, 0, 1, 90)};
  const std::vector<ProtectedPerson> persons = persons_of(found, 15);
  ASSERT_EQ(persons.size(), 2U);
  EXPECT_EQ(persons[0].confidence, 60);
  EXPECT_EQ(persons[0].id, 0);
  EXPECT_EQ(persons[1].confidence, 80);
  EXPECT_EQ(persons[1].id, 1);
  EXPECT_TRUE(persons[0].parts.empty());
}

TEST(Persons, NoMoreThanAsked) {
  const std::vector<Instance> found(40, instance(0, 0, 0.1, 0.2, 80));
  EXPECT_EQ(persons_of(found, 15).size(), 15U);
}

TEST(Persons, AFaceIsOfThePersonAtWhoseTopItIs) {
  // A child before a grown-up: the child's face lies in both boxes.
  const std::vector<ProtectedPerson> persons =
      persons_of(std::vector{instance(0.2, 0.1, 0.4, 0.9, 90), instance(0.3, 0.4, 0.2, 0.6, 90)}, 15);
  const std::vector<Face> faces{face(0.375, 0.45), face(0.375, 0.15)};
  const auto owned = faces_of(persons, faces);
  EXPECT_EQ(owned[0], 1U);
  EXPECT_EQ(owned[1], 0U);
}

TEST(Persons, AFaceBesideOrBelowIsNobodys) {
  const std::vector<ProtectedPerson> persons = persons_of(std::vector{instance(0.4, 0, 0.2, 1, 90)}, 15);
  EXPECT_FALSE(faces_of(persons, std::vector{face(0.1, 0.1)})[0]);
  EXPECT_FALSE(faces_of(persons, std::vector{face(0.475, 0.8)})[0]);
  EXPECT_EQ(faces_of(persons, std::vector{face(0.475, 0.8), face(0.475, 0.1)})[0], 1U);
  EXPECT_TRUE(faces_of({}, std::vector{face(0.475, 0.1)}).empty());
}

}  // namespace
}  // namespace eyrie::vision
