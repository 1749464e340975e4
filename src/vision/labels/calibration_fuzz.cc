// Curves: hostile text must be refused or make curves that rise within 0..1.
#include <cstdlib>

#include "base/bytes.h"
#include "vision/labels/calibration.h"

using namespace eyrie;
using namespace eyrie::vision;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const auto calibration = Calibration::parse(text);
  if (!calibration) return 0;
  const Curve& curve = calibration->curve(text.substr(0, text.find_first_of(" \t\n")));
  double before = 0;
  for (int i = 0; i <= 64; ++i) {
    const double confidence = curve(i / 64.0);
    if (!(confidence >= before && confidence <= 1)) std::abort();
    before = confidence;
  }
  return 0;
}
