#include "store/vectors/dot.h"

#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyrie::store {
namespace {

// Plain enough for the compiler to make vector instructions of (SSE2, NEON).
void dot_plain(const std::int16_t* query, const std::int8_t* rows, std::size_t stride, std::size_t count,
               std::int32_t* dots) {
  for (std::size_t r = 0; r < count; ++r, rows += stride) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < stride; ++i) sum += std::int32_t{query[i]} * rows[i];
    dots[r] = sum;
  }
}

#if defined(__x86_64__)

// Bytes are widened to 16 bits, multiplied, and added in pairs. AVX-512 and VNNI were tried: memory is the
// limit, and they changed nothing (docs/decisions.md).
__attribute__((target("avx2"))) void dot_avx2(const std::int16_t* query, const std::int8_t* rows,
                                              std::size_t stride, std::size_t count, std::int32_t* dots) {
  for (std::size_t r = 0; r < count; ++r, rows += stride) {
    __m256i even = _mm256_setzero_si256(), odd = even;
    for (std::size_t i = 0; i < stride; i += 32) {
      const auto* bytes = reinterpret_cast<const __m128i*>(rows + i);
      const auto* words = reinterpret_cast<const __m256i*>(query + i);
      even = _mm256_add_epi32(
          even, _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128(bytes)), _mm256_loadu_si256(words)));
      odd = _mm256_add_epi32(odd, _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128(bytes + 1)),
                                                    _mm256_loadu_si256(words + 1)));
    }
    const __m256i both = _mm256_add_epi32(even, odd);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
    dots[r] = _mm_cvtsi128_si32(sum);
  }
}

#endif

std::vector<DotKernel> runnable() {
  std::vector<DotKernel> kernels{{"plain", dot_plain}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.push_back({"avx2", dot_avx2});
#endif
  return kernels;
}

}  // namespace

std::span<const DotKernel> dot_kernels() {
  static const std::vector<DotKernel> kKernels = runnable();
  return kKernels;
}

}  // namespace eyrie::store
