#include "vision/faces/detection/face_confidence.h"

#include <gtest/gtest.h>

#include "vision/faces/detection/face_detector.h"

namespace eyrie::vision {
namespace {

double confidence(double detector, double scout, bool has_scout = true) {
  return face_confidence({.face = {}, .detector = detector, .scout = scout}, has_scout);
}

TEST(FaceConfidence, RisesWithEachScore) {
  for (double one = 0.05; one < 1; one += 0.05) {
    for (double other = 0; other <= 0.95; other += 0.05) {
      EXPECT_LE(confidence(one, other), confidence(one, other + 0.05));
      EXPECT_LE(confidence(one, other), confidence(one + 0.05, other));
      EXPECT_LE(confidence(one, 0, false), confidence(one + 0.05, 0, false));
    }
  }
  EXPECT_LT(confidence(0.6, 0.6), confidence(0.6, 0.9));
  EXPECT_LT(confidence(0.6, 0.6), confidence(0.9, 0.6));
  EXPECT_LT(confidence(0.6, 0, false), confidence(0.9, 0, false));
}

TEST(FaceConfidence, StaysOnTheScale) {
  for (const double detector : {0.001, 0.5, 1.0}) {
    for (const double scout : {0.0, 0.5, 1.0}) {
      EXPECT_GT(confidence(detector, scout), 0);
      EXPECT_LE(confidence(detector, scout), 100);
    }
  }
}

TEST(FaceConfidence, WithoutPointsThereIsNoFace) {
  EXPECT_EQ(confidence(0, 1), 0);
  EXPECT_EQ(confidence(0, 0, false), 0);
}

TEST(FaceConfidence, BothSureIsAFaceAndEitherUnsureIsNone) {
  EXPECT_GT(confidence(0.9, 0.99), 99);
  EXPECT_GT(confidence(0.9, 0, false), 99);
  EXPECT_LT(confidence(0.5, 0.5), FaceDetector::kMinConfidence);
  EXPECT_LT(confidence(0.7, 0.05), FaceDetector::kMinConfidence);
  EXPECT_LT(confidence(0.2, 0.99), FaceDetector::kMinConfidence);
  EXPECT_LT(confidence(0.5, 0, false), FaceDetector::kMinConfidence);
}

// Not to know is not to deny: what a missing scout costs the detector's sure faces is nothing.
TEST(FaceConfidence, AMissingScoutIsNoDenial) {
  EXPECT_GT(confidence(0.8, 0, false), FaceDetector::kMinConfidence);
  EXPECT_GT(confidence(0.8, 0, false), confidence(0.8, 0));
}

}  // namespace
}  // namespace eyrie::vision
