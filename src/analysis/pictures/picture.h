// What a gallery shows and searches of one record of ImageMetadataStore, without the rest of it: a row takes some hundred bytes where the
// record may have 400 KB. Records are written by others too (PutItem), so nothing in one is taken to be there, or of a type, or short.
// Thread-safe: plain data, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/item_table.h"

namespace eyrie::analysis {

enum class PictureStatus : std::uint8_t { kPending, kCompleted, kFailed };

struct PictureLabel {
  std::string name;
  float confidence = 0;  // percent
};

struct Picture {
  std::string id;              // ImageID
  std::int64_t uploaded = 0;   // UploadTimestamp, epoch seconds
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
  std::vector<PictureLabel> labels;    // the surest first
  std::vector<std::uint8_t> summary;   // which of the labels a person would say first
  std::string words;                   // lower case: text in the picture, name, key, camera, day; one a line
};

inline constexpr std::size_t kMaxPictureLabels = 100;
inline constexpr std::size_t kMaxPictureWords = 4096;  // bytes

// nullopt where the item is no record of a picture: no ImageID that a path can hold (letters, digits, '-'; at most 64), no time, bucket or key.
std::optional<Picture> picture_of(const store::Item& record);

// DynamoDB's attribute values as plain JSON: {"N":"1"} -> 1, {"M":{...}} -> {...}. What is none becomes null.
json::value plain_value(const json::value& attribute);
json::object plain_item(const store::Item& item);

}  // namespace eyrie::analysis
