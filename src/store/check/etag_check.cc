#include "store/check/etag_check.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::store {

void EtagCheck::end_part() {
  parts_.update(bytes_.finish());
  ++part_;
  in_part_ = 0;
}

void EtagCheck::update(ByteView bytes) {
  while (!bytes.empty() && part_ < object_.parts.size()) {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), object_.parts[part_].size - in_part_));
    bytes_.update(bytes.first(count));
    bytes = bytes.subspan(count);
    in_part_ += count;
    if (in_part_ == object_.parts[part_].size) end_part();
  }
  if (object_.parts.empty()) bytes_.update(bytes);
}

std::optional<bool> EtagCheck::fits() {
  constexpr std::size_t kHexBytes = 32;
  if (object_.parts.empty()) {
    if (object_.etag.size() != kHexBytes) return std::nullopt;
    return hex_encode(bytes_.finish()) == object_.etag;
  }
  while (part_ < object_.parts.size() && object_.parts[part_].size == in_part_) end_part();  // empty ones at the end
  if (part_ != object_.parts.size()) return false;
  return hex_encode(parts_.finish()) + "-" + std::to_string(object_.parts.size()) == object_.etag;
}

}  // namespace eyrie::store
