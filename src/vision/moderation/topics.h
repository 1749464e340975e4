// Rekognition's moderation taxonomy, version 7: what may be unsafe, in three levels.
// Source: the service's published list of moderation labels. Thread-safe; no errors.
#pragma once

#include <span>
#include <string_view>

namespace eyrie::vision {

struct ModerationTopic {
  std::string_view name, parent;  // parent: "" at the first level
  int level = 1;                  // 1..3
};

// Parents before their children.
std::span<const ModerationTopic> moderation_topics();

// nullptr where there is none of the name.
const ModerationTopic* find_moderation_topic(std::string_view name);

}  // namespace eyrie::vision
