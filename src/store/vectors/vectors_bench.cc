// Search in a million vectors by one core, against the limit: plain single-precision dot products over the
// same vectors, with the widest instructions there are, that keep nothing but the largest. `ratio` is that
// limit's time by the search's, both in this thread's processor time (what others do on the machine counts
// little); `MB` what the search keeps in memory.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "store/vectors/vector_index.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kCount = 1'000'000;

// Faces come in persons: here twenty of each.
std::vector<float> made_up_faces(std::size_t dimension) {
  std::vector<float> all(kCount * dimension), person(dimension);
  std::uint32_t noise = 1;
  auto next = [&noise] {
    noise = noise * 1664525 + 1013904223;
    return static_cast<float>(noise >> 8) / (1U << 23) - 1;
  };
  for (std::size_t i = 0; i < kCount; ++i) {
    if (i % 20 == 0) std::ranges::generate(person, next);
    double squares = 0;
    float* face = &all[i * dimension];
    for (std::size_t k = 0; k < dimension; ++k) {
      face[k] = person[k] + 0.8F * next();
      squares += static_cast<double>(face[k]) * face[k];
    }
    for (std::size_t k = 0; k < dimension; ++k) face[k] /= static_cast<float>(std::sqrt(squares));
  }
  return all;
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
float largest_dot(const float* query, const float* rows, std::size_t dimension, std::size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  float largest = -2;
  for (std::size_t r = 0; r < count; ++r, rows += dimension) {
    float sum = 0;
    for (std::size_t i = 0; i < dimension; ++i) sum += query[i] * rows[i];
    largest = std::max(largest, sum);
  }
  return largest;
}

double thread_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double best_of(int rounds, auto&& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double before = thread_ms();
    work();
    best = std::min(best, thread_ms() - before);
  }
  return best;
}

struct Faces {
  std::size_t dimension = 0;
  std::string_view kernel;
  std::vector<float> floats;
  std::unique_ptr<VectorIndex> index;
  double plain_ms = 0;
};

// Of one dimension and kernel at a time: there are gigabytes of them.
Faces& faces(std::size_t dimension, const DotKernel& kernel) {
  static Faces made;
  if (made.dimension != dimension) {
    made = {.dimension = dimension, .floats = made_up_faces(dimension)};
    const float* query = &made.floats[dimension * 777];
    made.plain_ms = best_of(
        9, [&] { benchmark::DoNotOptimize(largest_dot(query, made.floats.data(), dimension, kCount)); });
  }
  if (made.kernel != kernel.name) {
    made.kernel = kernel.name;
    made.index = std::make_unique<VectorIndex>(kernel);
    for (std::size_t i = 0; i < kCount; ++i) {
      made.index->append(static_cast<std::int64_t>(i),
                         *VectorCode::of(std::span(made.floats).subspan(i * dimension, dimension)));
    }
  }
  return made;
}

// most: MaxFaces. least: a cosine in thousandths.
void SearchAMillion(benchmark::State& state) {
  const auto dimension = static_cast<std::size_t>(state.range(0));
  const auto kernel_at = static_cast<std::size_t>(state.range(1));
  const auto kernel = kernel_at < dot_kernels().size() ? dot_kernels()[kernel_at] : best_dot_kernel();
  Faces& made = faces(dimension, kernel);
  std::size_t at = 0, found = 0;
  double search_ms = 1e9;
  for (auto _ : state) {
    at = (at + 123'457) % kCount;
    const VectorCode query = *VectorCode::of(std::span(made.floats).subspan(at * dimension, dimension));
    const double before = thread_ms();
    const auto matches = made.index->search(query, static_cast<std::size_t>(state.range(2)),
                                            static_cast<double>(state.range(3)) / 1000);
    search_ms = std::min(search_ms, thread_ms() - before);
    found = matches.size();
    if (matches.empty() || matches.front().cosine < 0.999)
      state.SkipWithError("the face itself was not found");
  }
  state.SetLabel(std::string(kernel.name));
  state.counters["found"] = static_cast<double>(found);
  state.counters["MB"] = static_cast<double>(made.index->memory_bytes()) / 1e6;
  state.counters["plain_ms"] = made.plain_ms;
  state.counters["search_ms"] = search_ms;
  state.counters["ratio"] = made.plain_ms / search_ms;
}

void arguments(benchmark::internal::Benchmark* bench) {
  const auto best = static_cast<std::int64_t>(dot_kernels().size()) - 1;
  bench->ArgNames({"dimension", "kernel", "most", "least"});
  for (std::int64_t kernel = 0; kernel < best; ++kernel) bench->Args({128, kernel, 80, 400});
  bench->Args({128, best, 80, 400});    // the defaults of SearchFaces
  bench->Args({128, best, 80, -1000});  // no threshold: the 80 nearest
  bench->Args({128, best, 4096, -1000});
  bench->Args({512, best, 80, 400});
}
BENCHMARK(SearchAMillion)->Apply(arguments)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::store
