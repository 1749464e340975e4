#include "api/common/page_marker.h"

#include "base/encoding.h"

namespace eyrie::api {
namespace {

// Tells markers from other base64, and from those of servers before, which counted entries.
constexpr std::string_view kBefore = "after:";

}  // namespace

std::string page_marker(std::string_view key) { return base64_encode(as_bytes(std::string(kBefore).append(key))); }

std::optional<std::string> marked_key(std::string_view marker) {
  const auto decoded = base64_decode(marker);
  if (!decoded) return std::nullopt;
  std::string_view text = as_text(*decoded);
  if (!text.starts_with(kBefore)) return std::nullopt;
  text.remove_prefix(kBefore.size());
  return std::string(text);
}

std::string number_key(std::int64_t number) {
  constexpr std::size_t kDigits = 19;  // of the greatest
  std::string digits = std::to_string(number);
  return digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
}

}  // namespace eyrie::api
