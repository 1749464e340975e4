#include "api/console/pictures/area.h"

#include <array>
#include <charconv>
#include <cmath>

namespace eyrie::api::console {

std::optional<analysis::Area> parse_area(std::string_view text) {
  std::array<double, 4> sides{};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const bool last = i + 1 == sides.size();
    const std::size_t end = last ? text.size() : text.find(',');
    if (end == std::string_view::npos) return std::nullopt;
    const auto [read, error] =
        std::from_chars(text.data(), text.data() + end, sides[i], std::chars_format::fixed);
    const double most = i % 2 == 0 ? 180 : 90;
    // Written so that what is no number fails too.
    if (error != std::errc() || read != text.data() + end || !(std::abs(sides[i]) <= most))
      return std::nullopt;
    if (!last) text.remove_prefix(end + 1);
  }
  if (sides[1] > sides[3]) return std::nullopt;
  return analysis::Area{.west = sides[0], .south = sides[1], .east = sides[2], .north = sides[3]};
}

}  // namespace eyrie::api::console
