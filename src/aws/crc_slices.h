// Reflected CRCs by eight tables, eight bytes a step (Intel's slicing-by-8). Internal to aws/. Thread-safe: pure functions.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace eyrie::aws {

template <typename Word>
using Slices = std::array<std::array<Word, 256>, 8>;

template <typename Word>
constexpr Slices<Word> make_slices(Word reflected_polynomial) {
  Slices<Word> tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    Word crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    tables[0][byte] = crc;
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::size_t slice = 1; slice < 8; ++slice) {
      const Word before = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][before & 0xFF] ^ (before >> 8);
    }
  }
  return tables;
}

inline std::uint64_t load_little_endian(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return word;
}

template <typename Word>
Word sliced(const Slices<Word>& tables, Word crc, ByteView piece) {
  const std::uint8_t* at = piece.data();
  std::size_t left = piece.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load_little_endian(at) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][(word >> (8 * i)) & 0xFF];
  }
  for (; left > 0; ++at, --left) crc = tables[0][(crc ^ *at) & 0xFF] ^ (crc >> 8);
  return crc;
}

}  // namespace eyrie::aws
