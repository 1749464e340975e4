// What one pass over one picture has found so far, for the parts of an answer that need it too: objects and faces are looked for once.
//
// A pass belongs to one picture and one call. Errors: those of who looked; kept like finds. Thread safety: all of it.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "vision/faces/confirmation.h"
#include "vision/labels/objects_once.h"

namespace eyrie::vision {

class FacesOnce {
 public:
  using Found = Result<std::vector<ConfirmedFace>>;

  // What look(only_if_likely) finds, where it has not been looked for yet. A search that did not give up early (see FaceDetector) found what
  // every search finds, and answers for both kinds.
  Found find(bool only_if_likely, const std::function<Found(bool only_if_likely)>& look);

 private:
  std::mutex mutex_;
  std::optional<Found> likely_, all_;  // guarded by mutex_
};

struct Pass {
  ObjectsOnce objects;
  FacesOnce faces;
};

}  // namespace eyrie::vision
