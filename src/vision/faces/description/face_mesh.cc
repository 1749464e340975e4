#include "vision/faces/description/face_mesh.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eyrie::vision {
namespace {

// The network was trained on faces with this much around their box.
constexpr double kMeshMargin = 1.5;
// A first look whose square was further off than this (share of the side, radians) is followed by a second
// one where the first found the face to be.
constexpr double kFarOff = 0.2;
constexpr double kFarTurned = 0.25;

constexpr std::size_t kLeftEyeOuter = 33;
constexpr std::size_t kRightEyeOuter = 263;

bool far_from(const FaceSquare& a, const FaceSquare& b) {
  const double turned = std::abs(std::remainder(a.angle - b.angle, 2 * std::numbers::pi));
  return std::hypot(a.x - b.x, a.y - b.y) > kFarOff * a.side || std::abs(a.side / b.side - 1) > 2 * kFarOff ||
         turned > kFarTurned;
}

Result<FaceMesh> look(Network& network, const image::Image& picture, const FaceSquare& square) {
  const InputSpec& input = network.pack().input;
  EYRIE_TRY(const Session::Outputs outputs, network.run(cut_out(picture, square, input)));
  if (outputs.size() < 2 || outputs[0].values.size() != kMeshPoints * 3 || outputs[1].values.size() != 1)
    return fail(Code::kInternal, network.pack().id + ": not 478 points and a presence");
  FaceMesh mesh;
  for (std::size_t i = 0; i < kMeshPoints; ++i) {
    const float* values = &outputs[0].values[i * 3];
    if (!std::isfinite(values[0]) || !std::isfinite(values[1]) || !std::isfinite(values[2]))
      return fail(Code::kInternal, network.pack().id + ": a point is not finite");
    const Point at = square.at(values[0] / input.width, values[1] / input.height);
    mesh.points[i] = {at.x, at.y, values[2] / input.width * square.side};
  }
  mesh.presence = 1 / (1 + std::exp(-static_cast<double>(outputs[1].values[0])));
  return mesh;
}

}  // namespace

double distance(const MeshPoint& a, const MeshPoint& b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

FaceSquare square_of(const FaceMesh& mesh) {
  const MeshPoint& left = mesh.points[kLeftEyeOuter];
  const MeshPoint& right = mesh.points[kRightEyeOuter];
  const double angle = std::atan2(right.y - left.y, right.x - left.x);
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  double least_x = 1e18, most_x = -1e18, least_y = 1e18, most_y = -1e18;
  for (const MeshPoint& point : mesh.points) {
    const double along = point.x * c + point.y * s;
    const double across = point.y * c - point.x * s;
    least_x = std::min(least_x, along), most_x = std::max(most_x, along);
    least_y = std::min(least_y, across), most_y = std::max(most_y, across);
  }
  const double along = (least_x + most_x) / 2;
  const double across = (least_y + most_y) / 2;
  return {.x = along * c - across * s,
          .y = along * s + across * c,
          .side = std::max(most_x - least_x, most_y - least_y),
          .angle = angle};
}

Result<FaceMesh> find_mesh(Network& network, const image::Image& picture, const FaceSeed& seed) {
  const FaceSquare first = square_of(seed, picture);
  EYRIE_TRY(FaceMesh mesh, look(network, picture, first.scaled(kMeshMargin)));
  const FaceSquare better = square_of(mesh);
  if (!mesh.trusted() || !(better.side > 0) || !far_from(better, first)) return mesh;
  EYRIE_TRY(const FaceMesh again, look(network, picture, better.scaled(kMeshMargin)));
  return again.presence >= mesh.presence ? again : mesh;
}

}  // namespace eyrie::vision
