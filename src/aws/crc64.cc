#include "aws/crc64.h"

#include "aws/crc_slices.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyrie::aws {
namespace {

constexpr std::uint64_t kReflectedPolynomial = 0x9A6C9329AC4BC9B5ULL;
constexpr Slices<std::uint64_t> kSlices = make_slices<std::uint64_t>(kReflectedPolynomial);

#if defined(__x86_64__)

// x^n modulo the polynomial, reflected: bit 63 is x^0.
constexpr std::uint64_t power_of_x(int n) {
  std::uint64_t value = 1ULL << 63;
  for (int i = 0; i < n; ++i) value = (value >> 1) ^ ((value & 1) != 0 ? kReflectedPolynomial : 0);
  return value;
}

// What a block of 128 bits is multiplied by to stand `bits` further on. Its low half, which holds the higher powers, takes
// x^(bits + 64), the high half x^bits; each less one, since the product of two reflected numbers comes out one bit low.
template <int kBits>
struct Fold {
  static constexpr std::uint64_t kLow = power_of_x(kBits + 64 - 1);
  static constexpr std::uint64_t kHigh = power_of_x(kBits - 1);
};

template <int kBits>
__attribute__((target("pclmul,sse4.1"), always_inline)) inline __m128i folded(__m128i block) {
  const __m128i by = _mm_set_epi64x(static_cast<long long>(Fold<kBits>::kHigh), static_cast<long long>(Fold<kBits>::kLow));
  return _mm_xor_si128(_mm_clmulepi64_si128(block, by, 0x00), _mm_clmulepi64_si128(block, by, 0x11));
}

__attribute__((target("pclmul,sse4.1"))) std::uint64_t multiplied(std::uint64_t crc, ByteView piece) {
  const auto load = [&piece](std::size_t block) __attribute__((target("pclmul,sse4.1"))) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(piece.data()) + block);
  };
  // Four blocks at once: a multiplication takes several cycles, but the next one may begin meanwhile.
  __m128i a = _mm_xor_si128(load(0), _mm_cvtsi64_si128(static_cast<long long>(crc))), b = load(1), c = load(2), d = load(3);
  for (piece = piece.subspan(64); piece.size() >= 64; piece = piece.subspan(64)) {
    a = _mm_xor_si128(folded<512>(a), load(0));
    b = _mm_xor_si128(folded<512>(b), load(1));
    c = _mm_xor_si128(folded<512>(c), load(2));
    d = _mm_xor_si128(folded<512>(d), load(3));
  }
  b = _mm_xor_si128(folded<128>(a), b);
  c = _mm_xor_si128(folded<128>(b), c);
  d = _mm_xor_si128(folded<128>(c), d);
  std::array<std::uint8_t, 16> last;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last.data()), d);
  return sliced(kSlices, sliced(kSlices, std::uint64_t{0}, last), piece);
}

bool can_multiply() {
  static const bool can = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return can;
}

#else

std::uint64_t multiplied(std::uint64_t crc, ByteView piece) {
  return sliced(kSlices, crc, piece);
}
bool can_multiply() {
  return false;
}

#endif

}  // namespace

std::uint64_t crc64_nvme(std::uint64_t crc, ByteView piece) {
  return piece.size() >= 64 && can_multiply() ? multiplied(crc, piece) : sliced(kSlices, crc, piece);
}

}  // namespace eyrie::aws
