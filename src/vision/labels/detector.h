// A detector network asked about several views of one picture, its answers made one.
//
// Errors: those of Network. Thread safety: all of it.
#pragma once

#include <vector>

#include "vision/networks/network.h"

namespace eyrie::vision {

// No more boxes than this in one answer, the surest ones.
inline constexpr std::size_t kMaxBoxes = 100;

Result<std::vector<Detection>> detect_objects(Network& network, const image::Image& picture);

}  // namespace eyrie::vision
