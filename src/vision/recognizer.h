// Understands pictures. Embedded implementation: local networks (vision/local_recognizer.h). Elsewhere: Amazon
// Rekognition.
//
//   Request request;
//   request.faces = FaceRequest{.attributes = kAllFaceAttributes};
//   EYRIE_TRY(const Recognition seen, recognizer.recognize(picture, request));
//
// One decoded picture serves every part; networks that several parts need run once; a part that is not asked for
// costs nothing. Parts are absent from the answer where they were not asked for (or where a condition of the request
// kept them out).
//
// Errors: kUnavailable - the models are not installed or did not load; kInternal - a network failed.
// Thread safety: all of it; a call may use other cores while they idle, waits while as many are at work as there are cores, and shares
// no scratch memory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "vision/recognition/recognition.h"
#include "vision/recognition/request.h"

namespace eyrie::vision {

// Answered as LabelModelVersion, FaceModelVersion and so on. That of faces is the embeddings': only those of one version compare, and it stays
// while they do.
struct ModelVersions {
  std::string labels, faces, text, moderation, equipment;
};

class Recognizer {
 public:
  virtual ~Recognizer() = default;

  virtual Result<Recognition> recognize(const image::Image& picture, const Request& request) = 0;

  // The longer side, in pixels, above which a larger picture tells this recognizer nothing: what to decode
  // to.
  virtual int useful_side() const = 0;
  virtual ModelVersions model_versions() const = 0;

  // recognize() for labels alone.
  Result<std::vector<Label>> detect_labels(const image::Image& picture, const LabelFilter& filter);
};

}  // namespace eyrie::vision
