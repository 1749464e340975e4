#include "store/vectors/segment.h"

#include <algorithm>
#include <cmath>

namespace eyrie::store {
namespace {

// Rows whose dot products are computed at once: they and their bounds stay in the first cache.
constexpr std::size_t kBlock = 128;
// Over all that single precision can lose on the way to a bound: five roundings of 2^-24 at magnitudes
// below 1.2.
constexpr double kRounding = 1e-6;

bool better(const Match& a, const Match& b) {
  return a.cosine > b.cosine || (a.cosine == b.cosine && a.id < b.id);
}

// By Cauchy and Schwarz, the query being of unit length.
float slack_of(const VectorCode& code) {
  std::int64_t squares = 0;
  for (const std::int8_t value : code.low()) squares += std::int64_t{value} * value;
  return static_cast<float>(std::sqrt(static_cast<double>(squares)) * double{code.scale()} + kRounding);
}

}  // namespace

PreparedQuery::PreparedQuery(const VectorCode& code)
    : components_(row_stride(code.dimension())), scale_(code.scale()) {
  for (std::size_t i = 0; i < code.dimension(); ++i) {
    components_[i] = static_cast<std::int16_t>(code.component(i));
  }
}

void BestMatches::offer(const Match& match) {
  if (match.cosine < least_ || most_ == 0) return;
  if (full()) {
    if (!better(match, heap_.front())) return;
    std::ranges::pop_heap(heap_, better);
    heap_.pop_back();
  }
  heap_.push_back(match);
  std::ranges::push_heap(heap_, better);
}

std::vector<Match> BestMatches::sorted() && {
  std::ranges::sort_heap(heap_, better);
  return std::move(heap_);
}

VectorIndex::Segment::Segment(std::size_t stride, std::size_t capacity)
    : stride_(stride),
      capacity_(capacity),
      high_(std::make_unique_for_overwrite<std::int8_t[]>(stride * capacity)),
      low_(std::make_unique_for_overwrite<std::int8_t[]>(stride * capacity)),
      gain_(std::make_unique_for_overwrite<float[]>(capacity)),
      slack_(std::make_unique_for_overwrite<float[]>(capacity)),
      ids_(std::make_unique_for_overwrite<std::int64_t[]>(capacity)) {}

VectorIndex::Segment::Segment(const Segment& other, std::span<const std::int64_t> removed,
                              std::size_t capacity)
    : Segment(other.stride_, capacity) {
  std::size_t kept = 0;
  for (std::size_t row = 0; row < other.size(); ++row) {
    if (!std::ranges::binary_search(removed, other.ids_[row])) copy_row(other, row, kept++);
  }
  size_.store(kept, std::memory_order_release);
}

void VectorIndex::Segment::copy_row(const Segment& from, std::size_t row, std::size_t to) {
  std::copy_n(&from.high_[row * stride_], stride_, &high_[to * stride_]);
  std::copy_n(&from.low_[row * stride_], stride_, &low_[to * stride_]);
  gain_[to] = from.gain_[row];
  slack_[to] = from.slack_[row];
  ids_[to] = from.ids_[row];
}

std::uint64_t VectorIndex::Segment::memory_bytes() const {
  return capacity_ * (2 * stride_ + 2 * sizeof(float) + sizeof(std::int64_t));
}

std::size_t VectorIndex::Segment::count(std::span<const std::int64_t> ids) const {
  const std::span<const std::int64_t> here(ids_.get(), size());
  return static_cast<std::size_t>(
      std::ranges::count_if(ids, [&](std::int64_t id) { return std::ranges::binary_search(here, id); }));
}

void VectorIndex::Segment::append(std::int64_t id, const VectorCode& code) {
  const std::size_t row = size_.load(std::memory_order_relaxed);
  auto write = [&](std::span<const std::int8_t> plane, std::int8_t* to) {
    std::fill(std::ranges::copy(plane, to).out, to + stride_, std::int8_t{0});
  };
  write(code.high(), &high_[row * stride_]);
  write(code.low(), &low_[row * stride_]);
  gain_[row] = 128 * code.scale();
  slack_[row] = slack_of(code);
  ids_[row] = id;
  size_.store(row + 1, std::memory_order_release);
}

void VectorIndex::Segment::scan(const PreparedQuery& query, const DotKernel& kernel,
                                BestMatches& best) const {
  const std::size_t size = this->size();
  for (std::size_t from = 0; from < size; from += kBlock) {
    scan_block(query, kernel, from, std::min(kBlock, size - from), best);
  }
}

void VectorIndex::Segment::scan_block(const PreparedQuery& query, const DotKernel& kernel, std::size_t from,
                                      std::size_t count, BestMatches& best) const {
  std::int32_t dots[kBlock];
  kernel.run(query.components(), &high_[from * stride_], stride_, count, dots);
  const float scale = query.scale();
  const float* gain = &gain_[from];
  const float* slack = &slack_[from];
  const auto bar = static_cast<float>(best.bar());
  // Without a way out in the middle, so that it becomes vector instructions; most blocks hold nothing.
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    any |= static_cast<float>(dots[i]) * gain[i] * scale + slack[i] >= bar;
  }
  if (!any) return;
  for (std::size_t i = 0; i < count; ++i) {
    const float most = static_cast<float>(dots[i]) * gain[i] * scale + slack[i];
    if (most < static_cast<float>(best.bar())) continue;
    best.offer(exact(query, kernel, from + i, dots[i]));
  }
}

Match VectorIndex::Segment::exact(const PreparedQuery& query, const DotKernel& kernel, std::size_t row,
                                  std::int32_t high_dot) const {
  std::int32_t low_dot = 0;
  kernel.run(query.components(), &low_[row * stride_], stride_, 1, &low_dot);
  const std::int64_t products = std::int64_t{128} * high_dot + low_dot;
  const double scale = double{gain_[row]} / 128;
  return {ids_[row], static_cast<double>(products) * (double{query.scale()} * scale)};
}

}  // namespace eyrie::store
