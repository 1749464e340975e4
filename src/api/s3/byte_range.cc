#include "api/s3/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/encoding.h"
#include "net/http.h"

namespace eyrie::api::s3 {
namespace {

// The number that the text is; one too large for the type is its largest, which no object reaches.
std::optional<std::uint64_t> position(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return whole_number<std::uint64_t>(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace

RangeResult parse_range(std::string_view header, std::uint64_t size) {
  const RangeResult whole{.range = {.offset = 0, .length = size}};
  constexpr std::string_view kUnit = "bytes=";
  if (!net::equals_ignore_case(header.substr(0, kUnit.size()), kUnit)) return whole;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = position(header.substr(0, dash));
  const auto last = position(header.substr(dash + 1));
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
