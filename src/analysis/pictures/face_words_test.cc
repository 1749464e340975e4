#include "analysis/pictures/face_words.h"

#include <gtest/gtest.h>

namespace eyrie::analysis {
namespace {

json::object face() {
  return {{"Gender", {{"Value", "Female"}, {"Confidence", 97}}},
          {"AgeRange", {{"Low", 25}, {"High", 35}}},
          {"Smile", {{"Value", true}, {"Confidence", 90}}},
          {"Eyeglasses", {{"Value", true}, {"Confidence", 40}}},
          {"Beard", {{"Value", false}, {"Confidence", 99}}},
          {"Emotions", json::array{{{"Type", "CALM"}, {"Confidence", 10}}, {{"Type", "HAPPY"}, {"Confidence", 80}}}}};
}

bool called(const json::object& one, std::string_view word) { return (face_traits(one) & traits_called(word)) != 0; }

TEST(FaceWords, SayWhatIsSeen) {
  for (const char* word : {"face", "person", "female", "fem", "woman", "frau", "weiblich", "happy", "happ", "smile", "l\u00e4cheln", "adult", "gesicht"})
    EXPECT_TRUE(called(face(), word)) << word;
  for (const char* word : {"male", "man", "mann", "calm", "sad", "beard", "glasses", "child", "ale", "facet", "", " "}) EXPECT_FALSE(called(face(), word)) << word;
}

TEST(FaceWords, TakeNothingForGranted) {
  const FaceTraits none = face_traits({});
  EXPECT_EQ(none, traits_called("face"));
  EXPECT_EQ(face_traits({{"Gender", "Female"}, {"Emotions", 3}, {"AgeRange", {{"Low", "x"}}}, {"Smile", true}, {"Beard", {{"Value", "true"}, {"Confidence", 99}}}}), none);
  EXPECT_EQ(face_traits({{"Emotions", json::array{3, {{"Type", 3}}, {{"Type", "BORED"}, {"Confidence", 99}}, {{"Type", "SAD"}, {"Confidence", 50}}}}}), none);
}

}  // namespace
}  // namespace eyrie::analysis
