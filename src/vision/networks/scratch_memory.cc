#include "vision/networks/scratch_memory.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace eyrie::vision {

// The block of malloc() that a piece lies in is noted right before the piece.
void* take_scratch(std::size_t bytes) {
  constexpr std::size_t kRoom = kScratchAlignment + sizeof(void*);
  if (bytes > std::numeric_limits<std::size_t>::max() - kRoom) return nullptr;
  void* const block = std::malloc(bytes + kRoom);
  if (block == nullptr) return nullptr;
  const auto end_of_note = reinterpret_cast<std::uintptr_t>(block) + sizeof(void*);
  const std::uintptr_t at = (end_of_note + kScratchAlignment - 1) / kScratchAlignment * kScratchAlignment;
  auto* const piece = static_cast<unsigned char*>(block) + (at - reinterpret_cast<std::uintptr_t>(block));
  std::memcpy(piece - sizeof block, &block, sizeof block);
  return piece;
}

void return_scratch(void* piece) {
  if (piece == nullptr) return;
  void* block = nullptr;
  std::memcpy(&block, static_cast<unsigned char*>(piece) - sizeof block, sizeof block);
  std::free(block);
}

}  // namespace eyrie::vision
