#include "vision/faces/pass.h"

namespace eyrie::vision {

FacesOnce::Found FacesOnce::find(bool only_if_likely, const std::function<Found(bool only_if_likely)>& look) {
  const std::lock_guard lock(mutex_);
  if (only_if_likely) {
    if (!likely_) likely_ = look(true);
    return *likely_;
  }
  if (likely_ && *likely_ && !(*likely_)->empty()) return *likely_;
  if (!all_) all_ = look(false);
  return *all_;
}

}  // namespace eyrie::vision
