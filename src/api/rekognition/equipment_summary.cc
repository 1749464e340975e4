#include "api/rekognition/equipment_summary.h"

#include <algorithm>

namespace eyrie::api::rekognition {
namespace {

// In the order in which one outweighs another.
enum class State { kWears, kUndecided, kLacks };

bool belongs_on(vision::EquipmentType type, vision::BodyPartType part) {
  switch (type) {
    case vision::EquipmentType::kFaceCover:
      return part == vision::BodyPartType::kFace;
    case vision::EquipmentType::kHeadCover:
      return part == vision::BodyPartType::kHead;
    case vision::EquipmentType::kHandCover:
      return part == vision::BodyPartType::kLeftHand || part == vision::BodyPartType::kRightHand;
  }
  return false;
}

State state_of_part(const vision::BodyPart& part, vision::EquipmentType type, double sure) {
  if (part.confidence < sure) return State::kUndecided;
  bool any = false, doubtful = false;
  for (const vision::Equipment& item : part.equipment) {
    if (item.type != type) continue;
    any = true;
    if (item.confidence < sure || item.covers_part.confidence < sure) {
      doubtful = true;
    } else if (!item.covers_part.value) {
      return State::kLacks;
    }
  }
  if (!any) return State::kLacks;
  return doubtful ? State::kUndecided : State::kWears;
}

State state_of_type(const vision::ProtectedPerson& person, vision::EquipmentType type, double sure) {
  std::optional<State> worst;
  for (const vision::BodyPart& part : person.parts) {
    if (belongs_on(type, part.type))
      worst = std::max(worst.value_or(State::kWears), state_of_part(part, type, sure));
  }
  return worst.value_or(State::kUndecided);
}

}  // namespace

EquipmentSummary summarize_equipment(std::span<const vision::ProtectedPerson> persons,
                                     std::span<const vision::EquipmentType> required, double min_confidence) {
  EquipmentSummary summary;
  for (const vision::ProtectedPerson& person : persons) {
    State worst = State::kWears;
    for (const vision::EquipmentType type : required)
      worst = std::max(worst, state_of_type(person, type, min_confidence));
    if (!vision::reaches(person.confidence, min_confidence)) worst = State::kUndecided;
    auto& list = worst == State::kWears   ? summary.with
                 : worst == State::kLacks ? summary.without
                                          : summary.indeterminate;
    list.push_back(person.id);
  }
  return summary;
}

}  // namespace eyrie::api::rekognition
