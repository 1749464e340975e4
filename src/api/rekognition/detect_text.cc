// DetectText: words and lines, within DetectTextFilters.
#include "analysis/answer.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

// Of a WordFilter that does not say; without a WordFilter nothing is kept out.
constexpr double kDefaultWordConfidence = 80;
// Rekognition stops at 100; a page that holds more is read here to its end.
constexpr std::size_t kMostWords = 2000;
constexpr std::size_t kMostRegions = 10;
constexpr std::size_t kMostPoints = 10;

aws::WireError bad_region(std::string_view what) {
  return aws::rekognition::invalid_parameter("Request has invalid parameters: " + std::string(what));
}

// A ratio of the picture. The description gives no bounds, so what is outside is a wrong parameter rather
// than a constraint's violation.
Field<double> ratio(const json::object& object, std::string_view name) {
  constexpr double kAny = 1e300;
  EYRIE_TRY(const auto number, number_field(object, name, std::string(name), -kAny, kAny));
  if (!number || *number < 0 || *number > 1) {
    return std::unexpected(bad_region("a region's " + std::string(name) + " must be within 0 and 1"));
  }
  return *number;
}

Field<vision::TextRegion> box_region(const json::object& box) {
  EYRIE_TRY(const double left, ratio(box, "Left"));
  EYRIE_TRY(const double top, ratio(box, "Top"));
  EYRIE_TRY(const double width, ratio(box, "Width"));
  EYRIE_TRY(const double height, ratio(box, "Height"));
  return vision::TextRegion{
      {left, top}, {left + width, top}, {left + width, top + height}, {left, top + height}};
}

Field<vision::TextRegion> polygon_region(const json::array& points) {
  if (points.size() < 3 || points.size() > kMostPoints)
    return std::unexpected(bad_region("a region's polygon has 3 to 10 points"));
  vision::TextRegion region;
  for (const json::value& item : points) {
    if (!item.is_object()) return std::unexpected(aws::rekognition::serialization());
    EYRIE_TRY(const double x, ratio(item.get_object(), "X"));
    EYRIE_TRY(const double y, ratio(item.get_object(), "Y"));
    region.push_back({x, y});
  }
  return region;
}

Field<vision::TextRegion> read_region(const json::value& item) {
  if (!item.is_object()) return std::unexpected(aws::rekognition::serialization());
  const json::object& object = item.get_object();
  EYRIE_TRY(const json::object* box, object_field(object, "BoundingBox"));
  EYRIE_TRY(const json::array* polygon,
            array_field(object, "Polygon", "filters.regionsOfInterest.polygon", 1000));
  if ((box == nullptr) == (polygon == nullptr))
    return std::unexpected(bad_region("a region is either a BoundingBox or a Polygon"));
  return box != nullptr ? box_region(*box) : polygon_region(*polygon);
}

Check read_word_filter(const json::object& filters, vision::TextRequest& request) {
  EYRIE_TRY(const json::object* words, object_field(filters, "WordFilter"));
  if (words == nullptr) return {};
  const std::string path = "filters.wordFilter.";
  EYRIE_TRY(const auto confidence, number_field(*words, "MinConfidence", path + "minConfidence", 0, 100));
  EYRIE_TRY(const auto height,
            number_field(*words, "MinBoundingBoxHeight", path + "minBoundingBoxHeight", 0, 1));
  EYRIE_TRY(const auto width,
            number_field(*words, "MinBoundingBoxWidth", path + "minBoundingBoxWidth", 0, 1));
  request.min_confidence = confidence.value_or(kDefaultWordConfidence);
  request.min_height = height.value_or(0);
  request.min_width = width.value_or(0);
  return {};
}

Field<vision::TextRequest> parse_text_request(const json::object& request) {
  vision::TextRequest parsed{.max_words = kMostWords};
  EYRIE_TRY(const json::object* filters, object_field(request, "Filters"));
  if (filters == nullptr) return parsed;
  EYRIE_CHECK_OK(read_word_filter(*filters, parsed));
  EYRIE_TRY(const json::array* regions,
            array_field(*filters, "RegionsOfInterest", "filters.regionsOfInterest", kMostRegions));
  if (regions == nullptr) return parsed;
  for (const json::value& item : *regions) {
    EYRIE_TRY(vision::TextRegion region, read_region(item));
    parsed.regions.push_back(std::move(region));
  }
  return parsed;
}

}  // namespace

JsonResult detect_text(Backend& backend, json::object& request) {
  EYRIE_TRY(vision::TextRequest parsed, parse_text_request(request));
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  EYRIE_TRY(const vision::Recognition seen, recognize(backend, picture.image, {.text = std::move(parsed)}));
  return analysis::detect_text_answer(seen.text.value_or(std::vector<vision::TextDetection>{}),
                                      backend.recognizer.model_versions().text);
}

}  // namespace eyrie::api::rekognition
