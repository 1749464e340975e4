// JPEG out: thumbnails, benchmarks, tests. Baseline, 4:2:0, no metadata. Thread-safe.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "image/image.h"

namespace eyrie::image {

// quality: 1..100. kInvalidArgument where a side is zero or over 65,500.
Result<Bytes> encode_jpeg(const Image& image, int quality);

}  // namespace eyrie::image
