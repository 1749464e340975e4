// Records that others have written.
#include "analysis/pictures/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const auto value = parse_json({reinterpret_cast<const char*>(data), size});
  if (!value || !value->is_object()) return 0;
  const auto picture = analysis::picture_of(value->get_object());
  if (picture && (picture->labels.size() > analysis::kMaxPictureLabels || picture->words.size() > analysis::kMaxPictureWords + 1)) __builtin_trap();
  return 0;
}
