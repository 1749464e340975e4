// The first pass over a picture: everything that may be a face, on a pyramid of overlapping looks.
//
// Level 0 shows the whole picture, and once more with a margin; each level after it shows twice as much of a
// small face. The scout goes a level deeper than the detector, which costs three times as much. Without a
// scout the detector goes as deep.
//
// Errors: those of FaceFinders. Thread safety: one search for one thread.
#pragma once

#include <vector>

#include "vision/faces/detection/face_finders.h"

namespace eyrie::vision {

struct Candidate {
  Hit face;                        // the detector's box, or the scout's made like it
  double detector = 0, scout = 0;  // scores; 0: not seen
  double angle = 0;                // of the looks, degrees
};

class FaceSearch {
 public:
  // angle: of the looks, a multiple of 90 degrees. Finders and pyramid must outlive it.
  FaceSearch(const FaceFinders& finders, const image::Pyramid& pyramid, double angle)
      : finders_(finders), pyramid_(pyramid), angle_(angle) {}

  // The whole and halves; then, with what was found before, the rest.
  Status look_briefly();
  Status look_deeply();

  // Surest first. What both networks saw is one candidate.
  std::vector<Candidate> candidates() const;

 private:
  Status detect(int level);
  Status scout(int level);

  const FaceFinders& finders_;
  const image::Pyramid& pyramid_;
  const double angle_;
  std::vector<Hit> detected_, scouted_;
};

}  // namespace eyrie::vision
