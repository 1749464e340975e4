#include "image/exif.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>

namespace eyrie::image {
namespace {

struct Unref {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};
using Data = std::unique_ptr<ExifData, Unref>;

// EXIF is at most one JPEG segment, 64 KiB.
constexpr std::size_t kMaxExifBytes = 64U << 10;
constexpr std::size_t kMaxText = 128;

// The EXIF block of a JPEG: "Exif\0\0" and TIFF data. Only markers before the first scan are looked at.
ByteView find_exif_segment(ByteView jpeg) {
  static constexpr std::array<std::uint8_t, 6> kName = {'E', 'x', 'i', 'f', 0, 0};
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xFF) {
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) break;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {  // markers without a length
      at += 2;
      continue;
    }
    const std::size_t length = static_cast<std::size_t>(jpeg[at + 2]) << 8 | jpeg[at + 3];
    if (length < 2 || at + 2 + length > jpeg.size()) break;
    const ByteView segment = jpeg.subspan(at + 4, length - 2);
    if (marker == 0xE1 && segment.size() > kName.size() &&
        std::equal(kName.begin(), kName.end(), segment.begin())) {
      return segment;
    }
    at += 2 + length;
  }
  return {};
}

class Reader {
 public:
  explicit Reader(ExifData* data) : data_(data), order_(exif_data_get_byte_order(data)) {}

  std::optional<int> integer(ExifIfd ifd, ExifTag tag) const {
    const ExifEntry* entry = get(ifd, tag);
    if (entry == nullptr || entry->components < 1) return std::nullopt;
    if (entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) return exif_get_short(entry->data, order_);
    if (entry->format == EXIF_FORMAT_LONG && entry->size >= 4) {
      const ExifLong value = exif_get_long(entry->data, order_);
      if (value <= 0x7FFFFFFF) return static_cast<int>(value);
    }
    return std::nullopt;
  }

  std::optional<double> rational(ExifIfd ifd, ExifTag tag, unsigned index = 0) const {
    const ExifEntry* entry = get(ifd, tag);
    if (entry == nullptr || entry->format != EXIF_FORMAT_RATIONAL || entry->components <= index ||
        entry->size < (index + 1) * 8) {
      return std::nullopt;
    }
    const ExifRational value = exif_get_rational(entry->data + static_cast<std::size_t>(index) * 8, order_);
    if (value.denominator == 0) return std::nullopt;
    return static_cast<double>(value.numerator) / static_cast<double>(value.denominator);
  }

  // Printable ASCII without surrounding space; EXIF text ends at the first NUL.
  std::string text(ExifIfd ifd, ExifTag tag) const {
    const ExifEntry* entry = get(ifd, tag);
    if (entry == nullptr || entry->format != EXIF_FORMAT_ASCII || entry->data == nullptr) return "";
    std::string value(
        reinterpret_cast<const char*>(entry->data),
        strnlen(reinterpret_cast<const char*>(entry->data), std::min<std::size_t>(entry->size, kMaxText)));
    std::erase_if(value, [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F;
    });
    const auto first = value.find_first_not_of(' ');
    if (first == std::string::npos) return "";
    return value.substr(first, value.find_last_not_of(' ') - first + 1);
  }

  std::optional<std::uint8_t> byte(ExifIfd ifd, ExifTag tag) const {
    const ExifEntry* entry = get(ifd, tag);
    if (entry == nullptr || entry->data == nullptr || entry->size < 1) return std::nullopt;
    return entry->data[0];
  }

 private:
  const ExifEntry* get(ExifIfd ifd, ExifTag tag) const {
    const ExifEntry* entry = exif_content_get_entry(data_->ifd[ifd], tag);
    return entry == nullptr || entry->data == nullptr ? nullptr : entry;
  }
  ExifData* data_;
  ExifByteOrder order_;
};

// libexif knows GPS tags by number alone: their numbers collide with no other IFD's names.
constexpr auto kLatitudeRef = static_cast<ExifTag>(1);
constexpr auto kLatitude = static_cast<ExifTag>(2);
constexpr auto kLongitudeRef = static_cast<ExifTag>(3);
constexpr auto kLongitude = static_cast<ExifTag>(4);
constexpr auto kAltitudeRef = static_cast<ExifTag>(5);
constexpr auto kAltitude = static_cast<ExifTag>(6);
constexpr auto kLensModel = static_cast<ExifTag>(0xA434);

