// Which part of a face each cell shows, by a network that tells 19 of them (BiSeNetV2 on CelebAMask-HQ).
//
// Errors: those of Network. Thread safety: plain data and functions.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "vision/faces/parsing/face_grid.h"
#include "vision/networks/network.h"

namespace eyrie::vision {

// In the order of the network's classes.
enum class FacePart : std::size_t {
  kBackground,
  kSkin,
  kLeftBrow,
  kRightBrow,
  kLeftEye,
  kRightEye,
  kEyeglasses,
  kLeftEar,
  kRightEar,
  kEarring,
  kNose,
  kMouth,
  kUpperLip,
  kLowerLip,
  kNeck,
  kNecklace,
  kClothes,
  kHair,
  kHat,
};
inline constexpr std::size_t kFaceParts = 19;

class FaceParts {
 public:
  // `shares`: of each cell and in it of each part, 0..1.
  FaceParts(FaceGrid grid, std::vector<float> shares) : grid_(std::move(grid)), shares_(std::move(shares)) {}

  const FaceGrid& grid() const { return grid_; }
  // The mean over the cells of what the parts have together; 0 where there is no cell.
  double share(std::initializer_list<FacePart> parts, std::span<const std::size_t> cells) const;
  double share(std::initializer_list<FacePart> parts, std::span<const Spot> spots) const {
    return share(parts, grid_.in(spots));
  }
  // Which cells the part has the largest share of.
  std::vector<std::size_t> cells_of(FacePart part) const;

 private:
  // Constant after construction.
  FaceGrid grid_;
  std::vector<float> shares_;
};

Result<FaceParts> find_parts(Network& network, const image::Image& picture, const UprightFace& face);

}  // namespace eyrie::vision
