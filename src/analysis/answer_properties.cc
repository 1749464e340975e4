// Qualities and colours as DetectLabels' ImageProperties.
#include <cstdio>

#include "analysis/answer.h"
#include "analysis/answer_parts.h"

namespace eyrie::analysis {
namespace {

json::object quality_answer(const vision::RegionProperties& region) {
  return {{"Brightness", percent_number(region.brightness)},
          {"Sharpness", percent_number(region.sharpness)},
          {"Contrast", percent_number(region.contrast)}};
}

json::object region_answer(const vision::RegionProperties& region) {
  return {{"Quality", quality_answer(region)}, {"DominantColors", colors_answer(region.colors)}};
}

// A region that the picture does not have: the members are there, so that programs which print them go on.
json::object no_region() {
  return {{"Quality", json::object()}, {"DominantColors", json::array()}};
}

}  // namespace

json::array colors_answer(const std::vector<vision::DominantColor>& colors) {
  json::array list;
  for (const vision::DominantColor& color : colors) {
    char hex[8];
    std::snprintf(hex, sizeof hex, "#%02x%02x%02x", color.red, color.green, color.blue);
    list.push_back(json::object{{"Red", color.red},
                                {"Blue", color.blue},
                                {"Green", color.green},
                                {"HexCode", hex},
                                {"CSSColor", color.css},
                                {"SimplifiedColor", color.simplified},
                                {"PixelPercent", percent_number(color.percent)}});
  }
  return list;
}

json::object properties_answer(const vision::ImageProperties& properties) {
  json::object answer = region_answer(properties.whole);
  answer["Foreground"] = properties.foreground ? region_answer(*properties.foreground) : no_region();
  // Where nothing stands out, all of it is background.
  answer["Background"] = properties.background   ? region_answer(*properties.background)
                         : properties.foreground ? no_region()
                                                 : region_answer(properties.whole);
  return answer;
}

}  // namespace eyrie::analysis
