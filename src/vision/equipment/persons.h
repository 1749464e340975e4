// Which persons a picture is asked about, and whose each face is.
//
// Units: ratios of the picture. Errors: none. Thread safety: functions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "vision/recognition/recognition.h"

namespace eyrie::vision {

// Persons of 50 and above, largest first, at most `most`; ids from 0.
std::vector<ProtectedPerson> persons_of(std::span<const Instance> found, std::size_t most);

// For each person the index of their face, if one was found. A face is that of the person in whose upper part
// it lies; of several such, of the one at whose top it lies nearest; of several faces in a person, that one.
// A face has one owner, and a person one face.
std::vector<std::optional<std::size_t>> faces_of(std::span<const ProtectedPerson> persons,
                                                 std::span<const Face> faces);

}  // namespace eyrie::vision
