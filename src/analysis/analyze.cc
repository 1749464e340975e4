#include "analysis/analyze.h"

#include "base/time/clock.h"
#include "base/trace/trace_steps.h"

namespace eyrie::analysis {
namespace {

// A page full of print; DetectText's own limit of 100 would cut a receipt short.
constexpr std::size_t kMostWords = 1000;

}  // namespace

vision::Request whole_pass(double min_confidence, std::size_t max_labels) {
  vision::Request request;
  request.labels = vision::LabelFilter{.min_confidence = min_confidence, .max_labels = max_labels};
  request.properties = vision::PropertiesRequest{.instance_colors = false};
  request.faces = vision::FaceRequest{.attributes = vision::kAllFaceAttributes, .only_with_people = true};
  request.text = vision::TextRequest{.min_confidence = min_confidence, .max_words = kMostWords};
  request.moderation = vision::ModerationRequest{.min_confidence = min_confidence};
  return request;
}

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

Result<Analysis> analyze(ByteView bytes, vision::Recognizer& recognizer, const vision::Request& request,
                         const image::Limits& limits) {
  Stopwatch decoding;
  EYRIE_TRY(image::Decoded decoded, timed_step("decode", [&] { return decode_for(bytes, recognizer, limits); }));
  Analysis analysis;
  analysis.decode_ms = decoding.elapsed_ms();
  Stopwatch recognizing;
  EYRIE_TRY(analysis.seen, timed_step("recognize", [&] { return recognizer.recognize(decoded.image, request); }));
  analysis.recognize_ms = recognizing.elapsed_ms();
  analysis.header = decoded.header;
  analysis.exif = std::move(decoded.exif);
  analysis.bytes = bytes.size();
  analysis.versions = recognizer.model_versions();
  return analysis;
}

bool is_permanent(const Error& error) {
  return error.code == Code::kInvalidArgument || error.code == Code::kUnsupported || error.code == Code::kTooLarge;
}

}  // namespace eyrie::analysis
