// Areas as queries tell them.
#include "api/console/pictures/area.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto area = eyrie::api::console::parse_area({reinterpret_cast<const char*>(data), size});
  if (area && !(area->west >= -180 && area->east <= 180 && area->south >= -90 && area->north <= 90))
    __builtin_trap();
  return 0;
}
