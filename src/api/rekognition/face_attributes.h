// The Attributes of DetectFaces and IndexFaces. Thread-safe: pure functions.
#pragma once

#include "api/rekognition/fields.h"
#include "vision/recognition/request.h"

namespace eyrie::api::rekognition {

struct FaceAttributes {
  std::uint32_t bits = 0;      // of vision::FaceAttribute
  bool all_landmarks = false;  // where ALL was asked for: analysis::face_detail()
};

// The member `name`, a list of the description's enum Attribute; absent: DEFAULT.
Field<FaceAttributes> face_attributes(const json::object& request, std::string_view name,
                                      const std::string& path);

}  // namespace eyrie::api::rekognition
