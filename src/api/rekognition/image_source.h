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

// The member `name` (an Image) of the request; `path` is how errors call it.
Field<Bytes> read_image(const json::object& request, std::string_view name, const std::string& path,
                        store::ObjectStore& objects, const PictureLimits& limits = {});
Field<image::Decoded> decode_image(const Bytes& bytes, const vision::Recognizer& recognizer,
                                   const PictureLimits& limits = {});
// The member "Image", read and decoded.
Field<image::Decoded> read_picture(Backend& backend, const json::object& request,
                                   const PictureLimits& limits = {});

}  // namespace eyrie::api::rekognition
