// Protective equipment: persons, their body parts, and what covers those.
//
// Persons are the detector's; faces and heads are those of the faces found in them; equipment is told by face
// parsing and by what the tagger says of the picture. There is no evidence for hands: no part of a hand and
// no hand cover is ever answered. What raises what is in docs/vision.md.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of
// it.
#pragma once

#include <vector>

#include "vision/faces/face_analyzer.h"
#include "vision/labels/fusion.h"
#include "vision/networks/networks.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

class EquipmentFinder {
 public:
  // The networks and the analyzer must outlive it.
  EquipmentFinder(const Networks& networks, const FaceAnalyzer& faces) : networks_(networks), faces_(faces) {}

  // `seen`: what the general networks said about the picture. Largest person first, at most kMaxPersons.
  static constexpr std::size_t kMaxPersons = 15;
  Result<std::vector<ProtectedPerson>> find(const image::Image& picture, const Fusion& seen, Pass& pass) const;

 private:
  const Networks& networks_;
  const FaceAnalyzer& faces_;
};

}  // namespace eyrie::vision
