#include "api/s3/byte_range.h"

#include <algorithm>
#include <charconv>

namespace eyrie::api::s3 {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

RangeResult parse_range(std::string_view header, std::uint64_t size) {
  const RangeResult whole{.range = {.offset = 0, .length = size}};
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return whole;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = parse_number(header.substr(0, dash));
  const auto last = parse_number(header.substr(dash + 1));
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
