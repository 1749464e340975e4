#include "analysis/pictures/picture.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analysis/pictures/countries.h"
#include "analysis/pictures/written_day.h"
#include "analysis/record_put.h"
#include "base/encoding.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::analysis {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999
constexpr std::size_t kMaxName = 1024;
constexpr std::int64_t kOldest = 150;  // years

json::value plain_number(const json::value& text) {
  if (!text.is_string()) return nullptr;
  const json::string& digits = text.get_string();
  std::int64_t whole = 0;
  if (const auto [end, error] = std::from_chars(digits.begin(), digits.end(), whole); error == std::errc() && end == digits.end()) return whole;
  double number = 0;
  if (const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number); error == std::errc() && end == digits.end() && std::isfinite(number)) return number;
  return nullptr;
}

double confidence_of(const json::object& object) {
  const json::value* value = object.if_contains("Confidence");
  if (value == nullptr || !value->is_number()) return 0;
  return std::clamp(value->to_number<double>(), 0.0, 100.0);
}

// Those members of an array that are objects.
template <typename Use>
void each_object(const json::object& of, std::string_view name, Use use) {
  const json::value* list = of.if_contains(name);
  if (list == nullptr || !list->is_array()) return;
  for (const json::value& item : list->get_array()) {
    if (item.is_object()) use(item.get_object());
  }
}

bool good_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void add_words(std::string& words, std::string_view more) {
  if (more.empty() || words.size() >= kMaxPictureWords) return;
  words += lower_case(more.substr(0, kMaxPictureWords - words.size()));
  words += '\n';
}

void add_labels(Picture& picture, const json::object& record) {
  each_object(record, "Labels", [&](const json::object& label) {
    if (picture.labels.size() == kMaxPictureLabels) return;
    std::string name = text_of(label, "Name").substr(0, kMaxLabelName);
    if (!name.empty()) picture.labels.push_back({.name = std::move(name), .confidence = static_cast<float>(confidence_of(label))});
  });
  std::ranges::sort(picture.labels, [](const PictureLabel& a, const PictureLabel& b) {
    return a.confidence != b.confidence ? a.confidence > b.confidence : a.name < b.name;
  });
  const json::value* summary = record.if_contains("Detection_Summary");
  if (summary == nullptr || !summary->is_array()) return;
  for (const json::value& name : summary->get_array()) {
    if (!name.is_string() || picture.summary.size() == kMaxPictureSummary) continue;
    const auto found = std::ranges::find_if(picture.labels, [&](const PictureLabel& label) { return lower_case(label.name) == name.get_string(); });
    if (found != picture.labels.end()) picture.summary.push_back(static_cast<std::uint8_t>(found - picture.labels.begin()));
  }
}

// Ages as the console writes them ("25-35"), each once: people of an age are many.
void add_faces(Picture& picture, const json::object& record) {
  std::vector<std::string> ages;
  each_object(record, "FaceData", [&](const json::object& face) {
    ++picture.faces;
    picture.traits |= face_traits(face);
    const json::value* range = face.if_contains("AgeRange");
    if (range == nullptr || !range->is_object()) return;
    const std::int64_t low = number_of(range->get_object(), "Low"), high = number_of(range->get_object(), "High");
    if (low < 0 || high <= low || high > kOldest) return;
    std::string age = std::to_string(low) + "-" + std::to_string(high);
    if (std::ranges::find(ages, age) == ages.end()) ages.push_back(std::move(age));
  });
  for (const std::string& age : ages) add_words(picture.words, age);
}

void add_all_words(Picture& picture, const json::object& record) {
  if (const json::value* exif = record.if_contains("Exif"); exif != nullptr && exif->is_object()) {
    for (const auto& [tag, value] : exif->get_object()) {
      if ((tag == "Make" || tag == "Model" || tag == "Lens") && value.is_string()) add_words(picture.words, value.get_string());
      if (tag == "DateTimeOriginal" && value.is_string()) picture.taken_day = day_of_camera(value.get_string()).value_or(kNoDay);
    }
  }
  add_faces(picture, record);
  each_object(record, "ModerationLabels", [&](const json::object& label) { add_words(picture.words, text_of(label, "Name")); });
  each_object(record, "Celebrities", [&](const json::object& person) { add_words(picture.words, text_of(person, "Name")); });
  each_object(record, "Text", [&](const json::object& line) { add_words(picture.words, text_of(line, "DetectedText")); });
}

