// Kept passwords: whatever the cost is read of, it is bearable and at least what the library demands.
#include "base/bytes.h"
#include "crypto/password.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto cost = eyrie::crypto::password_cost(eyrie::as_text({data, size}));
  if (cost && (cost->memory_kib > 1U << 20 || cost->passes == 0 || cost->lanes == 0)) __builtin_trap();
  return 0;
}
