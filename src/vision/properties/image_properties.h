// Colours and quality of a picture: brightness, sharpness, contrast, dominant colours, of the whole and of foreground and background.
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

}  // namespace eyrie::vision
