// DetectProtectiveEquipment's Summary: who wears what is required. The rules are those of Rekognition's
// developer guide
// ("Understanding the personal protective equipment detection API").
//
// A face cover belongs on the face, a head cover on the head, hand covers on every hand that is seen. A
// person
//   lacks it      where such a part is surely seen and has no item of the type, or one that surely does not
//   cover it; wears it      where such a part is surely seen and its items of the type surely cover it; is
//   undecided  otherwise: the part is not seen, or something is less sure than `min_confidence`.
// One type that is lacking outweighs all others, then one that is undecided. Thread-safe: pure functions.
#pragma once

#include <span>
#include <vector>

#include "vision/recognition/recognition.h"

namespace eyrie::api::rekognition {

struct EquipmentSummary {
  std::vector<int> with, without, indeterminate;  // ids of persons
};

// `min_confidence`: 50..100.
EquipmentSummary summarize_equipment(std::span<const vision::ProtectedPerson> persons,
                                     std::span<const vision::EquipmentType> required, double min_confidence);

}  // namespace eyrie::api::rekognition
