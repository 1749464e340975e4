#include "vision/labels/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "base/json.h"
#include "vision/labels/fusion.h"

namespace eyrie::vision {
namespace {

using ::testing::HasSubstr;

using Points = std::vector<std::pair<double, double>>;

Curve curve(Points points) {
  auto made = Curve::create(std::move(points));
  EXPECT_TRUE(made) << made.error().message;
  return std::move(made).value();
}

TEST(Curve, WithoutPointsAScoreIsItsConfidence) {
  for (const double score : {0.0, 0.3, 1.0}) {
    EXPECT_EQ(Curve()(score), score);
    EXPECT_EQ(curve({})(score), score);
  }
}

TEST(Curve, IsStraightBetweenPointsAndLevelBeyondThem) {
  const Curve bent = curve({{0.2, 0.1}, {0.4, 0.5}, {0.8, 0.9}});
  EXPECT_DOUBLE_EQ(bent(0.2), 0.1);
  EXPECT_DOUBLE_EQ(bent(0.3), 0.3);
  EXPECT_DOUBLE_EQ(bent(0.4), 0.5);
  EXPECT_DOUBLE_EQ(bent(0.6), 0.7);
  EXPECT_DOUBLE_EQ(bent(0.8), 0.9);
  EXPECT_DOUBLE_EQ(bent(0), 0.1);
  EXPECT_DOUBLE_EQ(bent(-5), 0.1);
  EXPECT_DOUBLE_EQ(bent(1), 0.9);
  EXPECT_DOUBLE_EQ(bent(7), 0.9);
}

TEST(Curve, OnePointIsALevel) {
  for (const double score : {0.0, 0.5, 1.0}) EXPECT_EQ(curve({{0.5, 0.25}})(score), 0.25);
}

TEST(Curve, MayBeLevelButNeverFalls) {
  EXPECT_TRUE(Curve::create({{0, 0.5}, {1, 0.5}}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Points& points : std::vector<Points>{{{0, 0.5}, {1, 0.4}},
                                                  {{0.5, 0.1}, {0.5, 0.2}},
                                                  {{0.5, 0.1}, {0.4, 0.2}},
                                                  {{-0.1, 0}},
                                                  {{0, -0.1}},
                                                  {{1.1, 1}},
                                                  {{1, 1.1}},
                                                  {{nan, 0}},
                                                  {{0, nan}},
                                                  {{0, 0}, {infinity, 1}}}) {
    const auto made = Curve::create(points);
    ASSERT_FALSE(made) << points.front().first << ":" << points.front().second;
    EXPECT_EQ(made.error().code, Code::kCorrupt);
  }
}

TEST(Calibration, ALineIsAModelAndItsPoints) {
  const auto calibration =
      Calibration::parse("# score:confidence\n\none\t0:0\t0.5:0.25\t1:1\ntwo 0.1:0.9\r\nraw\n#two\t0:0\n");
  ASSERT_TRUE(calibration) << calibration.error().message;
  EXPECT_DOUBLE_EQ(calibration->curve("one")(0.75), 0.625);
  EXPECT_DOUBLE_EQ(calibration->curve("two")(0.5), 0.9);
  EXPECT_DOUBLE_EQ(calibration->curve("raw")(0.37), 0.37);
  EXPECT_DOUBLE_EQ(calibration->curve("unknown")(0.37), 0.37);
  EXPECT_TRUE(Calibration::parse(""));
}

TEST(Calibration, WhatDoesNotFollowTheFormatIsRefused) {
  for (const char* line :
       {"m\t0.5", "m\t0.5:", "m\t:0.5", "m\t0.5;0.5", "m\t0.5:0.5x", "m\tx:0.5", "m\t0.5:0.5:0.5", "m\tnan:0",
        "m\t0:inf", "m\t0:0\t1:2", "m\t0:0.5\t1:0.4", "m\t0:0,1:1"}) {
    const auto calibration = Calibration::parse(std::string("ok\t0:0\n") + line + "\n");
    ASSERT_FALSE(calibration) << line;
    EXPECT_EQ(calibration.error().code, Code::kCorrupt) << line;
  }
  EXPECT_THAT(Calibration::parse("model-7\t0.5\n").error().message, HasSubstr("model-7"));
}

// The models whose scores labels are made of, by their roles.
std::vector<std::string> models_of(const char* group, std::string_view role) {
  std::ifstream file("models/catalogue/" + std::string(group) + ".json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto root = parse_json(text);
  EXPECT_TRUE(root) << "tests run in the repository's root";
  std::vector<std::string> ids;
  for (const json::value& model : (root->is_array() ? *root : root->at("models")).as_array()) {
    if (model.at("role").as_string() == role) ids.emplace_back(model.at("id").as_string());
  }
  return ids;
}

// True where the curve is not the one of a model that has none.
bool calibrated(const std::string& model) {
  return &Calibration::builtin().curve(model) != &Calibration::builtin().curve("no such model");
}

TEST(BuiltinCalibration, GeneralModelsOfTheCatalogueHaveCurves) {
  const auto detectors = models_of("detect", "detector");
  const auto taggers = models_of("tag", "tagger");
  EXPECT_FALSE(detectors.empty());
  EXPECT_FALSE(taggers.empty());
  for (const std::string& id : detectors) {
    EXPECT_TRUE(calibrated(id)) << id;
    EXPECT_TRUE(calibrated(id + "/contradicted")) << id;
  }
  for (const std::string& id : taggers) EXPECT_TRUE(calibrated(id)) << id;
}

// A detector whose box the tagger denies is believed less, however high its score.
TEST(BuiltinCalibration, ContradictedScoresAreBelievedLess) {
  for (const std::string& id : models_of("detect", "detector")) {
    const Curve& plain = Calibration::builtin().curve(id);
    const Curve& contradicted = Calibration::builtin().curve(id + "/contradicted");
    for (int i = 20; i < 100; ++i) EXPECT_LT(contradicted(i / 100.0), plain(i / 100.0)) << id << " at " << i;
  }
}

// No score at all must not look like something.
TEST(BuiltinCalibration, NothingIsNothing) {
  for (const char* role : {"detector", "tagger"}) {
    for (const std::string& id : models_of(role == std::string_view("detector") ? "detect" : "tag", role)) {
      EXPECT_LT(Calibration::builtin().curve(id)(0), 0.01) << id;
      EXPECT_LE(Calibration::builtin().curve(id)(kLeastScore), 0.05) << id;
      EXPECT_GT(Calibration::builtin().curve(id)(1), 0.9) << id;
    }
  }
}

}  // namespace
}  // namespace eyrie::vision
