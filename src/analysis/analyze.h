// One picture, understood: decode once, ask the recognizer, keep what the file itself says.
//
// Used alike by the function that uploads trigger, by `eyrie analyze` and by the Rekognition API, so that all three
// answer the same for the same bytes.
//
// Errors: those of image::decode; kInvalidArgument where a side is under 80 pixels (Rekognition's floor); those of the
// recognizer. is_permanent() tells which no retry can mend. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/decode.h"
#include "vision/recognizer.h"

namespace eyrie::analysis {

inline constexpr std::uint32_t kMinSide = 80;  // pixels

// The whole pass over a picture, as uploads and `eyrie analyze` ask for it: labels, image properties, faces with every attribute where
// there are people, text, moderation. `min_confidence` holds for labels, words and moderation alike.
vision::Request whole_pass(double min_confidence, std::size_t max_labels = 1000);

struct Analysis {
  image::Header header;
  image::Exif exif;
  std::uint64_t bytes = 0;
  vision::Recognition seen;
  vision::ModelVersions versions;
  double decode_ms = 0;
  double recognize_ms = 0;
};

// The decoded picture at the scale that `recognizer` can use; refuses what is too small to tell anything.
Result<image::Decoded> decode_for(ByteView bytes, const vision::Recognizer& recognizer,
                                  const image::Limits& limits = {}, std::uint32_t min_side = kMinSide);

Result<Analysis> analyze(ByteView bytes, vision::Recognizer& recognizer, const vision::Request& request,
                         const image::Limits& limits = {});

// True where the picture itself is at fault.
bool is_permanent(const Error& error);

}  // namespace eyrie::analysis
