// For tests and fuzzers of image/: where the evaluation pictures lie, and reading them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace eyrie::image::testing {

// $EYRIE_EVAL_DIR, else ../shared/eval seen from the repository's root (where tests run). May not exist.
inline std::filesystem::path eval_directory() {
  const char* given = std::getenv("EYRIE_EVAL_DIR");
  return given != nullptr ? given : "../shared/eval";
}

inline Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

inline std::vector<std::filesystem::path> files_under(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

inline void append_big_endian(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

// Checksums are left zero: decoding does not look at them.
inline void append_png_chunk(Bytes& out, std::string_view type, ByteView data) {
  append_big_endian(out, static_cast<std::uint32_t>(data.size()));
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), data.begin(), data.end());
  append_big_endian(out, 0);
}

struct PngKind {
  std::uint32_t width = 0, height = 0;
  std::uint8_t depth = 8, colour = 2;  // bits a sample; 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA
  bool interlaced = false;
  Bytes palette;  // RGB triples
};

// scanlines: each with its filter byte in front. One IDAT chunk of stored (uncompressed) deflate blocks.
inline Bytes write_png(const PngKind& kind, ByteView scanlines) {
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  append_big_endian(header, kind.width);
  append_big_endian(header, kind.height);
  header.insert(header.end(),
                {kind.depth, kind.colour, 0, 0, static_cast<std::uint8_t>(kind.interlaced ? 1 : 0)});
  append_png_chunk(out, "IHDR", header);
  if (!kind.palette.empty()) append_png_chunk(out, "PLTE", kind.palette);
  Bytes zlib = {0x78, 0x01};
  std::uint32_t a = 1, b = 0;  // Adler-32
  for (std::size_t at = 0; at < scanlines.size();) {
    const std::size_t length = std::min<std::size_t>(scanlines.size() - at, 65535);
    const ByteView block = scanlines.subspan(at, length);
    at += length;
    const auto low = static_cast<std::uint8_t>(length), high = static_cast<std::uint8_t>(length >> 8);
    zlib.insert(zlib.end(), {static_cast<std::uint8_t>(at == scanlines.size() ? 1 : 0), low, high,
                             static_cast<std::uint8_t>(~low), static_cast<std::uint8_t>(~high)});
    zlib.insert(zlib.end(), block.begin(), block.end());
    for (const std::uint8_t byte : block) {
      a = (a + byte) % 65521;
      b = (b + a) % 65521;
    }
  }
  append_big_endian(zlib, b << 16 | a);
  append_png_chunk(out, "IDAT", zlib);
  append_png_chunk(out, "IEND", {});
  return out;
}

}  // namespace eyrie::image::testing
