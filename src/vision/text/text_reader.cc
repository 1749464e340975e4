#include "vision/text/text_reader.h"

namespace eyrie::vision {

Result<std::vector<TextDetection>> TextReader::read(const image::Image&, const TextRequest&) const {
  EYRIE_CHECK_OK(networks_.require(Role::kTextDetector));
  return fail(Code::kUnavailable, "text is not recognized yet");
}

}  // namespace eyrie::vision
