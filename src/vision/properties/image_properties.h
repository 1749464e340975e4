// Colours and quality of a picture: brightness, sharpness, contrast, dominant colours, of the whole and of
// foreground and background. What the figures mean is in quality.h and colors.h.
//
// The foreground is what lies in the boxes of objects. Where there are none, or where they leave next to
// nothing of the picture or take next to nothing, foreground and background are absent.
//
// A larger picture is looked at with a longer side of 1024 pixels, so the work is bounded.
//
// Thread-safe; no errors.
#pragma once

#include <span>

#include "image/image.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

// `objects`: what stands in the foreground, as far as known.
ImageProperties measure_properties(const image::Image& picture, std::span<const BoundingBox> objects,
                                   const PropertiesRequest& request);

// Of one part of a picture. Empty where the part lies outside.
std::vector<DominantColor> colors_of_part(const image::Image& picture, const BoundingBox& part,
                                          std::size_t max_colors);

}  // namespace eyrie::vision
