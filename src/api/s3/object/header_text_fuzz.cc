// Whatever comes as a value of metadata: it is kept as UTF-8, and what is answered holds ASCII alone and is decoded to the same again.
#include "api/s3/object/header_text.h"

#include <algorithm>

#include "base/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace s3 = eyrie::api::s3;
  const std::string text = s3::decode_header_text({reinterpret_cast<const char*>(data), size});
  if (!eyrie::valid_utf8(text)) __builtin_trap();
  const std::string answered = s3::encode_header_text(text);
  if (std::ranges::any_of(answered, [](unsigned char c) { return c >= 0x80; })) __builtin_trap();
  // ASCII goes out as it is, also where it looks like an encoded word.
  if (answered != text && s3::decode_header_text(answered) != text) __builtin_trap();
  return 0;
}
