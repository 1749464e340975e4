// GetCelebrityInfo: name, URLs and known gender by id.
#include <algorithm>
#include <cctype>

#include "api/rekognition/celebrities.h"
#include "api/rekognition/operations.h"

namespace eyrie::api::rekognition {
namespace {

// The description sets no length; no gallery has ids longer than this.
constexpr std::size_t kLongestId = 1024;
constexpr Pattern kId{"[0-9A-Za-z]*", [](std::string_view text) {
                        return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c); });
                      }};

}  // namespace

JsonResult get_celebrity_info(Backend& backend, json::object& request) {
  EYRIE_TRY(const std::string id, required(pattern_field(request, "Id", "id", 0, kLongestId, kId), "id"));
  EYRIE_TRY(const auto gallery, gallery_of(backend));
  const vision::Celebrity* celebrity = gallery->find(id);
  if (celebrity == nullptr) {
    return std::unexpected(
        aws::rekognition::resource_not_found("The celebrity id: " + id + " does not exist."));
  }
  return celebrity_answer(*celebrity);
}

}  // namespace eyrie::api::rekognition
