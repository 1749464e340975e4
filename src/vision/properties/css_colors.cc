#include "vision/properties/css_colors.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eyrie::vision {
namespace {

struct Row {
  CssColor color;
  std::uint32_t rgb;
};

constexpr std::array kRows{
    Row{{"aliceblue", "white"}, 0xF0F8FF},
    Row{{"antiquewhite", "white"}, 0xFAEBD7},
    Row{{"aquamarine", "cyan"}, 0x7FFFD4},
    Row{{"azure", "white"}, 0xF0FFFF},
    Row{{"beige", "white"}, 0xF5F5DC},
    Row{{"bisque", "brown"}, 0xFFE4C4},
    Row{{"black", "black"}, 0x000000},
    Row{{"blanchedalmond", "brown"}, 0xFFEBCD},
    Row{{"blue", "blue"}, 0x0000FF},
    Row{{"blueviolet", "purple"}, 0x8A2BE2},
    Row{{"brown", "brown"}, 0xA52A2A},
    Row{{"burlywood", "brown"}, 0xDEB887},
    Row{{"cadetblue", "cyan"}, 0x5F9EA0},
    Row{{"chartreuse", "green"}, 0x7FFF00},
    Row{{"chocolate", "brown"}, 0xD2691E},
    Row{{"coral", "orange"}, 0xFF7F50},
    Row{{"cornflowerblue", "blue"}, 0x6495ED},
    Row{{"cornsilk", "brown"}, 0xFFF8DC},
    Row{{"crimson", "red"}, 0xDC143C},
    Row{{"cyan", "cyan"}, 0x00FFFF},
    Row{{"darkblue", "blue"}, 0x00008B},
    Row{{"darkcyan", "cyan"}, 0x008B8B},
    Row{{"darkgoldenrod", "brown"}, 0xB8860B},
    Row{{"darkgreen", "green"}, 0x006400},
    Row{{"darkgrey", "grey"}, 0xA9A9A9},
    Row{{"darkkhaki", "yellow"}, 0xBDB76B},
    Row{{"darkmagenta", "purple"}, 0x8B008B},
    Row{{"darkolivegreen", "green"}, 0x556B2F},
    Row{{"darkorange", "orange"}, 0xFF8C00},
    Row{{"darkorchid", "purple"}, 0x9932CC},
    Row{{"darkred", "red"}, 0x8B0000},
    Row{{"darksalmon", "red"}, 0xE9967A},
    Row{{"darkseagreen", "green"}, 0x8FBC8F},
    Row{{"darkslateblue", "purple"}, 0x483D8B},
    Row{{"darkslategrey", "grey"}, 0x2F4F4F},
    Row{{"darkturquoise", "cyan"}, 0x00CED1},
    Row{{"darkviolet", "purple"}, 0x9400D3},
    Row{{"deeppink", "pink"}, 0xFF1493},
    Row{{"deepskyblue", "blue"}, 0x00BFFF},
    Row{{"dimgrey", "grey"}, 0x696969},
    Row{{"dodgerblue", "blue"}, 0x1E90FF},
    Row{{"firebrick", "red"}, 0xB22222},
    Row{{"floralwhite", "white"}, 0xFFFAF0},
    Row{{"forestgreen", "green"}, 0x228B22},
    Row{{"gainsboro", "grey"}, 0xDCDCDC},
    Row{{"ghostwhite", "white"}, 0xF8F8FF},
    Row{{"gold", "yellow"}, 0xFFD700},
    Row{{"goldenrod", "brown"}, 0xDAA520},
    Row{{"gray", "grey"}, 0x808080},
    Row{{"green", "green"}, 0x008000},
    Row{{"greenyellow", "green"}, 0xADFF2F},
    Row{{"honeydew", "white"}, 0xF0FFF0},
    Row{{"hotpink", "pink"}, 0xFF69B4},
    Row{{"indianred", "red"}, 0xCD5C5C},
    Row{{"indigo", "purple"}, 0x4B0082},
    Row{{"ivory", "white"}, 0xFFFFF0},
    Row{{"khaki", "yellow"}, 0xF0E68C},
    Row{{"lavender", "purple"}, 0xE6E6FA},
    Row{{"lavenderblush", "white"}, 0xFFF0F5},
    Row{{"lawngreen", "green"}, 0x7CFC00},
    Row{{"lemonchiffon", "yellow"}, 0xFFFACD},
    Row{{"lightblue", "blue"}, 0xADD8E6},
    Row{{"lightcoral", "red"}, 0xF08080},
    Row{{"lightcyan", "cyan"}, 0xE0FFFF},
    Row{{"lightgoldenrodyellow", "yellow"}, 0xFAFAD2},
    Row{{"lightgreen", "green"}, 0x90EE90},
    Row{{"lightgrey", "grey"}, 0xD3D3D3},
    Row{{"lightpink", "pink"}, 0xFFB6C1},
    Row{{"lightsalmon", "red"}, 0xFFA07A},
    Row{{"lightseagreen", "cyan"}, 0x20B2AA},
    Row{{"lightskyblue", "blue"}, 0x87CEFA},
    Row{{"lightslategrey", "grey"}, 0x778899},
    Row{{"lightsteelblue", "blue"}, 0xB0C4DE},
    Row{{"lightyellow", "yellow"}, 0xFFFFE0},
    Row{{"lime", "green"}, 0x00FF00},
    Row{{"limegreen", "green"}, 0x32CD32},
    Row{{"linen", "white"}, 0xFAF0E6},
    Row{{"magenta", "purple"}, 0xFF00FF},
    Row{{"maroon", "brown"}, 0x800000},
    Row{{"mediumaquamarine", "green"}, 0x66CDAA},
    Row{{"mediumblue", "blue"}, 0x0000CD},
    Row{{"mediumorchid", "purple"}, 0xBA55D3},
    Row{{"mediumpurple", "purple"}, 0x9370DB},
    Row{{"mediumseagreen", "green"}, 0x3CB371},
    Row{{"mediumslateblue", "purple"}, 0x7B68EE},
    Row{{"mediumspringgreen", "green"}, 0x00FA9A},
    Row{{"mediumturquoise", "cyan"}, 0x48D1CC},
    Row{{"mediumvioletred", "pink"}, 0xC71585},
    Row{{"midnightblue", "blue"}, 0x191970},
    Row{{"mintcream", "white"}, 0xF5FFFA},
    Row{{"mistyrose", "white"}, 0xFFE4E1},
    Row{{"moccasin", "yellow"}, 0xFFE4B5},
    Row{{"navajowhite", "brown"}, 0xFFDEAD},
    Row{{"navy", "blue"}, 0x000080},
    Row{{"oldlace", "white"}, 0xFDF5E6},
    Row{{"olive", "green"}, 0x808000},
    Row{{"olivedrab", "green"}, 0x6B8E23},
    Row{{"orange", "orange"}, 0xFFA500},
    Row{{"orangered", "orange"}, 0xFF4500},
    Row{{"orchid", "purple"}, 0xDA70D6},
    Row{{"palegoldenrod", "yellow"}, 0xEEE8AA},
    Row{{"palegreen", "green"}, 0x98FB98},
    Row{{"paleturquoise", "cyan"}, 0xAFEEEE},
    Row{{"palevioletred", "pink"}, 0xDB7093},
    Row{{"papayawhip", "yellow"}, 0xFFEFD5},
    Row{{"peachpuff", "yellow"}, 0xFFDAB9},
    Row{{"peru", "brown"}, 0xCD853F},
    Row{{"pink", "pink"}, 0xFFC0CB},
    Row{{"plum", "purple"}, 0xDDA0DD},
    Row{{"powderblue", "blue"}, 0xB0E0E6},
    Row{{"purple", "purple"}, 0x800080},
    Row{{"rebeccapurple", "purple"}, 0x663399},
    Row{{"red", "red"}, 0xFF0000},
    Row{{"rosybrown", "brown"}, 0xBC8F8F},
    Row{{"royalblue", "blue"}, 0x4169E1},
    Row{{"saddlebrown", "brown"}, 0x8B4513},
    Row{{"salmon", "red"}, 0xFA8072},
    Row{{"sandybrown", "brown"}, 0xF4A460},
    Row{{"seagreen", "green"}, 0x2E8B57},
    Row{{"seashell", "white"}, 0xFFF5EE},
    Row{{"sienna", "brown"}, 0xA0522D},
    Row{{"silver", "grey"}, 0xC0C0C0},
    Row{{"skyblue", "blue"}, 0x87CEEB},
    Row{{"slateblue", "purple"}, 0x6A5ACD},
    Row{{"slategrey", "grey"}, 0x708090},
    Row{{"snow", "white"}, 0xFFFAFA},
    Row{{"springgreen", "green"}, 0x00FF7F},
    Row{{"steelblue", "blue"}, 0x4682B4},
    Row{{"tan", "brown"}, 0xD2B48C},
    Row{{"teal", "cyan"}, 0x008080},
    Row{{"thistle", "purple"}, 0xD8BFD8},
    Row{{"tomato", "orange"}, 0xFF6347},
    Row{{"turquoise", "cyan"}, 0x40E0D0},
    Row{{"violet", "purple"}, 0xEE82EE},
    Row{{"wheat", "brown"}, 0xF5DEB3},
    Row{{"white", "white"}, 0xFFFFFF},
    Row{{"whitesmoke", "white"}, 0xF5F5F5},
    Row{{"yellow", "yellow"}, 0xFFFF00},
    Row{{"yellowgreen", "green"}, 0x9ACD32},
};

// CIEDE2000 is slow. Of 1,500 random colours all but 2 have their nearest among the 32 that are nearest by
// plain distance.
constexpr std::size_t kCandidates = 32;

std::array<Lab, kRows.size()> make_labs() {
  std::array<Lab, kRows.size()> labs;
  std::ranges::transform(kRows, labs.begin(), [](const Row& row) {
    const auto channel = [&](int shift) { return static_cast<float>(row.rgb >> shift & 255); };
    return to_lab(channel(16), channel(8), channel(0));
  });
  return labs;
}

}  // namespace

const CssColor& nearest_css_color(const Lab& color) {
  static const std::array<Lab, kRows.size()> labs = make_labs();
  std::array<std::pair<float, std::size_t>, kRows.size()> near;
  for (std::size_t i = 0; i < near.size(); ++i) near[i] = {distance_squared(labs[i], color), i};
  std::ranges::nth_element(near, near.begin() + kCandidates);
  const auto nearest = std::ranges::min_element(
      near.begin(), near.begin() + kCandidates, {},
      [&](const auto& candidate) { return color_difference(labs[candidate.second], color); });
  return kRows[nearest->second].color;
}

}  // namespace eyrie::vision
