#include "monitor/series/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace eyrie::monitor {
namespace {

constexpr double kFactor = 1.02;
constexpr int kMostCollapses = 20;
// Counts that were put together may be off by what doubles cannot hold.
constexpr double kNearly = 1e-9;

std::int32_t halved(std::int32_t bucket) { return bucket >= 0 ? (bucket + 1) / 2 : bucket / 2; }  // rounded up

std::map<std::int32_t, double> halved(const std::map<std::int32_t, double>& buckets) {
  std::map<std::int32_t, double> made;
  for (const auto& [bucket, count] : buckets) made[halved(bucket)] += count;
  return made;
}

void put(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Whole counts take few bytes; what is none follows its mark as it is.
void put_count(Bytes& out, double count) {
  constexpr double kLargestWhole = 1LL << 53;
  if (count == std::floor(count) && count < kLargestWhole) return put(out, static_cast<std::uint64_t>(count) << 1);
  put(out, 1);
  const auto bits = std::bit_cast<std::uint64_t>(count);
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(bits >> shift));
}

void put_buckets(Bytes& out, const std::map<std::int32_t, double>& buckets) {
  put(out, buckets.size());
  std::int64_t before = 0;
  for (const auto& [bucket, count] : buckets) {
    const std::int64_t step = bucket - before;
    put(out, static_cast<std::uint64_t>(step) << 1 ^ static_cast<std::uint64_t>(step >> 63));
    put_count(out, count);
    before = bucket;
  }
}

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  bool at_end() const { return sound_ && bytes_.empty(); }
  bool sound() const { return sound_; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = next();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    sound_ = false;
    return 0;
  }
  double count() {
    const std::uint64_t value = number();
    if ((value & 1) == 0) return static_cast<double>(value >> 1);
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 64; shift += 8) bits |= static_cast<std::uint64_t>(next()) << shift;
    return std::bit_cast<double>(bits);
  }
  std::map<std::int32_t, double> buckets() {
    std::map<std::int32_t, double> made;
    const std::uint64_t size = number();
    std::int64_t bucket = 0;
    for (std::uint64_t i = 0; i < size && sound_; ++i) {
      const std::uint64_t step = number();
      bucket += static_cast<std::int64_t>(step >> 1) ^ -static_cast<std::int64_t>(step & 1);
      const double value = count();
      sound_ = sound_ && std::abs(bucket) < (1 << 24) && std::isfinite(value) && value >= 0 && made.size() < 2 * Distribution::kMostBuckets;
      if (sound_) made[static_cast<std::int32_t>(bucket)] = value;
    }
    return made;
  }

 private:
  std::uint8_t next() {
    if (bytes_.empty()) {
      sound_ = false;
      return 0;
    }
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  ByteView bytes_;
  bool sound_ = true;
};

}  // namespace

std::int32_t Distribution::bucket_of(double magnitude) const {
  auto bucket = static_cast<std::int32_t>(std::ceil(std::log(magnitude) / std::log(kFactor)));
  for (int i = 0; i < collapses_; ++i) bucket = halved(bucket);
  return bucket;
}

double Distribution::middle_of(std::int32_t bucket) const {
  const double factor = std::pow(kFactor, std::exp2(collapses_));
  return 2 * std::pow(factor, bucket) / (1 + factor);
}

void Distribution::collapse() {
  negative_ = halved(negative_);
  positive_ = halved(positive_);
  ++collapses_;
}

void Distribution::keep_small() {
  while (negative_.size() + positive_.size() > kMostBuckets && collapses_ < kMostCollapses) collapse();
}

void Distribution::add(double value, double count) {
  if (value == 0) {
    zeros_ += count;
  } else {
    (value < 0 ? negative_ : positive_)[bucket_of(std::abs(value))] += count;
    keep_small();
  }
  min_ = count_ > 0 ? std::min(min_, value) : value;
  max_ = count_ > 0 ? std::max(max_, value) : value;
  count_ += count;
  sum_ += value * count;
}

