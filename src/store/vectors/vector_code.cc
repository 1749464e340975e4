#include "store/vectors/vector_code.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace eyrie::store {
namespace {

float scale_of(const VectorCode& code) {
  std::int64_t squares = 0;
  for (std::size_t i = 0; i < code.dimension(); ++i) {
    squares += std::int64_t{code.component(i)} * code.component(i);
  }
  return squares == 0 ? 0 : static_cast<float>(1 / std::sqrt(static_cast<double>(squares)));
}

}  // namespace

Result<VectorCode> VectorCode::of(std::span<const float> vector) {
  if (vector.empty() || vector.size() > kMaxDimension) {
    return fail(Code::kInvalidArgument,
                "a vector of " + std::to_string(vector.size()) + " components cannot be kept");
  }
  float largest = 0;
  for (const float value : vector) {
    if (!std::isfinite(value)) return fail(Code::kInvalidArgument, "a vector's component is not finite");
    largest = std::max(largest, std::abs(value));
  }
  if (largest == 0) return fail(Code::kInvalidArgument, "a vector of length zero has no direction");
  VectorCode code;
  code.planes_.resize(vector.size() * 2);
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const double whole = static_cast<double>(vector[i]) / largest * kLargestComponent;
    const auto value = static_cast<int>(std::lround(whole));
    // Rounded to nearest, so that what is left over fits -64..63.
    const int high = (value + 64) >> 7;
    code.planes_[i] = static_cast<std::int8_t>(high);
    code.planes_[vector.size() + i] = static_cast<std::int8_t>(value - high * 128);
  }
  code.scale_ = scale_of(code);
  return code;
}

Result<VectorCode> VectorCode::parse(ByteView bytes) {
  const std::size_t dimension = bytes.size() / 2;
  if (bytes.size() % 2 != 0 || dimension == 0 || dimension > kMaxDimension) {
    return fail(Code::kCorrupt, "a stored vector has " + std::to_string(bytes.size()) + " bytes");
  }
  VectorCode code;
  code.planes_.resize(bytes.size());
  std::ranges::transform(bytes, code.planes_.begin(),
                         [](std::uint8_t b) { return static_cast<std::int8_t>(b); });
  const bool in_range = std::ranges::all_of(code.high(), [](std::int8_t v) { return v >= -127; }) &&
                        std::ranges::all_of(code.low(), [](std::int8_t v) { return v >= -64 && v < 64; });
  bool fits = in_range;
  for (std::size_t i = 0; fits && i < dimension; ++i) fits = std::abs(code.component(i)) <= kLargestComponent;
  code.scale_ = scale_of(code);
  if (!fits || code.scale_ == 0) return fail(Code::kCorrupt, "a stored vector is out of range");
  return code;
}

double cosine(const VectorCode& a, const VectorCode& b) {
  std::int64_t products = 0;
  for (std::size_t i = 0; i < a.dimension(); ++i) products += std::int64_t{a.component(i)} * b.component(i);
  return static_cast<double>(products) * (double{a.scale()} * double{b.scale()});
}

Result<VectorCode> mean(std::span<const VectorCode> vectors) {
  if (vectors.empty()) return fail(Code::kInvalidArgument, "no vectors to average");
  std::vector<double> sum(vectors.front().dimension());
  for (const VectorCode& code : vectors) {
    if (code.dimension() != sum.size()) {
      return fail(Code::kInvalidArgument, "vectors of different dimensions have no mean");
    }
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += code.component(i) * code.scale();
  }
  return VectorCode::of(std::vector<float>(sum.begin(), sum.end()));
}

}  // namespace eyrie::store
