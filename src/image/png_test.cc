// PNG: every depth, Adam7, broken-off files, memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "image/decode.h"
#include "image/testing.h"

namespace eyrie::image {
namespace {

using testing::PngKind;
using testing::write_png;

std::array<std::uint8_t, 3> colour_at(std::uint32_t x, std::uint32_t y) {
  return {static_cast<std::uint8_t>(x * 5), static_cast<std::uint8_t>(y * 7),
          static_cast<std::uint8_t>(x * y)};
}

void append_pixel(Bytes& out, std::uint32_t x, std::uint32_t y) {
  for (const std::uint8_t sample : colour_at(x, y)) out.push_back(sample);
}

Bytes plain(std::uint32_t width, std::uint32_t height) {
  Bytes lines;
  for (std::uint32_t y = 0; y < height; ++y) {
    lines.push_back(0);
    for (std::uint32_t x = 0; x < width; ++x) append_pixel(lines, x, y);
  }
  return write_png({.width = width, .height = height}, lines);
}

// Adam7: seven passes, each a coarser grid's next pixels (PNG 3rd edition, 8.1).
Bytes interlaced(std::uint32_t width, std::uint32_t height) {
  struct Pass {
    std::uint32_t x, y, across, down;
  };
  static constexpr Pass kPasses[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                     {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  Bytes lines;
  for (const Pass& pass : kPasses) {
    if (pass.x >= width) continue;  // an empty pass has no filter bytes either
    for (std::uint32_t y = pass.y; y < height; y += pass.down) {
      lines.push_back(0);
      for (std::uint32_t x = pass.x; x < width; x += pass.across) append_pixel(lines, x, y);
    }
  }
  return write_png({.width = width, .height = height, .interlaced = true}, lines);
}

// As thumbnails have it: what lies under a transparent pixel is not seen, at any scale.
TEST(Png, TransparencyIsLaidOnWhiteWhereThatIsAsked) {
  constexpr std::uint32_t kSide = 64;
  Bytes lines;
  for (std::uint32_t y = 0; y < kSide; ++y) {
    lines.push_back(0);
    for (std::uint32_t x = 0; x < kSide; ++x) lines.insert(lines.end(), {200, 0, 0, static_cast<std::uint8_t>(x < kSide / 2 ? 0 : x < 48 ? 255 : 51)});
  }
  const Bytes png = write_png({.width = kSide, .height = kSide, .colour = 6}, lines);
  for (const std::uint32_t target : {0U, 16U}) {
    const auto seen = decode(png, {.target_side = target, .on_white = true, .limits = {}});
    ASSERT_TRUE(seen) << seen.error().message;
    const Image& image = seen->image;
    const auto at = [&](int x) { return std::array<int, 3>{image.row(3)[x * 3], image.row(3)[x * 3 + 1], image.row(3)[x * 3 + 2]}; };
    EXPECT_EQ(at(image.width / 4), (std::array{255, 255, 255}));
    EXPECT_EQ(at(image.width * 5 / 8), (std::array{200, 0, 0}));
    EXPECT_EQ(at(image.width * 7 / 8), (std::array{244, 204, 204}));
  }
  const auto stored = decode(png);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->image.row(0)[0], 200);
}

TEST(Png, InterlacedIsThePlainPicture) {
  for (const auto& [width, height] :
       std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 1}, {3, 5}, {37, 29}, {64, 40}}) {
    for (const std::uint32_t target : {0U, 20U, 10U, 4U}) {
      const auto whole = decode(plain(width, height), {.target_side = target});
      const auto woven = decode(interlaced(width, height), {.target_side = target});
      ASSERT_TRUE(whole) << whole.error().message;
      ASSERT_TRUE(woven) << woven.error().message;
      EXPECT_EQ(whole->image.width, woven->image.width);
      EXPECT_EQ(whole->image.rgb, woven->image.rgb) << width << "x" << height << " at " << target;
    }
  }
  const auto full = decode(interlaced(37, 29));
  EXPECT_EQ(full->image.row(11)[20 * 3], colour_at(20, 11)[0]);
}

TEST(Png, APaletteAndSmallDepths) {
  // Two pixels a byte at depth 4, eight at depth 1: indices 0, 1, 2.
  const Bytes palette = {10, 20, 30, 40, 50, 60, 70, 80, 90};
  const auto indexed = decode(write_png(
      {.width = 3, .height = 1, .depth = 4, .colour = 3, .palette = palette}, Bytes{0, 0x01, 0x20}));
  ASSERT_TRUE(indexed) << indexed.error().message;
  EXPECT_EQ(indexed->image.rgb, palette);
  const auto bits =
      decode(write_png({.width = 3, .height = 1, .depth = 1, .colour = 0}, Bytes{0, 0b10100000}));
  ASSERT_TRUE(bits) << bits.error().message;
  EXPECT_EQ(bits->image.rgb, (Bytes{255, 255, 255, 0, 0, 0, 255, 255, 255}));
}

TEST(Png, SixteenBitsAndAlpha) {
  const auto deep =
      decode(write_png({.width = 1, .height = 1, .depth = 16}, Bytes{0, 0x80, 0x12, 0xFF, 0xFF, 0, 0}));
  ASSERT_TRUE(deep) << deep.error().message;
  EXPECT_EQ(deep->image.rgb, (Bytes{0x80, 0xFF, 0}));
  // Alpha is dropped: what lies under it is shown as stored.
  const auto clear = decode(write_png({.width = 1, .height = 1, .colour = 6}, Bytes{0, 1, 2, 3, 0}));
  ASSERT_TRUE(clear) << clear.error().message;
  EXPECT_EQ(clear->image.rgb, (Bytes{1, 2, 3}));
}

// One IDAT chunk, as many encoders write: the rows before the break must come out none the less.
TEST(Png, ABrokenOffFileShowsTheRowsItHas) {
  Bytes bytes = plain(60, 40);
  bytes.resize(bytes.size() / 2);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  ASSERT_EQ(decoded->image.rgb.size(), 60U * 40U * 3U);
  EXPECT_EQ(decoded->image.row(10)[3 * 7], colour_at(7, 10)[0]);
  EXPECT_EQ(decoded->image.row(18)[3 * 7 + 1], colour_at(7, 18)[1]);
  EXPECT_EQ(decoded->image.row(39)[3 * 7 + 1], 0);
}

TEST(Png, EveryTruncationIsDecodedOrRefused) {
  for (const Bytes& whole : {plain(9, 7), interlaced(9, 7)}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      for (const std::uint32_t target : {0U, 4U}) {
        const auto decoded = decode(ByteView(whole).first(length), {.target_side = target});
        if (!decoded) EXPECT_FALSE(decoded.error().message.empty());
      }
    }
  }
}

TEST(Png, GiantsAreRefusedByTheirHeader) {
  for (const auto& [width, height] :
       std::vector<std::pair<std::uint32_t, std::uint32_t>>{{30'001, 10}, {10, 30'001}, {29'000, 29'000}}) {
    const auto decoded = decode(write_png({.width = width, .height = height}, Bytes{0, 1, 2, 3}));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Code::kTooLarge) << decoded.error().message;
  }
}

}  // namespace
}  // namespace eyrie::image
