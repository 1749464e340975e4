// What the operations on celebrities share. Thread-safe.
#pragma once

#include "api/rekognition/backend.h"

namespace eyrie::api::rekognition {

// Never null: empty where nobody is known. InternalServerError where its file cannot be read; why stays in
// the log.
Field<std::shared_ptr<const vision::CelebrityGallery>> gallery_of(const Backend& backend);

// {"Urls":[…], "Name":"…", "KnownGender":{"Type":"…"}}
json::object celebrity_answer(const vision::Celebrity& celebrity);

}  // namespace eyrie::api::rekognition
