#include "image/exif.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "image/decode.h"
#include "image/testing.h"

namespace eyrie::image {
namespace {

// What a test cannot read it skips.
std::optional<Exif> eval_exif(const std::string& name) {
  const auto path = testing::eval_directory() / "exif" / name;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return read_exif(testing::read_file(path));
}

TEST(Exif, CameraAndExposure) {
  const auto exif = eval_exif("Canon_40D.jpg");
  if (!exif) GTEST_SKIP() << "no evaluation images";
  EXPECT_EQ(exif->make, "Canon");
  EXPECT_EQ(exif->model, "Canon EOS 40D");
  EXPECT_EQ(exif->taken_at, "2008-05-30T15:56:01");
  EXPECT_NEAR(exif->exposure_seconds.value_or(0), 0.00625, 1e-6);
  EXPECT_NEAR(exif->f_number.value_or(0), 7.1, 1e-6);
  EXPECT_NEAR(exif->focal_length_mm.value_or(0), 135, 1e-6);
  EXPECT_EQ(exif->iso.value_or(0), 100);
  EXPECT_FALSE(exif->gps);
  EXPECT_FALSE(exif->empty());
}

TEST(Exif, Position) {
  const auto exif = eval_exif("gps_DSCN0010.jpg");
  if (!exif) GTEST_SKIP() << "no evaluation images";
  ASSERT_TRUE(exif->gps);
  EXPECT_NEAR(exif->gps->latitude, 43 + 28 / 60.0 + 2.814 / 3600, 1e-6);
  EXPECT_NEAR(exif->gps->longitude, 11 + 53 / 60.0 + 6.456 / 3600, 1e-6);
}

TEST(Exif, EveryGpsPhotoHasItsPosition) {
  const auto folder = testing::eval_directory() / "exif";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no evaluation images";
  int found = 0;
  for (const auto& path : testing::files_under(folder)) {
    if (!path.filename().string().starts_with("gps_")) continue;
    const Exif exif = read_exif(testing::read_file(path));
    EXPECT_TRUE(exif.gps) << path;
    ++found;
  }
  EXPECT_GT(found, 0);
}

// TIFF data made by hand: one IFD with the orientation 6 and a south-western position.
TEST(Exif, RawTiffData) {
  const Bytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(read_exif(tiff, true).orientation, 6);
  Bytes wrong = tiff;
  wrong[18] = 9;
  EXPECT_EQ(read_exif(wrong, true).orientation, 1);
}

void append_little_endian(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// TIFF data of one IFD with one text entry, the date and time.
Bytes dated(const std::string& text) {
  Bytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x32, 0x01, 2, 0};
  append_little_endian(tiff, static_cast<std::uint32_t>(text.size() + 1), 4);
  append_little_endian(tiff, 26, 4);
  append_little_endian(tiff, 0, 4);
  tiff.insert(tiff.end(), text.begin(), text.end());
  tiff.push_back(0);
  return tiff;
}

TEST(Exif, ATimeThatCannotBeIsNone) {
  EXPECT_EQ(read_exif(dated("2024:02:29 23:59:60"), true).taken_at, "2024-02-29T23:59:60");
  for (const char* text :
       {"0000:00:00 00:00:00", "2024:13:01 00:00:00", "2024:01:32 00:00:00", "2024:01:01 24:00:00",
        "2024:01:01 00:60:00", "2024-01-01 00:00:00", "    :  :     :  :  ", "2024:01:01 00:00"}) {
    EXPECT_EQ(read_exif(dated(text), true).taken_at, "") << text;
  }
}

// The southern hemisphere, and an altitude, as Pillow reads them.
TEST(Exif, PositionsSouthAndHigh) {
  const auto south = eval_exif("Kodak_CX7530.jpg");
  if (!south) GTEST_SKIP() << "no evaluation images";
  ASSERT_TRUE(south->gps);
  EXPECT_NEAR(south->gps->latitude, -0.3713, 1e-5);
  EXPECT_NEAR(south->gps->longitude, 36.056417, 1e-5);
  EXPECT_FALSE(south->gps->altitude);
  const auto high = eval_exif("tests_67-0_length_string.jpg");
  ASSERT_TRUE(high && high->gps);
  EXPECT_NEAR(high->gps->altitude.value_or(0), 340, 1e-6);
  EXPECT_EQ(high->model, "SM-G930F");
}

// The fields are read from PNG and WebP too; orientation turns JPEG alone.
TEST(Exif, InPngAndWebp) {
  Bytes tiff = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0,    0x12, 0x01, 3,
                0,   1,   0,  0, 0, 6, 0, 0, 0, 0x0F, 0x01, 2,    0};
  append_little_endian(tiff, 4, 4);
  tiff.insert(tiff.end(), {'A', 'b', 'c', 0, 0, 0, 0, 0});
  ASSERT_EQ(read_exif(tiff, true).make, "Abc");

  Bytes png = testing::write_png({.width = 2, .height = 1}, Bytes{0, 1, 2, 3, 4, 5, 6});
  Bytes chunk;
  testing::append_png_chunk(chunk, "eXIf", tiff);
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());  // after IHDR
  const auto from_png = decode(png);
  ASSERT_TRUE(from_png) << from_png.error().message;
  EXPECT_EQ(from_png->exif.make, "Abc");
  EXPECT_EQ(from_png->header.orientation, 1);
  EXPECT_EQ(from_png->image.width, 2);

  const Bytes simple = *base64_decode(
      "UklGRjgAAABXRUJQVlA4TCsAAAAvAkAAAC8gECBIV25DQFB03XICAYJ05eY/QGxybBUoSNuAxd1Tsoj+x9UBAA==");
  Bytes webp = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P', 'V', 'P', '8',
                'X', 10,  0,   0,   0, 8, 0, 0, 0,   2,   0,   0,   1,   0,   0};
  webp.insert(webp.end(), simple.begin() + 12, simple.end());
  webp.insert(webp.end(), {'E', 'X', 'I', 'F'});
  append_little_endian(webp, static_cast<std::uint32_t>(tiff.size()), 4);
  webp.insert(webp.end(), tiff.begin(), tiff.end());
  webp[4] = static_cast<std::uint8_t>(webp.size() - 8);
  const auto from_webp = decode(webp);
  ASSERT_TRUE(from_webp) << from_webp.error().message;
  EXPECT_EQ(from_webp->exif.make, "Abc");
  EXPECT_EQ(from_webp->header.orientation, 1);
  EXPECT_EQ(from_webp->image.width, 3);
}

TEST(Exif, NonsenseIsNoExif) {
  EXPECT_TRUE(read_exif({}).empty());
  EXPECT_TRUE(read_exif(as_bytes("\xff\xd8\xff\xe1\xff\xff"), false).empty());
  for (std::size_t length = 0; length < 26; ++length)
    EXPECT_TRUE(read_exif(Bytes(length, 'I'), true).empty());
}

}  // namespace
}  // namespace eyrie::image
