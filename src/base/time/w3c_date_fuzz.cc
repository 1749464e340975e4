// Dates of the W3C's profile: what is read must read the same in full, down to milliseconds.
#include "base/bytes.h"
#include "base/time/clock.h"
#include "base/time/w3c_date.h"

using namespace eyrie;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto ms = parse_w3c_date(as_text({data, size}));
  constexpr std::int64_t kYear0 = -62'167'219'200'000, kYear9999 = 253'370'764'800'000;
  // An offset from UTC may lead out of the years that four digits write.
  if (!ms || *ms < kYear0 || *ms >= kYear9999) return 0;
  if (parse_w3c_date(format_iso8601(*ms)) != ms) __builtin_trap();
  return 0;
}
