// What is asked about a picture: plain data, one struct for each part of an answer, with Rekognition's defaults.
//
// Units as in recognition.h: confidences 0..100, ratios of the upright picture. Values out of range are the caller's to refuse.
// Thread safety: plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vision/recognition/recognition.h"

namespace eyrie::vision {

// DetectLabels' GeneralLabels settings. Filters compare names without case; includes and excludes may be
// combined, an exclusion wins.
struct LabelFilter {
  double min_confidence = 55;
  std::size_t max_labels = 1000;  // highest confidence first; at most 1000
  std::vector<std::string> include_labels, exclude_labels;
  std::vector<std::string> include_categories, exclude_categories;
};

struct PropertiesRequest {
  std::size_t max_colors = 10;   // 0..20
  bool instance_colors = true;  // also of every label's instances, where labels are asked for too
};

// Bits of FaceRequest::attributes. Box, confidence, pose, quality and landmarks always come.
enum FaceAttribute : std::uint32_t {
  kAgeRange = 1U << 0,
  kBeard = 1U << 1,
  kEmotions = 1U << 2,
  kEyeDirection = 1U << 3,
  kEyeglasses = 1U << 4,
  kEyesOpen = 1U << 5,
  kGender = 1U << 6,
  kMouthOpen = 1U << 7,
  kMustache = 1U << 8,
  kFaceOccluded = 1U << 9,
  kSmile = 1U << 10,
  kSunglasses = 1U << 11,
};
inline constexpr std::uint32_t kAllFaceAttributes = (1U << 12) - 1;

struct FaceRequest {
  std::uint32_t attributes = 0;
  bool embeddings = false;
  // Largest first.
  std::size_t max_faces = 100;
  // Look only where a person or a face is likely: for passes over everything.
  bool only_with_people = false;
};

// A region of interest: the polygon's inside, at least three points.
using TextRegion = std::vector<Point>;

struct TextRequest {
  // DetectText's WordFilter; a line stays where one of its words does.
  double min_confidence = 0;  // 0..100
  double min_height = 0, min_width = 0;  // of a word's box, ratios
  std::vector<TextRegion> regions;       // none: everywhere
  // Rekognition's own limit. The first in reading order stay, and nothing is read beyond them.
  std::size_t max_words = 100;
};

struct ModerationRequest {
  double min_confidence = 50;
};

struct EquipmentRequest {};

struct Request {
  std::optional<LabelFilter> labels;
  std::optional<PropertiesRequest> properties;
  std::optional<FaceRequest> faces;
  std::optional<TextRequest> text;
  std::optional<ModerationRequest> moderation;
  std::optional<EquipmentRequest> equipment;
};

}  // namespace eyrie::vision
