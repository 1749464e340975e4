// Which emotion a face shows, out of one network's seven.
//
// Errors: those of Network. Thread safety: plain data and functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vision/faces/description/face_crop.h"
#include "vision/networks/network.h"

namespace eyrie::vision {

// One share a class of the pack, their sum 1. `face`: the smallest square round the face.
Result<std::vector<float>> find_emotions(Network& network, const image::Image& picture,
                                         const FaceSquare& face);

// Rekognition's eight, surest first; their sum is 100. `classes`: the pack's. `smile`: how likely the mouth
// smiles, 0..1, where that is known: people do not look happy without.
std::vector<Emotion> emotions_of(std::span<const std::string> classes, std::span<const float> shares,
                                 std::optional<double> smile);
// 0..100; 0 where it is not listed.
double confidence_in(std::string_view type, std::span<const Emotion> emotions);

}  // namespace eyrie::vision
