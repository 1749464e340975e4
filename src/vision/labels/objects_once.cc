#include "vision/labels/objects_once.h"

#include "vision/labels/detector.h"

namespace eyrie::vision {

Result<std::vector<Detection>> ObjectsOnce::find(Network& network, const image::Image& picture) {
  const std::lock_guard lock(mutex_);
  auto at = found_.find(&network);
  if (at == found_.end()) at = found_.emplace(&network, detect_objects(network, picture)).first;
  return at->second;
}

}  // namespace eyrie::vision
