// A part of the Earth's surface as queries tell it: "WEST,SOUTH,EAST,NORTH", in degrees. Thread-safe: pure
// functions.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/pictures/picture_index.h"

namespace eyrie::api::console {

std::optional<analysis::Area> parse_area(std::string_view text);

}  // namespace eyrie::api::console
