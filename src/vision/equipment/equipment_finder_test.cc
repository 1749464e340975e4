#include "vision/equipment/equipment_finder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "image/decode.h"
#include "vision/networks/model_set.h"
#include "vision/networks/runtime.h"

namespace eyrie::vision {
namespace {

Fusion with_person(const BoundingBox& box) {
  Fusion seen;
  seen.add_box(*Taxonomy::builtin().find("Person"), box, 0.9);
  return seen;
}

TEST(EquipmentFinder, WithoutPersonsNothingIsAsked) {
  const Networks none({});
  const FaceAnalyzer faces(none);
  const image::Image picture{.width = 2, .height = 2, .rgb = std::vector<std::uint8_t>(12)};
  Pass pass;
  const auto persons = EquipmentFinder(none, faces).find(picture, Fusion(), pass);
  ASSERT_TRUE(persons);
  EXPECT_TRUE(persons->empty());
}

TEST(EquipmentFinder, SaysWhichModelIsMissing) {
  const Networks none({});
  const FaceAnalyzer faces(none);
  const image::Image picture{.width = 2, .height = 2, .rgb = std::vector<std::uint8_t>(12)};
  Pass pass;
  const auto persons = EquipmentFinder(none, faces).find(picture, with_person({0, 0, 1, 1}), pass);
  ASSERT_FALSE(persons);
  EXPECT_EQ(persons.error().code, Code::kUnavailable);
}

// The astronaut of the sample photos wears neither helmet nor mask.
TEST(EquipmentFinder, ABareHeadHasNoEquipment) {
  std::vector<Pack> packs;
  if (auto models = read_models(user_cache_directory() / "models")) {
    if (const auto selected = select_models(models->packs, "default")) {
      for (const std::size_t index : *selected) packs.push_back(std::move(models->packs[index]));
    }
  }
  const Networks networks(std::move(packs));
  for (const Role role : {Role::kFaceDetector, Role::kFaceLandmarks, Role::kFaceParsing}) {
    if (networks.find(role) == nullptr) GTEST_SKIP() << "no model is installed for " << role_name(role);
  }
  std::ifstream file(user_cache_directory() / "samples" / "astronaut.png", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto picture = image::decode(as_bytes(bytes));
  if (!picture) GTEST_SKIP() << "the sample photos are not there";
  const FaceAnalyzer faces(networks);
  Pass pass;
  const auto persons =
      EquipmentFinder(networks, faces).find(picture->image, with_person({0.03, 0.01, 0.7, 0.98}), pass);
  ASSERT_TRUE(persons) << persons.error().message;
  ASSERT_EQ(persons->size(), 1U);
  const ProtectedPerson& astronaut = persons->front();
  EXPECT_NEAR(astronaut.confidence, 90, 1e-9);
  ASSERT_EQ(astronaut.parts.size(), 2U);
  EXPECT_EQ(astronaut.parts[0].type, BodyPartType::kFace);
  EXPECT_EQ(astronaut.parts[1].type, BodyPartType::kHead);
  for (const BodyPart& part : astronaut.parts) {
    EXPECT_GT(part.confidence, 90);
    EXPECT_TRUE(part.equipment.empty());
  }
}

}  // namespace
}  // namespace eyrie::vision
