// Hostile and odd JPEG files; what ordinary ones look like is in decode_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.h"
#include "image/decode.h"
#include "image/encode.h"

namespace eyrie::image {
namespace {

using ::testing::HasSubstr;

// 16 x 16 pixels of (10, 200, 30), progressive.
Bytes progressive_sample() {
  return *base64_decode(
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU"
      "FRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
      "FBQUFBQUFBT/wgARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUAQEAAAAAAAAAAAAAAAAAAAAH/9oA"
      "DAMBAAIQAxAAAAGIOBP/xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAEFAh//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAED"
      "AQE/AX//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/AX//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Ah//xAAU"
      "EAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/IR//2gAMAwEAAgADAAAAEPv/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/"
      "EH//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/EH//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/EB//2Q==");
}

// 16 x 16 pixels of red as CMYK, with Adobe's marker right after SOI.
Bytes inks_sample() {
  return *base64_decode(
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUV"
      "FQwPFxgWFBgSFBUU/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB"
      "AwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH"
      "SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV"
      "1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9U6/Kqvyqr9U6KKKKKKKKKKKK/9k=");
}

std::size_t find_marker(const Bytes& bytes, std::uint8_t marker, std::size_t from = 2) {
  for (std::size_t i = from; i + 1 < bytes.size(); ++i) {
    if (bytes[i] == 0xFF && bytes[i + 1] == marker) return i;
  }
  return bytes.size();
}

void claim_size(Bytes& bytes, std::uint8_t start_of_frame, unsigned width, unsigned height) {
  const std::size_t at = find_marker(bytes, start_of_frame);
  bytes.at(at + 5) = static_cast<std::uint8_t>(height >> 8);
  bytes.at(at + 6) = static_cast<std::uint8_t>(height);
  bytes.at(at + 7) = static_cast<std::uint8_t>(width >> 8);
  bytes.at(at + 8) = static_cast<std::uint8_t>(width);
}

TEST(JpegHostile, AProgressiveGiantIsRefusedBeforeItsCoefficientsAreHeld) {
  Bytes bytes = progressive_sample();
  claim_size(bytes, 0xC2, 20'000, 10'000);
  const auto decoded = decode(bytes, {.target_side = 1024});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::kTooLarge) << decoded.error().message;
  // The size itself is allowed.
  EXPECT_TRUE(read_header(bytes));
}

TEST(JpegHostile, ThousandsOfScansAreNotFollowed) {
  const Bytes sample = progressive_sample();
  std::size_t scan = 0;
  for (std::size_t at = find_marker(sample, 0xDA); at < sample.size(); at = find_marker(sample, 0xDA, at + 2))
    scan = at;
  Bytes bomb(sample.begin(), sample.end() - 2);
  for (int i = 0; i < 1000; ++i) {
    bomb.insert(bomb.end(), sample.begin() + static_cast<std::ptrdiff_t>(scan), sample.end() - 2);
  }
  bomb.insert(bomb.end(), {0xFF, 0xD9});
  const auto decoded = decode(bomb);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::kInvalidArgument);
  EXPECT_THAT(decoded.error().message, HasSubstr("scans"));
}

TEST(JpegHostile, TwelveBitSamplesAreUnsupportedNotDamaged) {
  Bytes bytes = progressive_sample();
  bytes.at(find_marker(bytes, 0xC2) + 4) = 12;
  const auto decoded = decode(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::kUnsupported) << decoded.error().message;
}

// Browsers and Pillow take all inks for inverted.
TEST(JpegOdd, InksWithoutAdobesMarkerAreInvertedAllTheSame) {
  Bytes bytes = inks_sample();
  ASSERT_EQ(find_marker(bytes, 0xEE), 2U);
  bytes.erase(bytes.begin() + 2, bytes.begin() + 18);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->image.rgb[0], 255, 6);
  EXPECT_NEAR(decoded->image.rgb[1], 0, 6);
  EXPECT_NEAR(decoded->image.rgb[2], 0, 6);
}

TEST(JpegOdd, EveryTruncationIsDecodedOrRefused) {
  for (const Bytes& whole : {progressive_sample(), inks_sample()}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto decoded = decode(ByteView(whole).first(length));
      if (decoded) EXPECT_EQ(decoded->image.rgb.size(), 16U * 16U * 3U);
    }
  }
}

}  // namespace
}  // namespace eyrie::image
