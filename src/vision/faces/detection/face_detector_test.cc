#include "vision/faces/detection/face_detector.h"

#include <gtest/gtest.h>

namespace eyrie::vision {
namespace {

TEST(FaceDetector, FacesComeByTheSizeOfTheirBoxes) {
  std::vector<FoundFace> faces(4);
  faces[0].seed.box = {0, 0, 0.1, 0.1};
  faces[1].seed.box = {0, 0, 0.1, 0.3};
  faces[2].seed.box = {0, 0, 0.2, 0.1};
  faces[3].seed.box = {0.5, 0, 0.2, 0.1};
  sort_largest_first(faces);
  EXPECT_EQ(faces[0].seed.box.height, 0.3);
  EXPECT_EQ(faces[1].seed.box.left, 0);  // as large as the next, and found before it
  EXPECT_EQ(faces[1].seed.box.width, 0.2);
  EXPECT_EQ(faces[2].seed.box.left, 0.5);
  EXPECT_EQ(faces[3].seed.box.width, 0.1);
}

}  // namespace
}  // namespace eyrie::vision