void Distribution::add_summary(double count, double sum, double min, double max) {
  if (count <= 0) return;
  if (count == 1 || min == max) return add(min, count);
  min_ = count_ > 0 ? std::min(min_, min) : min;
  max_ = count_ > 0 ? std::max(max_, max) : max;
  count_ += count;
  sum_ += sum;
}

void Distribution::merge(const Distribution& other) {
  if (other.count_ <= 0) return;
  Distribution rest = other;
  while (collapses_ < rest.collapses_) collapse();
  while (rest.collapses_ < collapses_) rest.collapse();
  for (const auto& [bucket, count] : rest.negative_) negative_[bucket] += count;
  for (const auto& [bucket, count] : rest.positive_) positive_[bucket] += count;
  zeros_ += rest.zeros_;
  keep_small();
  min_ = count_ > 0 ? std::min(min_, rest.min_) : rest.min_;
  max_ = count_ > 0 ? std::max(max_, rest.max_) : rest.max_;
  count_ += rest.count_;
  sum_ += rest.sum_;
}

template <typename Visit>
void Distribution::each(const Visit& visit) const {
  for (auto it = negative_.rbegin(); it != negative_.rend(); ++it) visit(std::clamp(-middle_of(it->first), min_, max_), it->second);
  if (zeros_ > 0) visit(0.0, zeros_);
  for (const auto& [bucket, count] : positive_) visit(std::clamp(middle_of(bucket), min_, max_), count);
}

bool Distribution::has_quantiles() const {
  double held = 0;
  each([&](double, double count) { held += count; });
  return count_ > 0 && held >= count_ * (1 - kNearly);
}

double Distribution::percentile(double percent) const {
  if (percent <= 0) return min_;
  if (percent >= 100) return max_;
  const double wanted = count_ * percent / 100 * (1 - kNearly);
  double passed = 0, found = max_;
  bool done = false;
  each([&](double middle, double count) {
    passed += count;
    if (done || passed < wanted) return;
    found = middle;
    done = true;
  });
  return found;
}

Distribution::Part Distribution::between_percentiles(double low, double high) const {
  const double from = count_ * std::clamp(low, 0.0, 100.0) / 100, until = count_ * std::clamp(high, 0.0, 100.0) / 100;
  if (from <= 0 && until >= count_) return {.count = count_, .sum = sum_};
  Part part;
  double passed = 0;
  each([&](double middle, double count) {
    const double inside = std::min(passed + count, until) - std::max(passed, from);
    passed += count;
    if (inside <= 0) return;
    part.count += inside;
    part.sum += inside * middle;
  });
  return part;
}

Distribution::Part Distribution::between_values(double low, double high) const {
  if (low < min_ && high >= max_) return {.count = count_, .sum = sum_};
  Part part;
  each([&](double middle, double count) {
    if (middle <= low || middle > high) return;
    part.count += count;
    part.sum += count * middle;
  });
  return part;
}

Bytes Distribution::buckets() const {
  Bytes out;
  put(out, static_cast<std::uint64_t>(collapses_));
  put_count(out, zeros_);
  put_buckets(out, negative_);
  put_buckets(out, positive_);
  return out;
}

std::optional<Distribution> Distribution::from(double count, double sum, double min, double max, ByteView buckets) {
  Reader reader(buckets);
  Distribution made;
  const std::uint64_t collapses = reader.number();
  if (collapses > kMostCollapses) return std::nullopt;
  made.collapses_ = static_cast<int>(collapses);
  made.zeros_ = reader.count();
  made.negative_ = reader.buckets();
  made.positive_ = reader.buckets();
  if (!reader.at_end() || !(count >= 0) || !(made.zeros_ >= 0)) return std::nullopt;
  made.count_ = count;
  made.sum_ = sum;
  made.min_ = min;
  made.max_ = max;
  made.keep_small();
  return made;
}

}  // namespace eyrie::monitor
