#include "vision/moderation/evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "vision/labels/taxonomy.h"
#include "vision/moderation/topics.h"

namespace eyrie::vision {
namespace {

const TaxonomyLabel& label(std::string_view name) {
  return *Taxonomy::builtin().find(name);
}

// Labels as a tagger would give them: without boxes.
class Tags {
 public:
  Tags& add(std::string_view name, float share) {
    const Pack pack = pack_of(name);
    const ClassLabels classes(Taxonomy::builtin(), pack);
    seen_.add_tags(TagShares(classes, {&share, 1}), Curve());
    return *this;
  }
  Fusion& seen() { return seen_; }

 private:
  static Pack pack_of(std::string_view name) {
    Pack pack;
    pack.role = Role::kTagger;
    pack.classes = {std::string(name)};
    return pack;
  }
  Fusion seen_;
};

double confidence(const Moderation& moderation, std::string_view name) {
  const auto at = std::ranges::find(moderation.labels, name, &ModerationLabel::name);
  return at == moderation.labels.end() ? 0 : at->confidence;
}

double weighed(const Exposure& exposure, const Fusion& seen, std::string_view name, double face_share = 0) {
  return confidence(weigh(exposure, seen, face_share, 0), name);
}

constexpr Exposure kHarmless{.drawing = 0.01, .hentai = 0, .porn = 0.01, .sexy = 0.01};
constexpr Exposure kBare{.drawing = 0, .hentai = 0, .porn = 0.98, .sexy = 0.01};

TEST(EvidenceTest, EveryWeighedLabelIsInTheTaxonomy) {
  for (const std::string_view name : weighed_labels()) {
    EXPECT_NE(Taxonomy::builtin().find(name), nullptr) << name;
  }
}

TEST(EvidenceTest, NothingSeenNothingSaid) {
  const Moderation moderation = weigh(kHarmless, {}, 0, 0);
  EXPECT_TRUE(moderation.labels.empty()) << moderation.labels[0].name;
  EXPECT_TRUE(moderation.content_types.empty());
}

TEST(EvidenceTest, ParentsComeWithTheirChildrenAndAreNoLessSure) {
  const Fusion seen = Tags().add("Rifle", 0.9F).add("Wine Bottle", 0.7F).add("Pill Bottle", 0.6F).seen();
  const Moderation moderation = weigh({.drawing = 0, .hentai = 0.1, .porn = 0.5, .sexy = 0.3}, seen, 0, 0);
  ASSERT_GE(moderation.labels.size(), 8U);
  for (const ModerationLabel& found : moderation.labels) {
    const ModerationTopic* topic = find_moderation_topic(found.name);
    ASSERT_NE(topic, nullptr);
    EXPECT_EQ(found.parent, topic->parent);
    EXPECT_EQ(found.level, topic->level);
    if (!found.parent.empty()) {
      EXPECT_GE(confidence(moderation, found.parent), found.confidence) << found.name;
    }
  }
  EXPECT_TRUE(
      std::ranges::is_sorted(moderation.labels, std::ranges::greater(), &ModerationLabel::confidence));
}

TEST(EvidenceTest, TheThresholdKeepsWhatReachesIt) {
  const Fusion seen = Tags().add("Rifle", 0.9F).add("Wine Bottle", 0.6F).seen();
  const Moderation moderation = weigh(kHarmless, seen, 0, 80);
  ASSERT_EQ(moderation.labels.size(), 2U);
  EXPECT_EQ(moderation.labels[0].name, "Violence");
  EXPECT_EQ(moderation.labels[1].name, "Weapons");
  EXPECT_NEAR(moderation.labels[1].confidence, 90, 0.01);
}

TEST(EvidenceTest, MoreOfItIsMoreOfIt) {
  double last = -1;
  for (const double porn : {0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 1.0}) {
    const double explicit_nudity =
        weighed({.drawing = 0, .hentai = 0, .porn = porn, .sexy = 0}, {}, "Explicit");
    EXPECT_GE(explicit_nudity, last) << porn;
    last = explicit_nudity;
  }
  EXPECT_GT(last, 95);
}

TEST(EvidenceTest, AFaceThatFillsThePictureIsNoNudity) {
  EXPECT_GT(weighed(kBare, {}, "Explicit Nudity"), 80);
  EXPECT_GT(weighed(kBare, {}, "Explicit Nudity", 0.08), 80);
  EXPECT_LT(weighed(kBare, {}, "Explicit Nudity", 0.35), 5);
}

TEST(EvidenceTest, ASureThingIsNoNudity) {
  const Fusion dish = Tags().add("Petri Dish", 0.9F).seen();
  EXPECT_LT(weighed(kBare, dish, "Explicit"), 50);
  // A pet in the corner excuses nothing; one that fills the picture does.
  Fusion corner;
  corner.add_box(label("Dog"), {.left = 0, .top = 0, .width = 0.2, .height = 0.3}, 0.95);
  EXPECT_GT(weighed(kBare, corner, "Explicit"), 80);
  Fusion filled;
  filled.add_box(label("Dog"), {.left = 0, .top = 0, .width = 1, .height = 0.9}, 0.95);
  EXPECT_LT(weighed(kBare, filled, "Explicit"), 50);
}

TEST(EvidenceTest, SuggestionAloneIsNoSwimwear) {
  const Exposure sexy{.drawing = 0, .hentai = 0, .porn = 0.02, .sexy = 0.9};
  EXPECT_LT(weighed(sexy, {}, "Swimwear or Underwear"), 50);
  const Fusion bikini = Tags().add("Bikini", 0.4F).seen();
  EXPECT_GT(weighed(sexy, bikini, "Female Swimwear or Underwear"), 80);
  EXPECT_EQ(weighed(sexy, bikini, "Male Swimwear or Underwear"), 0);
  // The same garment where the other network sees nothing bare.
  EXPECT_LT(weighed(kHarmless, bikini, "Swimwear or Underwear"), 20);
  const Fusion played = Tags().add("Bikini", 0.4F).add("Sports Equipment", 0.95F).seen();
  EXPECT_LT(weighed(sexy, played, "Swimwear or Underwear"), weighed(sexy, bikini, "Swimwear or Underwear"));
}

TEST(EvidenceTest, BetweenSuggestionAndPornographyIsNudityNotExplicit) {
  const Exposure between{.drawing = 0, .hentai = 0, .porn = 0.5, .sexy = 0.47};
  EXPECT_GT(weighed(between, {}, "Non-Explicit Nudity"), 50);
  EXPECT_LT(weighed(between, {}, "Explicit Nudity"), 50);
}

TEST(EvidenceTest, AKnifeInTheKitchenIsNoWeapon) {
  Fusion bare;
  bare.add_box(label("Knife"), {.left = 0.4, .top = 0.4, .width = 0.2, .height = 0.2}, 0.9);
  EXPECT_GT(weighed(kHarmless, bare, "Weapons"), 50);
  Fusion kitchen = bare;
  kitchen.add_box(label("Dining Table"), {.left = 0, .top = 0.5, .width = 1, .height = 0.5}, 0.8);
  EXPECT_LT(weighed(kHarmless, kitchen, "Weapons"), 20);
}

TEST(EvidenceTest, AWineGlassAloneIsNotEnough) {
  Fusion glass;
  glass.add_box(label("Wine Glass"), {.left = 0.4, .top = 0.4, .width = 0.2, .height = 0.2}, 0.95);
  EXPECT_LT(weighed(kHarmless, glass, "Alcohol"), 50);
  EXPECT_GT(weighed(kHarmless, Tags().add("Red Wine", 0.8F).seen(), "Alcoholic Beverages"), 50);
}

TEST(EvidenceTest, DrawnPicturesAreTold) {
  const Moderation comic = weigh({.drawing = 0.99, .hentai = 0, .porn = 0, .sexy = 0}, {}, 0, 50);
  ASSERT_EQ(comic.content_types.size(), 1U);
  EXPECT_EQ(comic.content_types[0].name, "Illustrated");
  EXPECT_TRUE(comic.labels.empty());
  const Moderation drawn = weigh({.drawing = 0.01, .hentai = 0.98, .porn = 0.01, .sexy = 0}, {}, 0, 50);
  EXPECT_EQ(drawn.content_types.size(), 2U);
  EXPECT_GT(confidence(drawn, "Explicit Nudity"), 80);
}

TEST(EvidenceTest, WhatIsNotSuspiciousReachesNothing) {
  const Exposure just_below{.drawing = 0, .hentai = 0, .porn = 0.099, .sexy = 0};
  ASSERT_FALSE(suspicious(just_below));
  for (const ModerationLabel& found : weigh(just_below, {}, 0, 0).labels) EXPECT_LT(found.confidence, 50);
}

}  // namespace
}  // namespace eyrie::vision
