// What a search finds people by: what was seen of their faces, as one bit each for all the faces of a picture, so that a picture takes four bytes whatever it shows. A trait counts
// where it is more likely than not, an emotion where it is the strongest of its face.
//
//   const FaceTraits traits = face_traits(face);              // FaceDetail as plain JSON; traits of several are or'd
//   (traits & traits_called("glasses")) != 0                  // typed as far as "gla": names begin so; English and German
//
// Errors: none; what is not there, or of another type, is no trait. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"

namespace eyrie::analysis {

using FaceTraits = std::uint32_t;

FaceTraits face_traits(const json::object& face);
FaceTraits traits_called(std::string_view word);  // lower case, UTF-8

}  // namespace eyrie::analysis
