// A network's answer to where a face is, and telling answers of several networks and looks apart.
//
// Units: pixels of the picture. Thread safety: plain data and functions.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "vision/faces/detection/look.h"
#include "vision/faces/face_seed.h"

namespace eyrie::vision {

struct Hit {
  Point centre;
  double width = 0, height = 0;
  std::array<Point, kSeedPoints> points{};  // all at 0 from a network that tells none
  double score = 0;                         // 0..1, the network's own

  double area() const { return width * height; }
};

// A network's box of a look, in its ratios.
struct LookHit {
  double left = 0, top = 0, right = 0, bottom = 0;
  std::array<Point, kSeedPoints> points{};
  double score = 0;
};
Hit to_picture(const LookHit& hit, const Look& look);

// As if the boxes were upright: intersection over union, and over the smaller one.
double overlap(const Hit& a, const Hit& b);
double containment(const Hit& a, const Hit& b);

// One hit for each group of those that overlap a better one by `min_overlap`: their mean, weighted by score,
// with the best's score. Best first, at most `most`. Means are steadier than the best box alone (MediaPipe's
// own way, Bazarevsky et al. 2019, section 4).
std::vector<Hit> blend(std::vector<Hit> hits, double min_overlap, std::size_t most);

}  // namespace eyrie::vision
