// What a sign-in costs, at OWASP's least and at ours.
#include <benchmark/benchmark.h>

#include "crypto/password.h"

namespace eyrie::crypto {
namespace {

void verify(benchmark::State& state) {
  PasswordHasher hasher({.memory_kib = static_cast<std::uint32_t>(state.range(0)) << 10, .passes = static_cast<std::uint32_t>(state.range(1))},
                        {});
  const std::string kept = *hasher.hash("a long enough password");
  for (auto _ : state) benchmark::DoNotOptimize(hasher.verify(kept, "a long enough password"));
}
BENCHMARK(verify)->ArgNames({"MiB", "passes"})->Args({19, 2})->Args({32, 3})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eyrie::crypto
