// The Range header of one range of bytes (RFC 9110, section 14). Thread-safe: pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace eyrie::api::s3 {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

enum class RangeKind { kWhole, kPart, kUnsatisfiable };
struct RangeResult {
  RangeKind kind = RangeKind::kWhole;
  ByteRange range;
};

// A header that is malformed, of another unit, or of several ranges is ignored (kWhole), as S3 does.
RangeResult parse_range(std::string_view header, std::uint64_t size);

}  // namespace eyrie::api::s3
