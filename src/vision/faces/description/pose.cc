#include "vision/faces/description/pose.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace eyrie::vision {
namespace {

constexpr double kDegree = std::numbers::pi / 180;
// The canonical head looks this much further down than the one whose pitch Rekognition calls 0: the mean over
// five of its published answers, to which the head was fitted by its landmarks (between 10.5 and 15.6).
constexpr double kZeroPitch = 13.2;

using Quaternion = std::array<double, 4>;

// The eigenvector of the largest eigenvalue. Shifted by the matrix's norm, that eigenvalue is the largest by
// size too, and repeated multiplication finds its vector.
Quaternion top_eigenvector(std::array<Quaternion, 4> n) {
  double norm = 0;
  for (const Quaternion& row : n) {
    for (const double value : row) norm += std::abs(value);
  }
  for (std::size_t i = 0; i < 4; ++i) n[i][i] += norm;
  Quaternion q{1, 0.01, 0.02, 0.03};  // about straight ahead, and at right angles to nothing
  for (int step = 0; step < 200; ++step) {
    Quaternion next{};
    double length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) next[i] += n[i][j] * q[j];
      length += next[i] * next[i];
    }
    length = std::sqrt(length);
    if (!(length > 0)) return {1, 0, 0, 0};
    for (std::size_t i = 0; i < 4; ++i) q[i] = next[i] / length;
  }
  return q;
}

Rotation rotation_of(const Quaternion& q) {
  const auto [w, x, y, z] = q;
  return {{{1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
           {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
           {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}}};
}

Pose as_rekognition_counts(Pose pose) {
  pose.pitch += kZeroPitch;
  return pose;
}

using Flat = std::array<std::complex<double>, kSeedPoints>;

Flat flattened(const Rotation& r) {
  Flat flat;
  const auto& head = seed_points_of_head();
  for (std::size_t i = 0; i < kSeedPoints; ++i) {
    const HeadPoint& p = head[i];
    flat[i] = {r[0][0] * p.x + r[0][1] * p.y + r[0][2] * p.z, r[1][0] * p.x + r[1][1] * p.y + r[1][2] * p.z};
  }
  return flat;
}

std::complex<double> mean_of(const Flat& points) {
  std::complex<double> sum;
  for (const auto& point : points) sum += point;
  return sum / static_cast<double>(points.size());
}

struct Turned {
  Pose pose;  // without roll
  Flat points;
  std::complex<double> mean;
};

const std::vector<Turned>& turned_heads() {
  static const std::vector<Turned> heads = [] {
    std::vector<Turned> all;
    for (int yaw = -90; yaw <= 90; yaw += 5) {
      for (int pitch = -50; pitch <= 40; pitch += 5) {
        const Pose pose{.roll = 0, .yaw = static_cast<double>(yaw), .pitch = static_cast<double>(pitch)};
        Flat points = flattened(rotation_of(pose));
        const auto mean = mean_of(points);
        for (auto& point : points) point -= mean;
        all.push_back({pose, points, mean});
      }
    }
    return all;
  }();
  return heads;
}

// Six points tell two turns apart badly where both fit: the likelier one is taken.
double unlikeliness(const Pose& pose) {
  constexpr double kWeight = 0.001;
  const double yaw = pose.yaw / 60;
  const double pitch = (pose.pitch + 8) / 20;
  return kWeight * (yaw * yaw + pitch * pitch);
}

}  // namespace

Rotation rotation_of(const Pose& pose) {
  const double cr = std::cos(pose.roll * kDegree), sr = std::sin(pose.roll * kDegree);
  const double cy = std::cos(pose.yaw * kDegree), sy = std::sin(pose.yaw * kDegree);
  const double cp = std::cos(pose.pitch * kDegree), sp = std::sin(pose.pitch * kDegree);
  return {{{cr * cy, -sr * cp + cr * sy * sp, -sr * sp - cr * sy * cp},
           {sr * cy, cr * cp + sr * sy * sp, cr * sp - sr * sy * cp},
           {sy, -cy * sp, cy * cp}}};
}

Pose pose_of(const Rotation& r) {
  return {.roll = std::atan2(r[1][0], r[0][0]) / kDegree,
          .yaw = std::asin(std::clamp(r[2][0], -1.0, 1.0)) / kDegree,
          .pitch = std::atan2(-r[2][1], r[2][2]) / kDegree};
}

Rotation best_rotation(std::span<const PointPair> pairs) {
  std::array<double, 3> from{}, to{};
  double weight = 0;
  for (const PointPair& pair : pairs) {
    const std::array<double, 3> a{pair.from.x, pair.from.y, pair.from.z}, b{pair.to.x, pair.to.y, pair.to.z};
    for (std::size_t i = 0; i < 3; ++i) from[i] += pair.weight * a[i], to[i] += pair.weight * b[i];
    weight += pair.weight;
  }
  double s[3][3] = {};
  for (const PointPair& pair : pairs) {
    const std::array<double, 3> a{pair.from.x, pair.from.y, pair.from.z}, b{pair.to.x, pair.to.y, pair.to.z};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j)
        s[i][j] += pair.weight * (a[i] - from[i] / weight) * (b[j] - to[j] / weight);
    }
  }
  const auto q = top_eigenvector(
      {{{s[0][0] + s[1][1] + s[2][2], s[1][2] - s[2][1], s[2][0] - s[0][2], s[0][1] - s[1][0]},
        {s[1][2] - s[2][1], s[0][0] - s[1][1] - s[2][2], s[0][1] + s[1][0], s[2][0] + s[0][2]},
        {s[2][0] - s[0][2], s[0][1] + s[1][0], s[1][1] - s[0][0] - s[2][2], s[1][2] + s[2][1]},
        {s[0][1] - s[1][0], s[2][0] + s[0][2], s[1][2] + s[2][1], s[2][2] - s[0][0] - s[1][1]}}});
  return rotation_of(q);
}

