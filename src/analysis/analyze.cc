#include "analysis/analyze.h"

#include "base/clock.h"

namespace eyrie::analysis {

Result<image::Decoded> decode_for(ByteView bytes, const vision::Recognizer& recognizer, const image::Limits& limits,
                                  std::uint32_t min_side) {
  EYRIE_TRY(const image::Header header, image::read_header(bytes, limits));
  if (header.width < min_side || header.height < min_side) {
    return fail(Code::kInvalidArgument, "image is " + std::to_string(header.width) + "x" +
                                            std::to_string(header.height) + " pixels; each side must be at least " +
                                            std::to_string(min_side));
  }
  const auto side = static_cast<std::uint32_t>(recognizer.useful_side());
  return image::decode(bytes, {.target_side = side, .limits = limits});
}

Result<Analysis> analyze(ByteView bytes, vision::Recognizer& recognizer, const vision::LabelFilter& filter,
                         const image::Limits& limits) {
  Stopwatch decoding;
  EYRIE_TRY(image::Decoded decoded, decode_for(bytes, recognizer, limits));
  Analysis analysis;
  analysis.decode_ms = decoding.elapsed_ms();
  Stopwatch recognizing;
  EYRIE_TRY(analysis.labels, recognizer.detect_labels(decoded.image, filter));
  analysis.recognize_ms = recognizing.elapsed_ms();
  analysis.header = decoded.header;
  analysis.exif = std::move(decoded.exif);
  analysis.bytes = bytes.size();
  analysis.label_model_version = recognizer.model_versions().labels;
  return analysis;
}

bool is_permanent(const Error& error) {
  return error.code == Code::kInvalidArgument || error.code == Code::kUnsupported || error.code == Code::kTooLarge;
}

}  // namespace eyrie::analysis
