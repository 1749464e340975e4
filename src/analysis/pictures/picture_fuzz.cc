// Records that others have written.
#include "analysis/pictures/packed_picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const auto value = parse_json({reinterpret_cast<const char*>(data), size});
  if (!value || !value->is_object()) return 0;
  const auto picture = analysis::picture_of(value->get_object());
  if (!picture) return 0;
  if (picture->labels.size() > analysis::kMaxPictureLabels || picture->words.size() > analysis::kMaxPictureWords + 1) __builtin_trap();
  analysis::SharedNames names;
  if (analysis::PackedPicture(*picture, names).unpack(names) != *picture) __builtin_trap();
  return 0;
}
