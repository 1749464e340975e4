// The colours that CSS names, each with the simple colour it is a kind of.
//
// Source of names and values: CSS Color Module Level 4, named colors; of two names for one colour the one
// that Rekognition answers ("darkslategrey", but "gray"). The simple colours are the groups in which the CSS
// colours are usually listed, twelve in all: black, blue, brown, cyan, green, grey, orange, pink, purple,
// red, white, yellow. Thread-safe; no errors.
#pragma once

#include <cstdint>
#include <string_view>

#include "vision/properties/lab.h"

namespace eyrie::vision {

struct CssColor {
  std::string_view name;    // "darkslategrey"
  std::string_view simple;  // "grey"
};

// The nearest one by CIEDE2000.
const CssColor& nearest_css_color(const Lab& color);

}  // namespace eyrie::vision
