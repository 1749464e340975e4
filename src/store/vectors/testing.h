// For tests and benchmarks: random directions.
#pragma once

#include <random>
#include <vector>

#include "store/vectors/vector_code.h"

namespace eyrie::store::testing {

inline std::vector<float> random_vector(std::mt19937& random, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& value : vector) value = normal(random);
  return vector;
}

inline VectorCode random_code(std::mt19937& random, std::size_t dimension) {
  return *VectorCode::of(random_vector(random, dimension));
}

// `near`'s direction, off by noise of about `spread` times its length.
inline std::vector<float> nearby(std::mt19937& random, const std::vector<float>& near, float spread) {
  std::vector<float> vector = random_vector(random, near.size());
  for (std::size_t i = 0; i < near.size(); ++i) vector[i] = near[i] + spread * vector[i];
  return vector;
}

}  // namespace eyrie::store::testing
