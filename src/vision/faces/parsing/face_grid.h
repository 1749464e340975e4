// A face turned upright, and a grid of cells over it in which parts and colours are looked up by landmarks.
//
// Units: pixels of the picture, turned about its top left corner so that the face is upright. Errors: none.
// Thread safety: plain data.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "vision/faces/description/face_crop.h"
#include "vision/recognition/recognition.h"

namespace eyrie::vision {

class UprightFace {
 public:
  // Of a described face: its landmarks and pose.
  UprightFace(const Face& face, const image::Image& picture);

  Point operator[](LandmarkType type) const { return places_[static_cast<std::size_t>(type)]; }
  double side() const { return side_; }  // of the whole face
  double eye_distance() const { return eye_distance_; }
  double eye_width() const { return eye_width_; }
  double mouth_width() const { return mouth_width_; }
  // Seen so much from the side that the far half of the face is not to be seen.
  bool turned_away() const { return turned_away_; }

  // About the face, which is as wide or high as the square where `scale` is 1; moved up by `up` of the face.
  FaceSquare square(double scale, double up) const;
  Point upright(const Point& in_picture) const;

 private:
  // Constant after construction.
  std::array<Point, kLandmarkTypes> places_{};
  Point middle_;  // of the face
  double side_ = 1, angle_ = 0;
  double eye_distance_ = 1, eye_width_ = 1, mouth_width_ = 1;
  bool turned_away_ = false;
};

// An ellipse, by its half axes.
struct Spot {
  Point middle;
  double across = 0, down = 0;
};

class FaceGrid {
 public:
  // `square`: of the face; as many cells a side.
  FaceGrid(const UprightFace& face, const FaceSquare& square, int cells);

  const FaceSquare& square() const { return square_; }
  int cells() const { return cells_; }
  // Row by row from the top left. Those whose middle lies in one of the spots; at least the one nearest to
  // the first.
  std::vector<std::size_t> in(std::span<const Spot> spots) const;
  std::vector<std::size_t> above(double y) const;
  // The upright box round the cells, in ratios of the picture.
  BoundingBox bounds(std::span<const std::size_t> cells, const image::Image& picture) const;

 private:
  Point middle_of(std::size_t cell) const;
  std::size_t nearest(const Point& place) const;

  // Constant after construction.
  FaceSquare square_;
  Point corner_;  // upright
  double step_ = 1;
  int cells_ = 0;
};

}  // namespace eyrie::vision
