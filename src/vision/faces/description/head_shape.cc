#include "vision/faces/description/head_shape.h"

namespace eyrie::vision {
namespace {

constexpr FirmPoint kFirmPoints[] = {
    {4, 0.07091F, {0.000F, 0.463F, -7.587F}},     {6, 0.03210F, {0.000F, -2.473F, -5.789F}},
    {10, 0.00845F, {0.000F, -8.262F, -4.482F}},   {33, 0.05872F, {-4.446F, -2.664F, -3.173F}},
    {54, 0.00767F, {-6.279F, -6.615F, -1.426F}},  {67, 0.00908F, {-3.524F, -8.006F, -3.729F}},
    {117, 0.00979F, {-5.259F, -0.946F, -2.974F}}, {119, 0.01457F, {-3.301F, -0.862F, -3.873F}},
    {121, 0.01859F, {-1.821F, -1.468F, -4.224F}}, {127, 0.00520F, {-7.743F, -2.365F, 2.005F}},
    {129, 0.12063F, {-1.786F, 0.978F, -4.850F}},  {132, 0.00556F, {-7.271F, 2.891F, 2.252F}},
    {133, 0.05329F, {-1.856F, -2.585F, -3.758F}}, {136, 0.06689F, {-5.085F, 7.179F, -0.715F}},
    {143, 0.01482F, {-6.408F, -2.236F, -1.561F}}, {147, 0.01426F, {-6.235F, 1.944F, -1.664F}},
    {198, 0.02546F, {-1.247F, -0.230F, -5.681F}}, {205, 0.04725F, {-3.833F, 1.537F, -4.138F}},
    {263, 0.05872F, {4.446F, -2.664F, -3.173F}},  {284, 0.00767F, {6.279F, -6.615F, -1.426F}},
    {297, 0.00908F, {3.524F, -8.006F, -3.729F}},  {346, 0.00979F, {5.259F, -0.946F, -2.974F}},
    {348, 0.01457F, {3.301F, -0.862F, -3.873F}},  {350, 0.01859F, {1.821F, -1.468F, -4.224F}},
    {356, 0.00520F, {7.743F, -2.365F, 2.005F}},   {358, 0.12063F, {1.786F, 0.978F, -4.850F}},
    {361, 0.00556F, {7.271F, 2.891F, 2.252F}},    {362, 0.05329F, {1.856F, -2.585F, -3.758F}},
    {365, 0.06689F, {5.085F, 7.179F, -0.715F}},   {372, 0.01482F, {6.408F, -2.236F, -1.561F}},
    {376, 0.01426F, {6.235F, 1.944F, -1.664F}},   {420, 0.02546F, {1.247F, -0.230F, -5.681F}},
    {425, 0.04725F, {3.833F, 1.537F, -4.138F}},
};

// By SeedPoint.
constexpr std::array<HeadPoint, kSeedPoints> kSeeds{{
    {-3.15F, -2.62F, -3.47F},
    {3.15F, -2.62F, -3.47F},
    {0, 0.46F, -7.59F},
    {0, 4.27F, -5.31F},
    {-7.66F, -0.67F, 2.44F},
    {7.66F, -0.67F, 2.44F},
}};

}  // namespace

std::span<const FirmPoint> firm_points() {
  return kFirmPoints;
}

const std::array<HeadPoint, kSeedPoints>& seed_points_of_head() {
  return kSeeds;
}

HeadPoint landmark_of_head(LandmarkType type) {
  switch (type) {
    case LandmarkType::kEyeLeft:
    case LandmarkType::kLeftPupil:
      return {-3.15F, -2.62F, -3.47F};
    case LandmarkType::kEyeRight:
    case LandmarkType::kRightPupil:
      return {3.15F, -2.62F, -3.47F};
    case LandmarkType::kNose:
      return {0, 0.46F, -7.59F};
    case LandmarkType::kMouthLeft:
      return {-2.46F, 4.34F, -4.28F};
    case LandmarkType::kMouthRight:
      return {2.46F, 4.34F, -4.28F};
    case LandmarkType::kLeftEyeBrowLeft:
      return {-5.49F, -4.07F, -3.1F};
    case LandmarkType::kLeftEyeBrowRight:
      return {-1.31F, -4.58F, -5.21F};
    case LandmarkType::kLeftEyeBrowUp:
      return {-3.99F, -5.11F, -4.47F};
    case LandmarkType::kRightEyeBrowLeft:
      return {1.31F, -4.58F, -5.21F};
    case LandmarkType::kRightEyeBrowRight:
      return {5.49F, -4.07F, -3.1F};
    case LandmarkType::kRightEyeBrowUp:
      return {3.99F, -5.11F, -4.47F};
    case LandmarkType::kLeftEyeLeft:
      return {-4.45F, -2.66F, -3.17F};
    case LandmarkType::kLeftEyeRight:
      return {-1.86F, -2.59F, -3.76F};
    case LandmarkType::kLeftEyeUp:
      return {-3.18F, -2.96F, -3.88F};
    case LandmarkType::kLeftEyeDown:
      return {-3.18F, -2.29F, -3.78F};
    case LandmarkType::kRightEyeLeft:
      return {1.86F, -2.59F, -3.76F};
    case LandmarkType::kRightEyeRight:
      return {4.45F, -2.66F, -3.17F};
    case LandmarkType::kRightEyeUp:
      return {3.18F, -2.96F, -3.88F};
    case LandmarkType::kRightEyeDown:
      return {3.18F, -2.29F, -3.78F};
    case LandmarkType::kNoseLeft:
      return {-1.24F, 1.59F, -5.48F};
    case LandmarkType::kNoseRight:
      return {1.24F, 1.59F, -5.48F};
    case LandmarkType::kMouthUp:
      return {0, 3.41F, -5.98F};
    case LandmarkType::kMouthDown:
      return {0, 5.37F, -5.54F};
    case LandmarkType::kUpperJawlineLeft:
      return {-7.7F, -1.52F, 2.22F};
    case LandmarkType::kMidJawlineLeft:
      return {-5.94F, 6.22F, 0.63F};
    case LandmarkType::kChinBottom:
      return {0, 9.4F, -4.26F};
    case LandmarkType::kMidJawlineRight:
      return {5.94F, 6.22F, 0.63F};
    case LandmarkType::kUpperJawlineRight:
      return {7.7F, -1.52F, 2.22F};
  }
  return {};
}

}  // namespace eyrie::vision
