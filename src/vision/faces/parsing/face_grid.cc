#include "vision/faces/parsing/face_grid.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eyrie::vision {
namespace {

// The whole face by what its landmarks span: they leave the forehead out. Medians over FairFace's meshes.
constexpr double kFaceBySpan = 1.14;
constexpr double kFaceAboveSpan = 0.096;

constexpr double kTurnedAway = 50;  // degrees of yaw

double distance(const Point& a, const Point& b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

Point turned(const Point& p, double angle) {
  return {p.x * std::cos(angle) - p.y * std::sin(angle), p.x * std::sin(angle) + p.y * std::cos(angle)};
}

}  // namespace

UprightFace::UprightFace(const Face& face, const image::Image& picture)
    : angle_(face.pose.roll * std::numbers::pi / 180), turned_away_(std::abs(face.pose.yaw) > kTurnedAway) {
  Point least{1e18, 1e18}, most{-1e18, -1e18};
  for (const Landmark& landmark : face.landmarks) {
    const Point place = upright({landmark.at.x * picture.width, landmark.at.y * picture.height});
    places_[static_cast<std::size_t>(landmark.type)] = place;
    least = {std::min(least.x, place.x), std::min(least.y, place.y)};
    most = {std::max(most.x, place.x), std::max(most.y, place.y)};
  }
  if (face.landmarks.empty()) return;
  const double span = std::max({most.x - least.x, most.y - least.y, 1.0});
  side_ = kFaceBySpan * span;
  middle_ = {(least.x + most.x) / 2, (least.y + most.y) / 2 - kFaceAboveSpan * span};
  const UprightFace& at = *this;
  using enum LandmarkType;
  // A face from the side has narrow ones; no less than what an average face would have.
  eye_distance_ = std::max(distance(at[kEyeLeft], at[kEyeRight]), side_ / 10);
  eye_width_ = std::max({distance(at[kLeftEyeLeft], at[kLeftEyeRight]),
                         distance(at[kRightEyeLeft], at[kRightEyeRight]), side_ / 20});
  mouth_width_ = std::max(distance(at[kMouthLeft], at[kMouthRight]), side_ / 10);
}

Point UprightFace::upright(const Point& in_picture) const {
  return turned(in_picture, -angle_);
}

FaceSquare UprightFace::square(double scale, double up) const {
  const Point middle = turned({middle_.x, middle_.y - up * side_}, angle_);
  return {.x = middle.x, .y = middle.y, .side = scale * side_, .angle = angle_};
}

FaceGrid::FaceGrid(const UprightFace& face, const FaceSquare& square, int cells)
    : square_(square), step_(square.side / cells), cells_(cells) {
  const Point middle = face.upright({square.x, square.y});
  corner_ = {middle.x - square.side / 2, middle.y - square.side / 2};
}

Point FaceGrid::middle_of(std::size_t cell) const {
  const auto row = static_cast<double>(cell / static_cast<std::size_t>(cells_));
  const auto column = static_cast<double>(cell % static_cast<std::size_t>(cells_));
  return {corner_.x + (column + 0.5) * step_, corner_.y + (row + 0.5) * step_};
}

std::size_t FaceGrid::nearest(const Point& place) const {
  const auto clamped = [&](double offset) {
    return static_cast<std::size_t>(std::clamp(std::floor(offset / step_), 0.0, cells_ - 1.0));
  };
  return clamped(place.y - corner_.y) * static_cast<std::size_t>(cells_) + clamped(place.x - corner_.x);
}

std::vector<std::size_t> FaceGrid::in(std::span<const Spot> spots) const {
  std::vector<std::size_t> found;
  const auto count = static_cast<std::size_t>(cells_) * static_cast<std::size_t>(cells_);
  for (std::size_t cell = 0; cell < count; ++cell) {
    const Point at = middle_of(cell);
    if (std::ranges::any_of(spots, [&](const Spot& spot) {
          return std::hypot((at.x - spot.middle.x) / spot.across, (at.y - spot.middle.y) / spot.down) <= 1;
        }))
      found.push_back(cell);
  }
  if (found.empty() && !spots.empty()) found.push_back(nearest(spots.front().middle));
  return found;
}

std::vector<std::size_t> FaceGrid::above(double y) const {
  std::vector<std::size_t> found;
  const auto count = static_cast<std::size_t>(cells_) * static_cast<std::size_t>(cells_);
  for (std::size_t cell = 0; cell < count && middle_of(cell).y < y; ++cell) found.push_back(cell);
  return found;
}

BoundingBox FaceGrid::bounds(std::span<const std::size_t> cells, const image::Image& picture) const {
  const auto count = static_cast<std::size_t>(cells_);
  Point least{1e18, 1e18}, most{-1e18, -1e18};
  for (const std::size_t cell : cells) {
    for (const std::size_t corner : {0, 1, 2, 3}) {
      const auto across = static_cast<double>(cell % count + corner % 2) / cells_;
      const auto down = static_cast<double>(cell / count + corner / 2) / cells_;
      const Point at = square_.at(across, down);
      least = {std::min(least.x, at.x), std::min(least.y, at.y)};
      most = {std::max(most.x, at.x), std::max(most.y, at.y)};
    }
  }
  if (cells.empty()) return {};
  return {.left = least.x / picture.width,
          .top = least.y / picture.height,
          .width = (most.x - least.x) / picture.width,
          .height = (most.y - least.y) / picture.height};
}

}  // namespace eyrie::vision
