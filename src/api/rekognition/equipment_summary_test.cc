#include "api/rekognition/equipment_summary.h"

#include <gtest/gtest.h>

namespace eyrie::api::rekognition {
namespace {

using enum vision::EquipmentType;
using enum vision::BodyPartType;

vision::Equipment item(vision::EquipmentType type, double confidence = 90, bool covers = true,
                       double coverage = 90) {
  return {.type = type, .confidence = confidence, .covers_part = {.value = covers, .confidence = coverage}};
}

vision::BodyPart part(vision::BodyPartType type, std::vector<vision::Equipment> equipment = {},
                      double confidence = 90) {
  return {.type = type, .confidence = confidence, .equipment = std::move(equipment)};
}

// Where a person with these parts comes, at 80.
std::string place(std::vector<vision::BodyPart> parts, std::vector<vision::EquipmentType> required,
                  double confidence = 95) {
  const vision::ProtectedPerson person{.id = 7, .confidence = confidence, .parts = std::move(parts)};
  const EquipmentSummary summary = summarize_equipment({&person, 1}, required, 80);
  std::string where;
  if (summary.with == std::vector{7}) where += "with";
  if (summary.without == std::vector{7}) where += "without";
  if (summary.indeterminate == std::vector{7}) where += "indeterminate";
  return where;
}

TEST(EquipmentSummary, ASureItemThatCoversIsWorn) {
  EXPECT_EQ(place({part(kFace, {item(kFaceCover)})}, {kFaceCover}), "with");
  EXPECT_EQ(
      place({part(kHead, {item(kHeadCover)}), part(kFace, {item(kFaceCover)})}, {kFaceCover, kHeadCover}),
      "with");
}

TEST(EquipmentSummary, ABarePartLacksIt) {
  EXPECT_EQ(place({part(kFace)}, {kFaceCover}), "without");
  EXPECT_EQ(place({part(kFace, {item(kFaceCover)}), part(kHead)}, {kFaceCover, kHeadCover}), "without");
  EXPECT_EQ(place({part(kFace, {item(kHeadCover)})}, {kFaceCover}), "without");
}

TEST(EquipmentSummary, AnItemThatDoesNotCoverLacksIt) {
  EXPECT_EQ(place({part(kFace, {item(kFaceCover, 90, false)})}, {kFaceCover}), "without");
}

TEST(EquipmentSummary, WhatIsUnsureDecidesNothing) {
  EXPECT_EQ(place({part(kFace, {item(kFaceCover, 79)})}, {kFaceCover}), "indeterminate");
  EXPECT_EQ(place({part(kFace, {item(kFaceCover, 90, true, 79)})}, {kFaceCover}), "indeterminate");
  EXPECT_EQ(place({part(kFace, {item(kFaceCover, 90, false, 79)})}, {kFaceCover}), "indeterminate");
  EXPECT_EQ(place({part(kFace, {}, 79)}, {kFaceCover}), "indeterminate");
  EXPECT_EQ(place({part(kFace, {item(kFaceCover)})}, {kFaceCover}, 79), "indeterminate");
}

TEST(EquipmentSummary, APartThatIsNotSeenDecidesNothing) {
  EXPECT_EQ(place({part(kFace)}, {kHeadCover}), "indeterminate");
  EXPECT_EQ(place({}, {kFaceCover}), "indeterminate");
}

TEST(EquipmentSummary, EveryHandThatIsSeenCounts) {
  EXPECT_EQ(place({part(kLeftHand, {item(kHandCover)})}, {kHandCover}), "with");
  EXPECT_EQ(place({part(kLeftHand, {item(kHandCover)}), part(kRightHand, {item(kHandCover)})}, {kHandCover}),
            "with");
  EXPECT_EQ(place({part(kLeftHand, {item(kHandCover)}), part(kRightHand)}, {kHandCover}), "without");
  EXPECT_EQ(
      place({part(kLeftHand, {item(kHandCover, 60)}), part(kRightHand, {item(kHandCover)})}, {kHandCover}),
      "indeterminate");
}

TEST(EquipmentSummary, LackingOutweighsUndecided) {
  EXPECT_EQ(place({part(kFace), part(kHead, {item(kHeadCover, 60)})}, {kFaceCover, kHeadCover}), "without");
  EXPECT_EQ(place({part(kFace, {item(kFaceCover)})}, {kFaceCover, kHeadCover}), "indeterminate");
}

TEST(EquipmentSummary, PlacesEachPersonOnce) {
  std::vector<vision::ProtectedPerson> persons(3);
  for (int i = 0; i < 3; ++i)
    persons[static_cast<std::size_t>(i)] = {.id = i, .confidence = 95, .parts = {part(kFace)}};
  persons[1].parts[0].equipment = {item(kFaceCover)};
  const std::vector required{kFaceCover};
  const EquipmentSummary summary = summarize_equipment(persons, required, 80);
  EXPECT_EQ(summary.with, std::vector{1});
  EXPECT_EQ(summary.without, (std::vector{0, 2}));
  EXPECT_TRUE(summary.indeterminate.empty());
}

}  // namespace
}  // namespace eyrie::api::rekognition
