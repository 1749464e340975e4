// The picture of a request: Image.Bytes or Image.S3Object, within Rekognition's limits, decoded.
#pragma once

#include "analysis/analyze.h"
#include "api/rekognition/fields.h"
#include "store/object_store.h"

namespace eyrie::api::rekognition {

inline constexpr std::size_t kMaxInlineBytes = 5U << 20;
inline constexpr std::size_t kMaxS3Bytes = 15U << 20;
inline constexpr std::uint32_t kMaxSide = 10'000;  // pixels

// The member `name` (an Image) of the request.
Field<Bytes> read_image(const json::object& request, std::string_view name, const std::string& path,
                        store::ObjectStore& objects);
Field<image::Decoded> decode_image(const Bytes& bytes, const vision::Recognizer& recognizer);

}  // namespace eyrie::api::rekognition
