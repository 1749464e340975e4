#include "store/vectors/vector_index.h"

#include <algorithm>
#include <bit>

#include "store/vectors/segment.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kFirstCapacity = 16;

}  // namespace

VectorIndex::VectorIndex(const DotKernel& kernel) : kernel_(kernel) {}

VectorIndex::~VectorIndex() = default;

VectorIndex::Segments VectorIndex::segments() const {
  const std::lock_guard lock(mutex_);
  return segments_;
}

void VectorIndex::publish(Segments segments) {
  const std::lock_guard lock(mutex_);
  segments_.swap(segments);
}

void VectorIndex::append(std::int64_t id, const VectorCode& code) {
  const std::size_t room = segments_.empty() ? 0 : segments_.back()->capacity();
  if (room > 0 && segments_.back()->size() < room) {
    segments_.back()->append(id, code);
    return;
  }
  // The last one has grown to what it may, or grows by being copied.
  Segments next = segments_;
  if (room == 0 || room >= Segment::kCapacity) {
    // A large index is likely to go on growing, a new one to stay small.
    next.push_back(
        std::make_shared<Segment>(row_stride(code.dimension()), room == 0 ? kFirstCapacity : Segment::kCapacity));
  } else {
    next.back() = std::make_shared<Segment>(*next.back(), std::span<const std::int64_t>(),
                                            std::min(room * 2, Segment::kCapacity));
  }
  next.back()->append(id, code);
  publish(std::move(next));
}

std::size_t VectorIndex::remove(std::span<const std::int64_t> ids) {
  std::vector<std::int64_t> sorted(ids.begin(), ids.end());
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  Segments next;
  std::size_t removed = 0;
  auto from = sorted.begin();
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const bool last = i + 1 == segments_.size();
    const auto to = last ? sorted.end() : std::lower_bound(from, sorted.end(), segments_[i + 1]->first_id());
    const std::span<const std::int64_t> mine(from, to);
    from = to;
    const std::size_t here = segments_[i]->count(mine);
    removed += here;
    const std::size_t left = segments_[i]->size() - here;
    if (left == 0) continue;
    // Only the last one will be appended to.
    const std::size_t room = last ? std::max(std::bit_ceil(left), kFirstCapacity) : left;
    next.push_back(here == 0 ? segments_[i] : std::make_shared<Segment>(*segments_[i], mine, room));
  }
  if (removed > 0) publish(std::move(next));
  return removed;
}

std::vector<Match> VectorIndex::search(const VectorCode& query, std::size_t most, double least) const {
  const PreparedQuery prepared(query);
  BestMatches best(most, least);
  for (const auto& segment : segments()) segment->scan(prepared, kernel_, best);
  return std::move(best).sorted();
}

std::size_t VectorIndex::size() const {
  std::size_t size = 0;
  for (const auto& segment : segments()) size += segment->size();
  return size;
}

std::uint64_t VectorIndex::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& segment : segments()) bytes += segment->memory_bytes();
  return bytes;
}

}  // namespace eyrie::store
