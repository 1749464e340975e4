#include "vision/equipment/equipment_finder.h"

namespace eyrie::vision {

Result<std::vector<ProtectedPerson>> EquipmentFinder::find(const image::Image& picture, const Fusion&) const {
  EYRIE_CHECK_OK(networks_.require(Role::kFaceParsing));
  EYRIE_CHECK_OK(faces_.analyze(picture, {}));
  return fail(Code::kUnavailable, "protective equipment is not recognized yet");
}

}  // namespace eyrie::vision
