// Protective equipment as DetectProtectiveEquipment answers it.
#include "analysis/answer.h"
#include "analysis/answer_parts.h"

namespace eyrie::analysis {
namespace {

json::object part_answer(const vision::BodyPart& part) {
  json::array detections;
  for (const vision::Equipment& item : part.equipment) {
    detections.push_back(json::object{{"BoundingBox", box_answer(item.box)},
                                      {"Confidence", percent_number(item.confidence)},
                                      {"Type", equipment_name(item.type)},
                                      {"CoversBodyPart", trait_answer(item.covers_part)}});
  }
  return {{"Name", body_part_name(part.type)},
          {"Confidence", percent_number(part.confidence)},
          {"EquipmentDetections", std::move(detections)}};
}

json::object person_answer(const vision::ProtectedPerson& person) {
  json::array parts;
  for (const vision::BodyPart& part : person.parts) parts.push_back(part_answer(part));
  return {{"BodyParts", std::move(parts)},
          {"BoundingBox", box_answer(person.box)},
          {"Confidence", percent_number(person.confidence)},
          {"Id", person.id}};
}

}  // namespace

std::string_view equipment_name(vision::EquipmentType type) {
  switch (type) {
    case vision::EquipmentType::kFaceCover:
      return "FACE_COVER";
    case vision::EquipmentType::kHandCover:
      return "HAND_COVER";
    case vision::EquipmentType::kHeadCover:
      return "HEAD_COVER";
  }
  return "";
}

std::string_view body_part_name(vision::BodyPartType type) {
  switch (type) {
    case vision::BodyPartType::kFace:
      return "FACE";
    case vision::BodyPartType::kHead:
      return "HEAD";
    case vision::BodyPartType::kLeftHand:
      return "LEFT_HAND";
    case vision::BodyPartType::kRightHand:
      return "RIGHT_HAND";
  }
  return "";
}

json::object equipment_answer(const std::vector<vision::ProtectedPerson>& persons,
                              const std::string& model_version) {
  json::array list;
  for (const vision::ProtectedPerson& person : persons) list.push_back(person_answer(person));
  return {{"ProtectiveEquipmentModelVersion", model_version}, {"Persons", std::move(list)}};
}

}  // namespace eyrie::analysis