// Degrees, minutes and seconds, each a rational; the letter tells the sign.
std::optional<double> angle(const Reader& reader, ExifTag value, ExifTag reference, char negative,
                            double most) {
  const auto degrees = reader.rational(EXIF_IFD_GPS, value, 0);
  if (!degrees) return std::nullopt;
  const double minutes = reader.rational(EXIF_IFD_GPS, value, 1).value_or(0);
  const double seconds = reader.rational(EXIF_IFD_GPS, value, 2).value_or(0);
  const double total = *degrees + minutes / 60 + seconds / 3600;
  if (!(total <= most)) return std::nullopt;
  const std::string letter = reader.text(EXIF_IFD_GPS, reference);
  if (letter.empty()) return std::nullopt;
  return letter[0] == negative ? -total : total;
}

std::optional<GpsPosition> position(const Reader& reader) {
  const auto latitude = angle(reader, kLatitude, kLatitudeRef, 'S', 90);
  const auto longitude = angle(reader, kLongitude, kLongitudeRef, 'W', 180);
  if (!latitude || !longitude) return std::nullopt;
  GpsPosition gps{.latitude = *latitude, .longitude = *longitude, .altitude = std::nullopt};
  if (const auto altitude = reader.rational(EXIF_IFD_GPS, kAltitude)) {
    gps.altitude = reader.byte(EXIF_IFD_GPS, kAltitudeRef).value_or(0) == 1 ? -*altitude : *altitude;
  }
  return gps;
}

// "2008:05:30 15:56:01" -> "2008-05-30T15:56:01"; "" where it is not that or is the all-zero of a camera
// without a clock.
std::string time_of(std::string text) {
  static constexpr std::string_view kShape = "dddd:dd:dd dd:dd:dd";
  if (text.size() != kShape.size()) return "";
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return "";
  }
  const auto number = [&text](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const int month = number(5), day = number(8), hour = number(11), minute = number(14), second = number(17);
  if (text.starts_with("0000") || month < 1 || month > 12 || day < 1 || day > 31) return "";
  if (hour > 23 || minute > 59 || second > 60) return "";
  text[4] = text[7] = '-';
  text[10] = 'T';
  return text;
}

std::optional<double> positive(std::optional<double> value) {
  return value && *value > 0 && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace

bool Exif::empty() const {
  return !gps && make.empty() && model.empty() && lens.empty() && software.empty() && taken_at.empty() &&
         !exposure_seconds && !f_number && !focal_length_mm && !iso;
}

Exif read_exif(ByteView data, bool raw) {
  Exif exif;
  Bytes block;
  if (raw) {
    if (data.empty() || data.size() > kMaxExifBytes) return exif;
    // libexif wants the JPEG segment's name before the TIFF data; some WebP writers put it there already.
    static constexpr std::string_view kName("Exif\0\0", 6);
    if (!as_text(data).starts_with(kName)) block.assign(kName.begin(), kName.end());
    block.insert(block.end(), data.begin(), data.end());
  } else {
    const ByteView segment = find_exif_segment(data);
    block.assign(segment.begin(), segment.end());
  }
  if (block.empty()) return exif;
  const Data parsed(exif_data_new());
  if (!parsed) return exif;
  // Without its "corrections" libexif keeps what the camera wrote.
  exif_data_unset_option(parsed.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_load_data(parsed.get(), block.data(), static_cast<unsigned>(block.size()));
  const Reader reader(parsed.get());
  const int orientation = reader.integer(EXIF_IFD_0, EXIF_TAG_ORIENTATION).value_or(1);
  exif.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  exif.make = reader.text(EXIF_IFD_0, EXIF_TAG_MAKE);
  exif.model = reader.text(EXIF_IFD_0, EXIF_TAG_MODEL);
  exif.software = reader.text(EXIF_IFD_0, EXIF_TAG_SOFTWARE);
  exif.lens = reader.text(EXIF_IFD_EXIF, kLensModel);
  exif.taken_at = time_of(reader.text(EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL));
  if (exif.taken_at.empty()) exif.taken_at = time_of(reader.text(EXIF_IFD_0, EXIF_TAG_DATE_TIME));
  exif.exposure_seconds = positive(reader.rational(EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME));
  exif.f_number = positive(reader.rational(EXIF_IFD_EXIF, EXIF_TAG_FNUMBER));
  exif.focal_length_mm = positive(reader.rational(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH));
  exif.iso = reader.integer(EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS);
  exif.gps = position(reader);
  return exif;
}

}  // namespace eyrie::image
