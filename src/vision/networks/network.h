// One model pack put to work: pictures in, boxes or scores out.
//
// The session is opened by the first call that needs it and shared by all; a failure to open is tried anew by
// the next call.
//
// Errors: those of Session; kInternal where the network's answer is not what its pack says.
// Thread safety: all of it; calls run on the caller's thread and share nothing that changes.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "vision/networks/decoders.h"
#include "vision/networks/pack.h"
#include "vision/networks/preprocess.h"

namespace eyrie::vision {

class Network {
 public:
  explicit Network(Pack pack);

  const Pack& pack() const { return pack_; }
  bool loaded() const { return session_.load() != nullptr; }
  Status warm_up();

  // Boxes of score >= min_score in ratios of the whole picture, not yet suppressed. For detectors.
  Result<std::vector<Detection>> detect(const image::Image& picture, const View& view, float min_score);

  // One score per class, 0..1. For packs with the decoder "scores" and a picture of fixed size as input.
  Result<std::vector<float>> tag(const image::Image& picture, const View& view);

  // The outputs as they are, in the order the pack names them. For packs with the decoder "tensors".
  Result<Session::Outputs> run(const Tensor& input);

 private:
  Result<const Session*> session();

  // Constant after construction.
  const Pack pack_;
  const std::vector<Anchor> anchors_;
  std::mutex opening_;
  std::unique_ptr<Session> owned_;                // guarded by opening_; set once
  std::atomic<const Session*> session_{nullptr};  // owned_, once it is set
};

}  // namespace eyrie::vision
