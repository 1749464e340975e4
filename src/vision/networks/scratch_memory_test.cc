#include "vision/networks/scratch_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace eyrie::vision {
namespace {

TEST(ScratchMemory, PiecesAreAlignedAndApart) {
  std::vector<std::pair<unsigned char*, std::size_t>> pieces;
  for (std::size_t bytes : {0, 1, 7, 63, 64, 65, 1000, 4096, 1 << 20}) {
    auto* const piece = static_cast<unsigned char*>(take_scratch(bytes));
    ASSERT_NE(piece, nullptr) << bytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % kScratchAlignment, 0U) << bytes;
    std::memset(piece, static_cast<int>(pieces.size() + 1), bytes);
    pieces.emplace_back(piece, bytes);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [piece, bytes] = pieces[i];
    for (std::size_t at = 0; at < bytes; ++at) ASSERT_EQ(piece[at], i + 1) << bytes << " at " << at;
    return_scratch(piece);
  }
}

TEST(ScratchMemory, WhatCannotBeHadIsNull) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(take_scratch(kMost), nullptr);
  EXPECT_EQ(take_scratch(kMost - kScratchAlignment), nullptr);
  return_scratch(nullptr);
}

}  // namespace
}  // namespace eyrie::vision
