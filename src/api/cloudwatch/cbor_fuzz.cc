// Requests come from clients.
#include "api/cloudwatch/cbor.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::api::cloudwatch;
  const auto value = read_cbor({data, size}, 10'000);
  // What was read can be written, and reads as the same again, but for numbers that are none.
  if (!value) return 0;
  const std::string written = write_cbor(*value);
  const auto again = read_cbor(eyrie::as_bytes(written), 20'000);
  if (!again || write_cbor(*again) != written) std::abort();
  return 0;
}
