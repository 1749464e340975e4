// Exact search for the nearest of many vectors, in memory: the vectors whose cosine with a query is largest,
// found by looking at every one, at the speed of reading one byte a component.
//
//   VectorIndex index;
//   index.append(id, *VectorCode::of(embedding));                 // ids ascend; all of one dimension
//   for (const Match& match : index.search(query, 80, 0.363)) ... // nearest first, equal ones by id
//
// How it stays exact: the scan reads the high plane (vector_code.h) and computes each cosine to within a
// bound that was kept with the vector (the length of its low plane). Where the cosine could, by that bound,
// belong into the answer, the low plane is read too and the cosine computed in whole numbers. Nothing that
// belongs into the answer is ever passed over; where very many are equally near, the price is at most that of
// reading both planes.
//
// Memory: 2 bytes a component and 16 a vector; what is removed gives its room back.
//
// Thread safety: search() from any number of threads, which wait for nobody; append() and remove() from one
// thread at a time (the caller's to see to), beside searches. A search sees every vector that was there
// throughout it, none that was removed before it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "store/vectors/dot.h"
#include "store/vectors/vector_code.h"

namespace eyrie::store {

struct Match {
  std::int64_t id = 0;
  double cosine = 0;  // -1..1

  friend bool operator==(const Match&, const Match&) = default;
};

class VectorIndex {
 public:
  // `kernel`: for tests and benchmarks.
  explicit VectorIndex(const DotKernel& kernel = best_dot_kernel());
  ~VectorIndex();

  // `id` must be larger than every one before; the code of the dimension of those before.
  void append(std::int64_t id, const VectorCode& code);
  // Each segment (16,384 vectors) that one of them lies in is copied once. Answers how many were there.
  std::size_t remove(std::span<const std::int64_t> ids);

  // At most `most` vectors whose cosine is at least `least`. The query must be of their dimension.
  std::vector<Match> search(const VectorCode& query, std::size_t most, double least) const;

  std::size_t size() const;
  std::uint64_t memory_bytes() const;

 private:
  class Segment;
  using Segments = std::vector<std::shared_ptr<Segment>>;
  Segments segments() const;
  void publish(Segments segments);

  const DotKernel kernel_;
  mutable std::mutex mutex_;  // held while the list is copied or replaced, never while it is scanned
  Segments segments_;  // guarded by mutex_ (the writing thread may read without); ascending by id, none empty
};

}  // namespace eyrie::store