Pose pose_of(const FaceMesh& mesh) {
  std::vector<PointPair> pairs;
  for (const FirmPoint& point : firm_points())
    pairs.push_back({point.at, mesh.points[point.mesh], point.weight});
  return as_rekognition_counts(pose_of(best_rotation(pairs)));
}

Point HeadFit::at(const HeadPoint& p) const {
  const double across = rotation[0][0] * p.x + rotation[0][1] * p.y + rotation[0][2] * p.z;
  const double down = rotation[1][0] * p.x + rotation[1][1] * p.y + rotation[1][2] * p.z;
  return {(x + scale * across) / width, (y + scale * down) / height};
}

HeadFit fit_head(const FaceSeed& seed, const image::Image& picture) {
  HeadFit fit{.width = static_cast<double>(picture.width), .height = static_cast<double>(picture.height)};
  Flat seen;
  for (std::size_t i = 0; i < kSeedPoints; ++i)
    seen[i] = {seed.points[i].x * fit.width, seed.points[i].y * fit.height};
  const std::complex<double> middle = mean_of(seen);
  double spread = 0;
  for (auto& point : seen) spread += std::norm(point -= middle);
  double best = 1e300;
  const Turned* found = &turned_heads().front();
  std::complex<double> turn = 1;  // roll and scale, as one complex factor
  for (const Turned& head : turned_heads()) {
    std::complex<double> match;
    double size = 0;
    for (std::size_t i = 0; i < kSeedPoints; ++i) {
      match += std::conj(head.points[i]) * seen[i];
      size += std::norm(head.points[i]);
    }
    const double left_over = spread > 0 ? 1 - std::norm(match) / (size * spread) : 1;
    const double cost = left_over + unlikeliness(head.pose);
    if (!(cost < best)) continue;
    best = cost, found = &head, turn = match / size;
  }
  fit.scale = std::abs(turn);
  Pose pose = found->pose;
  pose.roll = std::arg(turn) / kDegree;
  fit.rotation = rotation_of(pose);
  const std::complex<double> origin = middle - turn * found->mean;
  fit.x = origin.real();
  fit.y = origin.imag();
  fit.pose = as_rekognition_counts(pose);
  return fit;
}

}  // namespace eyrie::vision
