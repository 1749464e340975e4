// The face of a picture that a collection is searched for: the largest that is good enough.
#pragma once

#include <optional>
#include <vector>

#include "api/rekognition/backend.h"
#include "api/rekognition/quality_filter.h"

namespace eyrie::api::rekognition {

struct OtherFace {
  vision::Face face;
  std::vector<std::string_view> reasons;  // why it is not searched for
};
struct SearchedFace {
  std::optional<vision::Face> face;
  std::vector<OtherFace> others;  // largest first
};

// `others`: whether the other faces are wanted too.
Field<SearchedFace> find_searched_face(Backend& backend, json::object& request, QualityFilter bar,
                                       bool others);

}  // namespace eyrie::api::rekognition
