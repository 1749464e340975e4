// A delivery policy of a topic or a subscription: refused, or its waits end.
#include "notify/topics/delivery_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie::notify::topics;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& parsed : {DeliveryPolicy::of_topic(text), DeliveryPolicy::of_subscription(text)}) {
    if (!parsed) continue;
    const EffectivePolicy policy = effective_policy(&*parsed, nullptr);
    int failures = 1;
    while (const auto wait = policy.retry.wait(failures)) {
      if (wait->count() < 0 || wait->count() > 3'600'000 || ++failures > 101) __builtin_trap();
    }
  }
  return 0;
}
