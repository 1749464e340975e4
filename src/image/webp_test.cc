// WebP: frames on a canvas, broken-off files, memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "base/encoding.h"
#include "image/decode.h"

namespace eyrie::image {
namespace {

// Red, green, blue / white, black, grey; the first of two frames on a canvas of 3 x 2.
Bytes animated_sample() {
  return *base64_decode(
      "UklGRqIAAABXRUJQVlA4WAoAAAASAAAAAgAAAQAAQU5JTQYAAAAAAAAAAABBTk1GRAAAAAAAAAAAAAIAAAEAAAAAAAJWUDhMKwAA"
      "AC8CQAAALyAQIKRTbkNAUPSc6QIBgnPn5j9AbOpYNihI24DF3XOyiP7HtQAAQU5NRioAAAAAAAAAAAACAAABAAAAAAAAVlA4TBEA"
      "AAAvAkAAEA8QEfMf4gUHEf2PAAA=");
}

// 64 x 96 pixels of soft colours, lossy.
Bytes soft_sample() {
  return *base64_decode(
      "UklGRtoBAABXRUJQVlA4IM4BAABwEACdASpAAGAAPslQn02npKMiOrzMAPAZCWwAnTLQfqe8eZ3VP85vVppLF5135Yp90Hi04BJI"
      "ZPjRIG+kLIoOo7Vl/pqsNCGwaWO20fXJPCHD8XKKWb9V8PHPTvgJYz+OOu2MKX/NdGpROgT923cjMG+YkcIdLMFzxXFiDlXd2e/8"
      "P6TTbXN1el4GgAD+jfeeoyxNMhG/9En9cn6JPRPn8c1MpDBPRAO2RTdjaxhH1tTLkRzs8WRmm89kXhQP5Fx6P2MKt4a4vYiJN8RD"
      "ol2COejQ9MBNn7+lm4TVVUj9fkAUb1tBqFN62kV1wlyw425cPbttiRavbS2u2vONCoRVWlpPS+0Rm3VP3+CXQRJgXX1mN2aGBH67"
      "jL28Q2b8M65mWeU26js+vkRR3aJ1o4jt7imS1zesk/5u5Xf+oQt7/XaRejGK80BKhbY+s2Jgz6FeHAWQYzVSN6c6iLZ+Gdkn5zOY"
      "eQBIgAT+Rg1mCyo3EP40DUNWIeJSMi6hu252Zhs8xhqx2KygD2SmDqLMoiRWjat8ItUjNhgqU7fmiQNtRoHXsi179c1yyh1AE1rR"
      "7WVpo8KE1vn+20Y8tpbcY8C/SxATiE8oEni5s2cAAAA=");
}

void put_24(Bytes& bytes, std::size_t at, unsigned value) {
  for (int i = 0; i < 3; ++i)
    bytes.at(at + static_cast<std::size_t>(i)) = static_cast<std::uint8_t>(value >> (8 * i));
}

std::size_t position_of(const Bytes& bytes, std::string_view name) {
  return as_text(bytes).find(name);
}

// So that boxes found in the picture are boxes on the canvas.
TEST(Webp, AFrameSmallerThanItsCanvasLiesWhereItBelongs) {
  Bytes bytes = animated_sample();
  put_24(bytes, position_of(bytes, "VP8X") + 12, 7 - 1);  // canvas of 7 x 4
  put_24(bytes, position_of(bytes, "VP8X") + 15, 4 - 1);
  put_24(bytes, position_of(bytes, "ANMF") + 8, 2 / 2);  // frame at 2, 2
  put_24(bytes, position_of(bytes, "ANMF") + 11, 2 / 2);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  const Image& image = decoded->image;
  ASSERT_EQ(image.width, 7);
  ASSERT_EQ(image.height, 4);
  EXPECT_EQ(image.row(0)[0], 0);
  EXPECT_EQ(image.row(2)[2 * 3], 255);      // red
  EXPECT_EQ(image.row(2)[3 * 3 + 1], 255);  // green
  EXPECT_EQ(image.row(3)[4 * 3 + 2], 128);  // grey
  EXPECT_EQ(image.row(3)[5 * 3], 0);
  EXPECT_TRUE(decode(bytes, {.target_side = 1}));
}

TEST(Webp, AFrameOutsideItsCanvasIsRefused) {
  Bytes bytes = animated_sample();
  put_24(bytes, position_of(bytes, "ANMF") + 8, 2 / 2);
  EXPECT_FALSE(decode(bytes));
}

TEST(Webp, ABrokenOffFileShowsTheRowsItHas) {
  Bytes bytes = soft_sample();
  const auto whole = decode(bytes);
  ASSERT_TRUE(whole) << whole.error().message;
  bytes.resize(bytes.size() * 2 / 3);
  const auto cut = decode(bytes);
  ASSERT_TRUE(cut) << cut.error().message;
  ASSERT_EQ(cut->image.rgb.size(), whole->image.rgb.size());
  EXPECT_TRUE(std::equal(cut->image.row(0), cut->image.row(8), whole->image.row(0)));
  EXPECT_NE(cut->image.rgb, whole->image.rgb);
}

TEST(Webp, EveryTruncationIsDecodedOrRefused) {
  for (const Bytes& whole : {animated_sample(), soft_sample()}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto decoded = decode(ByteView(whole).first(length));
      if (!decoded) EXPECT_FALSE(decoded.error().message.empty());
    }
  }
}

// The widest that the format allows, over a handful of bytes.
TEST(Webp, GiantsAreRefusedByTheirHeader) {
  // A lossless stream's signature, 14 bits of width - 1, 14 bits of height - 1.
  const auto lossless = [](unsigned width, unsigned height) {
    const std::uint32_t sizes = (width - 1) | (height - 1) << 14;
    Bytes bytes = {'R', 'I', 'F', 'F', 22,  0,  0, 0, 'W', 'E', 'B',
                   'P', 'V', 'P', '8', 'L', 10, 0, 0, 0,   0x2F};
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(sizes >> (8 * i)));
    bytes.insert(bytes.end(), 5, 0);
    return bytes;
  };
  EXPECT_EQ(decode(lossless(16'383, 16'383)).error().code, Code::kTooLarge);
  // Within the pixel limit, yet lossless: it would have to be held whole.
  const auto held = decode(lossless(12'000, 12'000), {.target_side = 1024});
  EXPECT_EQ(held.error().code, Code::kTooLarge) << held.error().message;
  EXPECT_TRUE(read_header(lossless(12'000, 12'000)));
}

}  // namespace
}  // namespace eyrie::image
