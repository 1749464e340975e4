// The operations on one picture, each in a file of its own name. Parameters, defaults, limits and errors: the
// service description `rekognition` (2016-06-27) and the API reference.
#pragma once

#include "api/rekognition/backend.h"

namespace eyrie::api::rekognition {

JsonResult compare_faces(Backend& backend, json::object& request);
JsonResult detect_faces(Backend& backend, json::object& request);
JsonResult detect_labels(Backend& backend, json::object& request);
JsonResult detect_moderation_labels(Backend& backend, json::object& request);
JsonResult detect_protective_equipment(Backend& backend, json::object& request);
JsonResult detect_text(Backend& backend, json::object& request);
JsonResult recognize_celebrities(Backend& backend, json::object& request);

// What is known of one whom recognize_celebrities() names.
JsonResult get_celebrity_info(Backend& backend, json::object& request);

}  // namespace eyrie::api::rekognition
