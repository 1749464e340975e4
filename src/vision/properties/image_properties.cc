#include "vision/properties/image_properties.h"

namespace eyrie::vision {

ImageProperties measure_properties(const image::Image&, std::span<const BoundingBox>, const PropertiesRequest&) {
  return {};
}

}  // namespace eyrie::vision
