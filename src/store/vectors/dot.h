// Dot products of one query with many rows of bytes: what a search spends its time on.
//
//   const DotKernel& kernel = best_dot_kernel();
//   kernel.run(query, rows, stride, count, dots);   // dots[r] = sum over i of query[i] * rows[r * stride +
//   i]
//
// Shapes: the query has `stride` components, each at most kLargestComponent in size; rows stand `stride`
// bytes apart, a multiple of kRowAlign up to kMaxDimension, no byte is -128; components beyond the dimension
// are zero in both. No alignment is needed. Sums cannot overflow: 1024 * 16256 * 127 < 2^31.
//
// Every kernel answers the same, to the bit. Thread-safe: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace eyrie::store {

inline constexpr std::size_t kRowAlign = 64;

constexpr std::size_t row_stride(std::size_t dimension) {
  return (dimension + kRowAlign - 1) / kRowAlign * kRowAlign;
}

struct DotKernel {
  std::string_view name;  // "avx2"
  void (*run)(const std::int16_t* query, const std::int8_t* rows, std::size_t stride, std::size_t count,
              std::int32_t* dots);
};

// Those that this processor can run, the plainest first.
std::span<const DotKernel> dot_kernels();
inline const DotKernel& best_dot_kernel() {
  return dot_kernels().back();
}

}  // namespace eyrie::store
