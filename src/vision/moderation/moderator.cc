#include "vision/moderation/moderator.h"

namespace eyrie::vision {

Result<Moderation> Moderator::judge(const image::Image&, const Fusion&, const ModerationRequest&) const {
  EYRIE_CHECK_OK(networks_.require(Role::kModeration));
  return fail(Code::kUnavailable, "content is not moderated yet");
}

}  // namespace eyrie::vision
