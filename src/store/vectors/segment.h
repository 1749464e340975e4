// Some of a VectorIndex's vectors (vector_index.h): rows of two planes, what bounds each one's cosine, and
// its id.
//
// What is written is never changed, so reading needs no lock: appending writes behind what readers know of
// and then says so; to grow or to remove is to copy. Thread safety: one thread appends, any number read.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "store/vectors/vector_index.h"

namespace eyrie::store {

// A query as the kernels want it.
class PreparedQuery {
 public:
  explicit PreparedQuery(const VectorCode& code);
  const std::int16_t* components() const { return components_.data(); }
  float scale() const { return scale_; }

 private:
  std::vector<std::int16_t> components_;  // row_stride() of them
  float scale_;
};

// The best of what was offered.
class BestMatches {
 public:
  BestMatches(std::size_t most, double least) : most_(most), least_(least) {}

  // What a cosine must reach to change anything.
  double bar() const { return full() && most_ > 0 ? heap_.front().cosine : least_; }
  void offer(const Match& match);
  std::vector<Match> sorted() &&;

 private:
  bool full() const { return heap_.size() >= most_; }

  const std::size_t most_;
  const double least_;
  std::vector<Match> heap_;  // the least at the front
};

class VectorIndex::Segment {
 public:
  static constexpr std::size_t kCapacity = 16384;

  Segment(std::size_t stride, std::size_t capacity);
  // A copy of `other` without the rows of `removed` (ascending), with room for `capacity`, which must
  // suffice.
  Segment(const Segment& other, std::span<const std::int64_t> removed, std::size_t capacity);

  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  std::size_t capacity() const { return capacity_; }
  std::int64_t first_id() const { return ids_[0]; }
  std::uint64_t memory_bytes() const;
  std::size_t count(std::span<const std::int64_t> ids) const;  // those of them that are here; ascending

  void append(std::int64_t id, const VectorCode& code);  // there must be room
  void scan(const PreparedQuery& query, const DotKernel& kernel, BestMatches& best) const;

 private:
  void scan_block(const PreparedQuery& query, const DotKernel& kernel, std::size_t from, std::size_t count,
                  BestMatches& best) const;
  Match exact(const PreparedQuery& query, const DotKernel& kernel, std::size_t row,
              std::int32_t high_dot) const;
  void copy_row(const Segment& from, std::size_t row, std::size_t to);

  const std::size_t stride_, capacity_;
  const std::unique_ptr<std::int8_t[]> high_, low_;  // rows, stride_ bytes apart
  const std::unique_ptr<float[]> gain_;              // 128 times the vector's scale, which is exact
  const std::unique_ptr<float[]> slack_;             // how far the high plane's cosine may be off
  const std::unique_ptr<std::int64_t[]> ids_;        // ascending
  std::atomic<std::size_t> size_{0};                 // rows that are whole
};

}  // namespace eyrie::store
