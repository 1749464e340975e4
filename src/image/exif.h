// What a camera wrote beside the picture. Every field may be absent; damaged EXIF reads as no EXIF.
// Source: CIPA DC-008 (EXIF 2.32). Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace eyrie::image {

struct GpsPosition {
  double latitude = 0;             // degrees, north positive
  double longitude = 0;            // degrees, east positive
  std::optional<double> altitude;  // metres above sea level
};

struct Exif {
  int orientation = 1;  // 1..8
  std::optional<GpsPosition> gps;
  std::string make;   // "Canon"
  std::string model;  // "Canon EOS 40D"
  std::string lens;
  std::string software;
  std::string taken_at;  // "2008-05-30T15:56:01", local to the camera; empty where absent or nonsense
  std::optional<double> exposure_seconds;
  std::optional<double> f_number;
  std::optional<double> focal_length_mm;
  std::optional<int> iso;

  bool empty() const;  // nothing but orientation known
};

// Reads the EXIF block of a JPEG file (or of a PNG eXIf / WebP EXIF chunk given as raw TIFF data with raw =
// true).
Exif read_exif(ByteView data, bool raw = false);

}  // namespace eyrie::image
