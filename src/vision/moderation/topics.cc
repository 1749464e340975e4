#include "vision/moderation/topics.h"

#include <algorithm>
#include <array>

namespace eyrie::vision {
namespace {

constexpr std::string_view kNonExplicit = "Non-Explicit Nudity of Intimate parts and Kissing";

constexpr std::array kTopics{
    ModerationTopic{"Explicit", "", 1},
    ModerationTopic{"Explicit Nudity", "Explicit", 2},
    ModerationTopic{"Exposed Male Genitalia", "Explicit Nudity", 3},
    ModerationTopic{"Exposed Female Genitalia", "Explicit Nudity", 3},
    ModerationTopic{"Exposed Buttocks or Anus", "Explicit Nudity", 3},
    ModerationTopic{"Exposed Female Nipple", "Explicit Nudity", 3},
    ModerationTopic{"Explicit Sexual Activity", "Explicit", 2},
    ModerationTopic{"Sex Toys", "Explicit", 2},
    ModerationTopic{kNonExplicit, "", 1},
    ModerationTopic{"Non-Explicit Nudity", kNonExplicit, 2},
    ModerationTopic{"Bare Back", "Non-Explicit Nudity", 3},
    ModerationTopic{"Exposed Male Nipple", "Non-Explicit Nudity", 3},
    ModerationTopic{"Partially Exposed Buttocks", "Non-Explicit Nudity", 3},
    ModerationTopic{"Partially Exposed Female Breast", "Non-Explicit Nudity", 3},
    ModerationTopic{"Implied Nudity", "Non-Explicit Nudity", 3},
    ModerationTopic{"Obstructed Intimate Parts", kNonExplicit, 2},
    ModerationTopic{"Obstructed Female Nipple", "Obstructed Intimate Parts", 3},
    ModerationTopic{"Obstructed Male Genitalia", "Obstructed Intimate Parts", 3},
    ModerationTopic{"Kissing on the Lips", kNonExplicit, 2},
    ModerationTopic{"Swimwear or Underwear", "", 1},
    ModerationTopic{"Female Swimwear or Underwear", "Swimwear or Underwear", 2},
    ModerationTopic{"Male Swimwear or Underwear", "Swimwear or Underwear", 2},
    ModerationTopic{"Violence", "", 1},
    ModerationTopic{"Weapons", "Violence", 2},
    ModerationTopic{"Graphic Violence", "Violence", 2},
    ModerationTopic{"Weapon Violence", "Graphic Violence", 3},
    ModerationTopic{"Physical Violence", "Graphic Violence", 3},
    ModerationTopic{"Self-Harm", "Graphic Violence", 3},
    ModerationTopic{"Blood & Gore", "Graphic Violence", 3},
    ModerationTopic{"Explosions and Blasts", "Graphic Violence", 3},
    ModerationTopic{"Visually Disturbing", "", 1},
    ModerationTopic{"Death and Emaciation", "Visually Disturbing", 2},
    ModerationTopic{"Emaciated Bodies", "Death and Emaciation", 3},
    ModerationTopic{"Corpses", "Death and Emaciation", 3},
    ModerationTopic{"Crashes", "Visually Disturbing", 2},
    ModerationTopic{"Air Crash", "Crashes", 3},
    ModerationTopic{"Drugs & Tobacco", "", 1},
    ModerationTopic{"Products", "Drugs & Tobacco", 2},
    ModerationTopic{"Pills", "Products", 3},
    ModerationTopic{"Drugs & Tobacco Paraphernalia & Use", "Drugs & Tobacco", 2},
    ModerationTopic{"Smoking", "Drugs & Tobacco Paraphernalia & Use", 3},
    ModerationTopic{"Alcohol", "", 1},
    ModerationTopic{"Alcohol Use", "Alcohol", 2},
    ModerationTopic{"Drinking", "Alcohol Use", 3},
    ModerationTopic{"Alcoholic Beverages", "Alcohol", 2},
    ModerationTopic{"Rude Gestures", "", 1},
    ModerationTopic{"Middle Finger", "Rude Gestures", 2},
    ModerationTopic{"Gambling", "", 1},
    ModerationTopic{"Hate Symbols", "", 1},
    ModerationTopic{"Nazi Party", "Hate Symbols", 2},
    ModerationTopic{"White Supremacy", "Hate Symbols", 2},
    ModerationTopic{"Extremist", "Hate Symbols", 2},
};

}  // namespace

std::span<const ModerationTopic> moderation_topics() {
  return kTopics;
}

const ModerationTopic* find_moderation_topic(std::string_view name) {
  const auto* at = std::ranges::find(kTopics, name, &ModerationTopic::name);
  return at == kTopics.end() ? nullptr : at;
}

}  // namespace eyrie::vision
