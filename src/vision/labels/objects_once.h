// The object detectors' finds in one picture, looked for once however many parts of a pass need them.
//
// Errors: those of detect_objects(); kept like finds. Thread safety: all of it; who asks while another looks waits for the answer.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "vision/networks/network.h"

namespace eyrie::vision {

class ObjectsOnce {
 public:
  // As detect_objects(); `picture` is the same in every call.
  Result<std::vector<Detection>> find(Network& network, const image::Image& picture);

 private:
  std::mutex mutex_;
  std::map<const Network*, Result<std::vector<Detection>>> found_;  // guarded by mutex_
};

}  // namespace eyrie::vision
