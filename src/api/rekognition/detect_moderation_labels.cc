// DetectModerationLabels. There are no human review loops and no adapters: what names one names something
// that does not exist.
#include <algorithm>
#include <cctype>

#include "analysis/answer.h"
#include "api/rekognition/image_source.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

constexpr double kDefaultMinConfidence = 50;

bool small_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// The description's pattern has no end anchor, and services match the whole: so no hyphen may come last.
constexpr Pattern kLoopName{"^[a-z0-9](-*[a-z0-9])*", [](std::string_view text) {
                              return small_or_digit(text.front()) && small_or_digit(text.back()) &&
                                     std::ranges::all_of(
                                         text, [](char c) { return c == '-' || small_or_digit(c); });
                            }};

bool name_part(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '-';
  });
}

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

// Splits off what stands before `separator`, which goes too.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

bool is_project_version(std::string_view text) {
  auto scope = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) { return c == '-' || small_or_digit(c); });
  };
  if (take(text, ':') != "arn" || !scope(take(text, ':')) || take(text, ':') != "rekognition" ||
      !scope(take(text, ':')))
    return false;
  const std::string_view account = take(text, ':');
  if (account.size() != 12 || !digits(account)) return false;
  return take(text, '/') == "project" && name_part(take(text, '/')) && take(text, '/') == "version" &&
         name_part(take(text, '/')) && digits(text);
}

constexpr Pattern kProjectVersion{
    "(^arn:[a-z\\d-]+:rekognition:[a-z\\d-]+:\\d{12}:project\\/[a-zA-Z0-9_.\\-]{1,255}\\/version\\/"
    "[a-zA-Z0-9_.\\-]{1,255}\\/[0-9]+$)",
    is_project_version};

// Refuses a human loop: once its form is right, because its flow definition cannot exist.
Check check_human_loop(const json::object& request) {
  EYRIE_TRY(const json::object* loop, object_field(request, "HumanLoopConfig"));
  if (loop == nullptr) return {};
  const std::string path = "humanLoopConfig.";
  EYRIE_CHECK_OK(required(pattern_field(*loop, "HumanLoopName", path + "humanLoopName", 1, 63, kLoopName),
                          path + "humanLoopName"));
  EYRIE_TRY(const std::string flow,
            required(string_field(*loop, "FlowDefinitionArn", path + "flowDefinitionArn", 0, 256),
                     path + "flowDefinitionArn"));
  EYRIE_TRY(const json::object* data, object_field(*loop, "DataAttributes"));
  if (data != nullptr) {
    EYRIE_CHECK_OK(enum_list_field(*data, "ContentClassifiers", path + "dataAttributes.contentClassifiers",
                                   {"FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent"}, 256));
  }
  return std::unexpected(aws::rekognition::resource_not_found("The flow definition " + flow +
                                                              " of the human loop does not exist."));
}

Check check_adapter(const json::object& request) {
  EYRIE_TRY(const auto version,
            pattern_field(request, "ProjectVersion", "projectVersion", 20, 2048, kProjectVersion));
  if (!version) return {};
  return std::unexpected(
      aws::rekognition::resource_not_found("The project version " + *version + " does not exist."));
}

}  // namespace

JsonResult detect_moderation_labels(Backend& backend, json::object& request) {
  EYRIE_TRY(const auto min_confidence, number_field(request, "MinConfidence", "minConfidence", 0, 100));
  EYRIE_CHECK_OK(check_human_loop(request));
  EYRIE_CHECK_OK(check_adapter(request));
  EYRIE_TRY(const image::Decoded picture, read_picture(backend, request));
  EYRIE_TRY(const vision::Recognition seen,
            recognize(backend, picture.image,
                      {.moderation = vision::ModerationRequest{
                           .min_confidence = min_confidence.value_or(kDefaultMinConfidence)}}));
  return analysis::moderation_answer(seen.moderation.value_or(vision::Moderation{}));
}

}  // namespace eyrie::api::rekognition
