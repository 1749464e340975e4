// What a gallery shows and searches of one record of ImageMetadataStore, without the rest of it: a row takes some hundred bytes where the
// record may have 400 KB. Records are written by others too (PutItem), so nothing in one is taken to be there, or of a type, or short.
// Thread-safe: plain data, pure functions.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/pictures/face_words.h"
#include "store/item_table.h"

namespace eyrie::analysis {

enum class PictureStatus : std::uint8_t { kPending, kCompleted, kFailed };

struct PictureLabel {
  std::string name;
  float confidence = 0;  // percent

  bool operator==(const PictureLabel&) const = default;
};

struct Place {
  float latitude = 0, longitude = 0;  // degrees; north and east positive
  bool operator==(const Place&) const = default;
};

// Days since 1970; of the years 1 to 9999.
inline constexpr std::int32_t kNoDay = std::numeric_limits<std::int32_t>::min();

struct Picture {
  std::string id;              // ImageID
  std::int64_t uploaded = 0;   // UploadTimestamp, epoch seconds, at most the year 9999's
  std::string bucket, key;
  std::string version;         // Sequencer
  std::string name;            // of the file as its owner called it, else the key's last part
  std::string sha256;          // base64, where it was told with the upload
  PictureStatus status = PictureStatus::kPending;
  std::string error;           // of a failed one
  std::uint32_t width = 0, height = 0;  // pixels, upright
  std::uint64_t bytes = 0;
  std::uint32_t faces = 0;
  bool flagged = false;                // by moderation
  bool archived = false;               // record_put.h
  std::optional<Place> place;          // where it was taken
  std::uint8_t country = 0;            // of that place (countries.h)
  std::int32_t taken_day = kNoDay;     // by its camera's clock
  FaceTraits traits = 0;               // of all its faces (face_words.h)
  std::vector<PictureLabel> labels;    // the surest first
  std::vector<std::uint8_t> summary;   // which of the labels a person would say first
  std::string words;                   // lower case: text in the picture, camera, ages, who and what is seen besides labels; one a line

  bool operator==(const Picture&) const = default;
};

inline constexpr std::size_t kMaxPictureLabels = 100;
inline constexpr std::size_t kMaxPictureSummary = 5;
inline constexpr std::size_t kMaxPictureWords = 4096;  // bytes
inline constexpr std::size_t kMaxLabelName = 128;      // bytes
inline constexpr std::size_t kMaxPictureKey = 1024;    // bytes, as S3 has it
inline constexpr std::size_t kMaxPictureBucket = 63;   // bytes, as S3 has it

// nullopt where the item is no record of a picture: no ImageID that a path can hold (letters, digits, '-'; at most 64), no time (of the
// years 1970 to 9999), bucket or key, or longer ones than S3 has.
std::optional<Picture> picture_of(const store::Item& record);

// DynamoDB's attribute values as plain JSON: {"N":"1"} -> 1, {"M":{...}} -> {...}. What is none becomes null.
json::value plain_value(const json::value& attribute);
json::object plain_item(const store::Item& item);

}  // namespace eyrie::analysis
