// MD5's compression function (RFC 1321, section 3.4), for one message or for eight at once.
//
// One message cannot go faster than its steps depend on each other: some 700 MB/s a core. Eight messages side by side in
// vector registers each go about as fast as one alone. Which instructions serve is found out once, at run time.
//
// Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eyrie::crypto {

inline constexpr std::size_t kMd5Block = 64;  // bytes
inline constexpr std::size_t kMd5Lanes = 8;

using Md5State = std::array<std::uint32_t, 4>;
inline constexpr Md5State kMd5Start = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

// What is left of one message: whole blocks.
struct Md5Lane {
  Md5State* state = nullptr;
  const std::uint8_t* data = nullptr;
  std::size_t blocks = 0;
};

// Takes every block of every lane; at most kMd5Lanes of them, of any lengths. Moves `data` on and `blocks` to 0.
void md5_blocks(std::span<Md5Lane> lanes);

// For tests and benchmarks: the ways there are on this machine to take `blocks` of eight lanes, the best last.
struct Md5Kernel {
  const char* name;
  void (*run)(const std::array<Md5Lane, kMd5Lanes>& lanes, std::size_t blocks);  // moves no lane on
};
std::span<const Md5Kernel> md5_kernels();

}  // namespace eyrie::crypto
