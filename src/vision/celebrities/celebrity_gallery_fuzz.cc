#include "crypto/digest.h"
#include "vision/celebrities/celebrity_gallery.h"

// With a true checksum at the end, so that what lies behind the check is reached; what parses must come out
// as it went in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  Bytes file(data, data + size);
  crypto::Sha256 digest;
  digest.update(file);
  const auto value = digest.finish();
  file.insert(file.end(), value.begin(), value.end());
  const auto gallery = vision::CelebrityGallery::parse(file);
  if (!gallery) return 0;
  const auto again = vision::CelebrityGallery::parse(gallery->serialize());
  if (!again || again->size() != gallery->size() || again->portraits() != gallery->portraits())
    __builtin_trap();
  return 0;
}
