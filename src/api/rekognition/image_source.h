// The picture of a request: Image.Bytes or Image.S3Object, within Rekognition's limits, decoded.
#pragma once

#include "analysis/analyze.h"
#include "api/rekognition/backend.h"

namespace eyrie::api::rekognition {

inline constexpr std::size_t kMaxS3Bytes = 15U << 20;

// What an operation takes; DetectProtectiveEquipment has its own.
struct PictureLimits {
  std::size_t max_inline_bytes = 5U << 20;
  std::uint32_t min_side = analysis::kMinSide;  // pixels
  std::uint32_t max_side = 10'000;
};

// The member `name` (an Image) of the request; `path` is how errors call it. Bytes that the request carries are taken out of it: many
// requests wait for their turn at the recognizer, and base64 beside what it says would double what they hold.
Field<Bytes> read_image(json::object& request, std::string_view name, const std::string& path,
                        store::ObjectStore& objects, const PictureLimits& limits = {});
Field<image::Decoded> decode_image(const Bytes& bytes, const vision::Recognizer& recognizer,
                                   const PictureLimits& limits = {});
// The member "Image", read and decoded.
Field<image::Decoded> read_picture(Backend& backend, json::object& request,
                                   const PictureLimits& limits = {});

}  // namespace eyrie::api::rekognition
