// Descriptions of packs: hostile text must be refused or describe something bounded.
#include <cstdlib>

#include "base/bytes.h"
#include "vision/networks/decoders.h"

using namespace eyrie;
using namespace eyrie::vision;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pack = parse_pack(as_text({data, size}));
  if (!pack) return 0;
  const SessionFile file = pack->session_file();
  if (file.input.empty() || file.input_shape.empty() || file.outputs.empty()) std::abort();
  for (const std::int64_t side : file.input_shape) {
    if (side < -1 || side == 0 || side > 4096) std::abort();
  }
  if (pack->output.decoder != DecoderKind::kSsdAnchors) return 0;
  if (make_anchors(pack->output.anchors).size() != pack->output.anchors.count()) std::abort();
  return 0;
}
