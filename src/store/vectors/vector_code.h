// A vector of unit length as it is kept and compared: 15 bits and a sign a component, in two planes of bytes.
//
//   component i = (128 * high[i] + low[i]) * scale     high -127..127, low -64..63, scale: makes the length 1
//
// The high plane alone tells a dot product to within a bound that each vector knows (vector_index.h scans
// it); both planes tell it exactly, in whole numbers, so that every machine computes the same. The largest
// component is written as 16256, which moves a component by at most 1/32512 of the largest: less than a
// network's own noise by orders of magnitude.
//
// Errors: kInvalidArgument - no components or more than kMaxDimension, one that is not finite, all of them
// zero; kCorrupt - bytes that no vector was written as. Thread safety: plain value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace eyrie::store {

// Keeps every sum of products of a plane within 31 bits.
inline constexpr std::size_t kMaxDimension = 1024;
inline constexpr int kLargestComponent = 127 * 128;

class VectorCode {
 public:
  VectorCode() = default;  // of no dimension
  // Of any length but zero; its direction counts.
  static Result<VectorCode> of(std::span<const float> vector);
  // The inverse of bytes().
  static Result<VectorCode> parse(ByteView bytes);

  std::size_t dimension() const { return planes_.size() / 2; }
  std::span<const std::int8_t> high() const { return std::span(planes_).first(dimension()); }
  std::span<const std::int8_t> low() const { return std::span(planes_).last(dimension()); }
  std::int32_t component(std::size_t i) const { return 128 * high()[i] + low()[i]; }
  float scale() const { return scale_; }

  // The high plane, then the low plane, two's complement.
  ByteView bytes() const { return {reinterpret_cast<const std::uint8_t*>(planes_.data()), planes_.size()}; }

 private:
  std::vector<std::int8_t> planes_;
  float scale_ = 0;
};

// The cosine of the angle between them. They must be of one dimension.
double cosine(const VectorCode& a, const VectorCode& b);

// The direction of the sum: what stands for a user's faces. kInvalidArgument where there are none, they
// differ in dimension, or they cancel out.
Result<VectorCode> mean(std::span<const VectorCode> vectors);

}  // namespace eyrie::store
