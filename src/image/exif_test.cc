#include "image/exif.h"

#include <gtest/gtest.h>

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

TEST(Exif, NonsenseIsNoExif) {
  EXPECT_TRUE(read_exif({}).empty());
  EXPECT_TRUE(read_exif(as_bytes("\xff\xd8\xff\xe1\xff\xff"), false).empty());
  for (std::size_t length = 0; length < 26; ++length) EXPECT_TRUE(read_exif(Bytes(length, 'I'), true).empty());
}

}  // namespace
}  // namespace eyrie::image
