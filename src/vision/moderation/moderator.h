// Unsafe content, in the terms of Rekognition's moderation taxonomy version 7.
//
// Errors: kUnavailable - a network that is needed is not installed; those of Network. Thread safety: all of it.
#pragma once

#include "vision/labels/fusion.h"
#include "vision/networks/networks.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

class Moderator {
 public:
  // The networks must outlive it.
  explicit Moderator(const Networks& networks) : networks_(networks) {}

  // `seen`: what the general networks said about the picture.
  Result<Moderation> judge(const image::Image& picture, const Fusion& seen, const ModerationRequest& request) const;

 private:
  const Networks& networks_;
};

}  // namespace eyrie::vision
