#include "api/rekognition/celebrities.h"

#include "base/log.h"

namespace eyrie::api::rekognition {

Field<std::shared_ptr<const vision::CelebrityGallery>> gallery_of(const Backend& backend) {
  if (backend.celebrities == nullptr) return std::make_shared<const vision::CelebrityGallery>("");
  auto gallery = backend.celebrities->gallery();
  if (gallery) return *gallery;
  log_error("celebrities cannot be read", {{"error", gallery.error().message}});
  return std::unexpected(aws::rekognition::internal_server_error());
}

json::object celebrity_answer(const vision::Celebrity& celebrity) {
  return {{"Urls", json::value_from(celebrity.urls)},
          {"Name", celebrity.name},
          {"KnownGender", json::object{{"Type", vision::known_gender_name(celebrity.gender)}}}};
}

}  // namespace eyrie::api::rekognition
