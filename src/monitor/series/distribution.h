// Many values as what can be told of them and put together with others: their count, sum, least and greatest, and counts in buckets whose
// bounds are a constant factor apart.
//
// A quantile told from the buckets is within 1 % of a true one, as long as the values of one sign are within a factor of 100 or so; of wider ones
// neighbouring buckets are put together, which doubles the error (2 %, 4 %, ...), so that never more than kMostBuckets are kept.
// Source: Masson, Rim, Lee, "DDSketch" (2019); Epicoco et al., "UDDSketch" (2020), for the uniform collapse. Units: the values' own. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace eyrie::monitor {

class Distribution {
 public:
  static constexpr std::size_t kMostBuckets = 240;

  // The value must be finite, the count positive.
  void add(double value, double count = 1);
  // Values of which only this is known: quantiles are told no more, unless they are all one.
  void add_summary(double count, double sum, double min, double max);
  void merge(const Distribution& other);

  double count() const { return count_; }
  double sum() const { return sum_; }
  double min() const { return min_; }  // these two only where count() > 0
  double max() const { return max_; }
  // Whether all values are in the buckets.
  bool has_quantiles() const;

  // At or below which so many per cent of the values lie; only where has_quantiles().
  double percentile(double percent) const;
  // Count and sum of the values between two percentiles, and above `low` up to `high`; only where has_quantiles().
  struct Part {
    double count = 0, sum = 0;
  };
  Part between_percentiles(double low, double high) const;
  Part between_values(double low, double high) const;

  Bytes buckets() const;  // as they are stored
  // What was stored. nullopt: it is damaged.
  static std::optional<Distribution> from(double count, double sum, double min, double max, ByteView buckets);

 private:
  using Buckets = std::map<std::int32_t, double>;  // counts by number; bucket i holds what is in (factor^(i-1), factor^i]

  std::int32_t bucket_of(double magnitude) const;
  double middle_of(std::int32_t bucket) const;
  void collapse();
  void keep_small();
  // Calls with each bucket's middle and count, from the least value to the greatest.
  template <typename Visit>
  void each(const Visit& visit) const;

  double count_ = 0, sum_ = 0, min_ = 0, max_ = 0;
  Buckets negative_, positive_;  // of the values' magnitudes
  double zeros_ = 0;
  int collapses_ = 0;  // each squares the factor
};

}  // namespace eyrie::monitor
