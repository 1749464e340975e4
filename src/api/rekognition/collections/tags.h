// Tags of collections, as requests say them. Thread-safe: pure functions.
#pragma once

#include "api/rekognition/fields.h"
#include "store/object_store.h"

namespace eyrie::api::rekognition {

inline constexpr std::size_t kMostTags = 200;  // of a collection

// The member `name`, a TagMap; absent: none.
Field<store::StringMap> tags_field(const json::object& request, std::string_view name,
                                   const std::string& path);

}  // namespace eyrie::api::rekognition
