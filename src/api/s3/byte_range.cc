#include "api/s3/byte_range.h"

#include <algorithm>

#include "base/encoding.h"

namespace eyrie::api::s3 {
RangeResult parse_range(std::string_view header, std::uint64_t size) {
  const RangeResult whole{.range = {.offset = 0, .length = size}};
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return whole;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = whole_number<std::uint64_t>(header.substr(0, dash));
  const auto last = whole_number<std::uint64_t>(header.substr(dash + 1));
  const bool open_end = header.size() == dash + 1;
  if (dash == 0) {  // the last N bytes
    if (!last) return whole;
    if (*last == 0 || size == 0) return {.kind = RangeKind::kUnsatisfiable};
    const std::uint64_t length = std::min(*last, size);
    return {.kind = RangeKind::kPart, .range = {.offset = size - length, .length = length}};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return whole;
  if (*first >= size) return {.kind = RangeKind::kUnsatisfiable};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {.kind = RangeKind::kPart, .range = {.offset = *first, .length = end - *first + 1}};
}

}  // namespace eyrie::api::s3
