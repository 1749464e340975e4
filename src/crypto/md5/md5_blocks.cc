#include "crypto/md5/md5_blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

namespace eyrie::crypto {
namespace {

static_assert(std::endian::native == std::endian::little, "MD5 reads words as they lie");

// The compiler makes of it what there is: one register of AVX2, two of SSE2 or NEON.
using Words = std::uint32_t __attribute__((vector_size(4 * kMd5Lanes)));

constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1,
    0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453,
    0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
    0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
    0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
    0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

#define EYRIE_INLINE [[gnu::always_inline]] static inline

// Keeps the compiler from reordering sums: it would have the value that comes last wait for longer, at a fifth of the speed.
template <typename Word>
EYRIE_INLINE void settle([[maybe_unused]] Word& sum) {
  if constexpr (sizeof(Word) == sizeof(std::uint32_t)) asm("" : "+r"(sum));
}

// One of the 64 steps; Word is a number, or eight of eight messages. Steps wait for `b`, which the step before made.
template <int step, typename Word>
EYRIE_INLINE void take_step(Word& a, const Word& b, const Word& c, const Word& d, const Word (&message)[16]) {
  constexpr int kRound = step / 16;
  constexpr int kWord = (kRound == 0 ? step : kRound == 1 ? 5 * step + 1 : kRound == 2 ? 3 * step + 5 : 7 * step) % 16;
  constexpr int kShift = kShifts[kRound][step % 4];
  a += message[kWord] + kSines[step];
  settle(a);
  if constexpr (kRound == 0) {
    a += d ^ (b & (c ^ d));
  } else if constexpr (kRound == 1) {
    a += c & ~d;  // shares no bit with what follows, so that two additions serve for "or"
    settle(a);
    a += b & d;
  } else if constexpr (kRound == 2) {
    Word early = c ^ d;
    settle(early);
    a += b ^ early;
  } else {
    a += c ^ (b | ~d);
  }
  a = b + ((a << kShift) | (a >> (32 - kShift)));
}

template <typename Word, int... quarter>
EYRIE_INLINE void take_block(Word (&state)[4], const Word (&message)[16], std::integer_sequence<int, quarter...>) {
  Word a = state[0], b = state[1], c = state[2], d = state[3];
  ((take_step<4 * quarter>(a, b, c, d, message), take_step<4 * quarter + 1>(d, a, b, c, message),
    take_step<4 * quarter + 2>(c, d, a, b, message), take_step<4 * quarter + 3>(b, c, d, a, message)),
   ...);
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

void run_one(Md5Lane& lane) {
  std::uint32_t state[4], message[16];
  std::ranges::copy(*lane.state, state);
  for (; lane.blocks > 0; --lane.blocks, lane.data += kMd5Block) {
    std::memcpy(message, lane.data, sizeof message);
    take_block(state, message, std::make_integer_sequence<int, 16>());
  }
  std::ranges::copy(state, lane.state->begin());
}

// Rows of eight words become columns.
EYRIE_INLINE void transpose(Words (&r)[8], Words* into) {
  Words pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      quads[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      quads[i + 2 * j + 1] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; ++i) {
    into[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    into[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

EYRIE_INLINE void run_eight(const std::array<Md5Lane, kMd5Lanes>& lanes, std::size_t blocks) {
  Words state[4], message[16], rows[kMd5Lanes];
  for (std::size_t word = 0; word < 4; ++word) {
    for (std::size_t lane = 0; lane < kMd5Lanes; ++lane) state[word][lane] = (*lanes[lane].state)[word];
  }
  for (std::size_t at = 0; at < blocks * kMd5Block; at += kMd5Block) {
    for (std::size_t half = 0; half < 2; ++half) {
      for (std::size_t lane = 0; lane < kMd5Lanes; ++lane) std::memcpy(&rows[lane], lanes[lane].data + at + half * sizeof(Words), sizeof(Words));
      transpose(rows, message + half * 8);
    }
    take_block(state, message, std::make_integer_sequence<int, 16>());
  }
  for (std::size_t word = 0; word < 4; ++word) {
    for (std::size_t lane = 0; lane < kMd5Lanes; ++lane) (*lanes[lane].state)[word] = state[word][lane];
  }
}

void run_plain(const std::array<Md5Lane, kMd5Lanes>& lanes, std::size_t blocks) { run_eight(lanes, blocks); }

#if defined(__x86_64__)
// AVX-512, with its rotation and its three-way logic, was tried and is no faster: steps wait for each other either way.
__attribute__((target("avx2"))) void run_avx2(const std::array<Md5Lane, kMd5Lanes>& lanes, std::size_t blocks) { run_eight(lanes, blocks); }
#endif

std::vector<Md5Kernel> runnable() {
  std::vector<Md5Kernel> kernels{{"plain", run_plain}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.push_back({"avx2", run_avx2});
#endif
  return kernels;
}

}  // namespace

std::span<const Md5Kernel> md5_kernels() {
  static const std::vector<Md5Kernel> kKernels = runnable();
  return kKernels;
}

void md5_blocks(std::span<Md5Lane> lanes) {
  std::array<Md5Lane, kMd5Lanes> eight;
  while (true) {
    // Those that have something left, in front.
    const auto live = static_cast<std::size_t>(std::ranges::partition(lanes, [](const Md5Lane& lane) { return lane.blocks > 0; }).begin() - lanes.begin());
    if (live == 0) return;
    if (live == 1) return run_one(lanes[0]);
    const std::size_t blocks = std::ranges::min(lanes.first(live), {}, &Md5Lane::blocks).blocks;
    // The places left over take the first lane's bytes into states that nobody reads.
    std::array<Md5State, kMd5Lanes> unread{};
    for (std::size_t i = 0; i < kMd5Lanes; ++i) {
      eight[i] = i < live ? lanes[i] : Md5Lane{&unread[i], lanes[0].data, blocks};
    }
    md5_kernels().back().run(eight, blocks);
    for (Md5Lane& lane : lanes.first(live)) {
      lane.data += blocks * kMd5Block;
      lane.blocks -= blocks;
    }
  }
}

}  // namespace eyrie::crypto
