#include "vision/recognizer.h"

namespace eyrie::vision {

Result<std::vector<Label>> Recognizer::detect_labels(const image::Image& picture, const LabelFilter& filter) {
  Request request;
  request.labels = filter;
  EYRIE_TRY(Recognition seen, recognize(picture, request));
  return std::move(*seen.labels);
}

}  // namespace eyrie::vision