// Of a position on Earth alone: records are written by others too.
std::optional<Place> place_of(const json::object& record) {
  const json::value* exif = record.if_contains("Exif");
  const json::value* gps = exif != nullptr && exif->is_object() ? exif->get_object().if_contains("GPS") : nullptr;
  if (gps == nullptr || !gps->is_object()) return std::nullopt;
  const auto degrees = [&](std::string_view name, double most) -> std::optional<float> {
    const json::value* value = gps->get_object().if_contains(name);
    const double number = value != nullptr && value->is_number() ? value->to_number<double>() : most + 1;
    return number >= -most && number <= most ? std::optional(static_cast<float>(number)) : std::nullopt;
  };
  const auto latitude = degrees("Latitude", 90), longitude = degrees("Longitude", 180);
  if (!latitude || !longitude) return std::nullopt;
  return Place{.latitude = *latitude, .longitude = *longitude};
}

std::uint64_t size_of(const json::object& properties, std::string_view name) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_of(properties, name)));
}

}  // namespace

json::value plain_value(const json::value& attribute) {
  if (!attribute.is_object() || attribute.get_object().size() != 1) return nullptr;
  const auto& [type, value] = *attribute.get_object().begin();
  if (type == "S" || type == "B" || type == "SS" || type == "BS" || type == "BOOL") return value;
  if (type == "N") return plain_number(value);
  if (type == "M" && value.is_object()) return plain_item(value.get_object());
  if (!value.is_array()) return nullptr;
  json::array list;
  for (const json::value& item : value.get_array()) list.push_back(type == "NS" ? plain_number(item) : plain_value(item));
  return list;
}

json::object plain_item(const store::Item& item) {
  json::object plain;
  for (const auto& [name, value] : item) plain[name] = plain_value(value);
  return plain;
}

std::optional<Picture> picture_of(const store::Item& record) {
  const json::object plain = plain_item(record);
  Picture picture{.id = text_of(plain, "ImageID"),
                  .uploaded = number_of(plain, "UploadTimestamp"),
                  .bucket = text_of(plain, "Bucket"),
                  .key = text_of(plain, "Key"),
                  .version = text_of(plain, "Sequencer").substr(0, kMaxId),
                  .name = text_of(plain, "OriginalName").substr(0, kMaxName),
                  .sha256 = text_of(plain, "ContentSHA256").substr(0, kMaxId)};
  if (!good_id(picture.id) || picture.uploaded <= 0 || picture.uploaded > kLastSecond || picture.bucket.empty() || picture.key.empty()) return std::nullopt;
  if (picture.bucket.size() > kMaxPictureBucket || picture.key.size() > kMaxPictureKey) return std::nullopt;
  if (picture.name.empty()) picture.name = picture.key.substr(picture.key.rfind('/') + 1);
  const std::string status = text_of(plain, "ProcessingStatus");
  picture.status = status == "COMPLETED" ? PictureStatus::kCompleted : status == "FAILED" ? PictureStatus::kFailed : PictureStatus::kPending;
  picture.error = text_of(plain, "Error").substr(0, kMaxName);
  picture.flagged = flag_of(plain, "Moderation_Flags");
  picture.archived = is_archived(record);
  picture.place = place_of(plain);
  if (picture.place) picture.country = country_at(*picture.place);
  if (const json::value* properties = plain.if_contains("ImageProperties"); properties != nullptr && properties->is_object()) {
    picture.width = static_cast<std::uint32_t>(size_of(properties->get_object(), "Width"));
    picture.height = static_cast<std::uint32_t>(size_of(properties->get_object(), "Height"));
    picture.bytes = size_of(properties->get_object(), "Bytes");
  }
  add_labels(picture, plain);
  add_all_words(picture, plain);
  return picture;
}

}  // namespace eyrie::analysis
