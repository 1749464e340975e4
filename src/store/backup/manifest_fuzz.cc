// A manifest, whatever it holds: what is taken for one comes out the same when it is written again, and names nothing outside of the backup.
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/backup/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const std::string_view input = as_text(ByteView(data, size));
  // As it is, which its digest mostly ends, and with the digest that it would need.
  for (const std::string& text : {std::string(input), std::string(input) + "end " + hex_encode(crypto::sha256(as_bytes(input))) + "\n"}) {
    const auto manifest = store::parse_manifest(text);
    if (!manifest) continue;
    for (const store::ManifestEntry& entry : manifest->files) {
      if (entry.path.starts_with('/') || ("/" + entry.path + "/").contains("/../")) std::abort();
    }
    const auto again = store::parse_manifest(store::write_manifest(*manifest));
    if (!again || again->files != manifest->files || again->made != manifest->made) std::abort();
  }
  return 0;
}
