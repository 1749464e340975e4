#include "vision/moderation/evidence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "vision/moderation/topics.h"

namespace eyrie::vision {
namespace {

constexpr double kNoise = 1;  // of 100

// A label of the general networks, and what it stands for with which weight.
struct Sign {
  std::string_view label, topic;
  double weight;
};
constexpr Sign kSigns[] = {
    {"Gun", "Weapons", 1},
    {"Cannon", "Weapons", 0.9},
    {"Missile", "Weapons", 0.9},
    {"Projectile", "Weapons", 0.8},
    {"Bow", "Weapons", 0.8},
    {"Scabbard", "Weapons", 0.8},
    {"Alcohol", "Alcoholic Beverages", 1},
    {"Whiskey Jug", "Alcoholic Beverages", 0.7},
    {"Cocktail Shaker", "Alcoholic Beverages", 0.6},
    {"Wine Glass", "Alcoholic Beverages", 0.5},  // may hold water, or nothing
    {"Pill Bottle", "Products", 0.7},
    {"Tobacco Shop", "Products", 0.7},
    {"Syringe", "Drugs & Tobacco Paraphernalia & Use", 0.7},
    {"Slot Machine", "Gambling", 1},
};

constexpr std::string_view kFemale[] = {"Bikini", "Swimsuit", "Bra"};
constexpr std::string_view kMale[] = {"Swimming Trunks"};

// Where these are, a knife is for eating or cooking.
constexpr std::string_view kKitchen[] = {"Food",         "Fork",  "Spoon",       "Plate", "Bowl",
                                         "Cup",          "Pizza", "Cake",        "Oven",  "Kitchen Utensil",
                                         "Dining Table", "Sink",  "Refrigerator"};

// A label of these is no body.
constexpr std::string_view kThings[] = {"Animals and Pets",        "Food and Beverage",
                                        "Plants and Flowers",      "Vehicles and Automotive",
                                        "Transport and Logistics", "Technology and Computing",
                                        "Tools and Machinery",     "Hobbies and Interests",
                                        "Kitchen and Dining",      "Sports"};

double logit(double share) {
  const double inside = std::clamp(share, 0.003, 0.997);
  return std::log(inside / (1 - inside));
}

double chance(double log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

// Log odds that a network's "sexy" adds to swimwear: against it where there is next to none.
double suggestive(double sexy) {
  constexpr std::pair<double, double> kPoints[] = {{0, -2.5},  {0.02, -1.5}, {0.1, -0.3},
                                                   {0.3, 1.2}, {0.6, 2.5},   {1, 3.5}};
  const auto* above = std::ranges::upper_bound(kPoints, sexy, {}, &std::pair<double, double>::first);
  if (above == std::begin(kPoints)) return kPoints[0].second;
  if (above == std::end(kPoints)) return std::prev(above)->second;
  const auto* below = std::prev(above);
  return below->second +
         (sexy - below->first) / (above->first - below->first) * (above->second - below->second);
}

double surest(const Fusion& seen, std::span<const std::string_view> labels) {
  double most = 0;
  for (const std::string_view label : labels) most = std::max(most, seen.confidence(label));
  return most;
}

// Chances by topic. An ancestor is at least as likely as what it contains.
class Chances {
 public:
  void raise(std::string_view name, double chance) {
    for (const ModerationTopic* topic = find_moderation_topic(name); topic != nullptr;
         topic = find_moderation_topic(topic->parent)) {
      double& known = chances_[topic];
      known = std::max(known, chance);
    }
  }

  std::vector<ModerationLabel> labels(double min_confidence) const {
    std::vector<ModerationLabel> labels;
    for (const auto& [topic, chance] : chances_) {
      const double confidence = chance * 100;
      if (!reaches(confidence, std::max(kNoise, min_confidence))) continue;
      labels.push_back(
          {.name = topic->name, .parent = topic->parent, .level = topic->level, .confidence = confidence});
    }
    // Equal ones from the general to the particular, then by name.
    std::ranges::sort(labels, [](const ModerationLabel& a, const ModerationLabel& b) {
      if (a.confidence != b.confidence) return a.confidence > b.confidence;
      return a.level != b.level ? a.level < b.level : a.name < b.name;
    });
    return labels;
  }

 private:
  std::map<const ModerationTopic*, double> chances_;
};

void weigh_bodies(const Exposure& exposure, const Fusion& seen, double face_share, Chances& chances) {
  const double thing = thing_of(seen);
  const double face = std::clamp((face_share - 0.1) / 0.2, 0.0, 1.0);
  const double against = 2 + 4 * thing + 6 * face;
  const double graphic = exposure.porn + exposure.hentai;
  const double explicit_nudity = chance(logit(graphic) - against);
  chances.raise("Explicit Nudity", explicit_nudity);

  const double bare = chance(logit(graphic + exposure.sexy) - against);
  const double both = std::min({1.0, graphic / 0.3, exposure.sexy / 0.3});
  chances.raise("Non-Explicit Nudity", bare * (1 - explicit_nudity) * both);

  const auto swimwear = [&](double garment) {
    return chance(0.8 * logit(std::max(garment, 0.02)) - 0.7 + suggestive(exposure.sexy) - 3 * thing -
                  2 * face);
  };
  const double female = surest(seen, kFemale);
  const double male = surest(seen, kMale);
  if (female > 0) chances.raise("Female Swimwear or Underwear", swimwear(female));
  if (male > 0) chances.raise("Male Swimwear or Underwear", swimwear(male));
  chances.raise("Swimwear or Underwear", swimwear(0));
}

void weigh_things(const Fusion& seen, Chances& chances) {
  for (const Sign& sign : kSigns) {
    const double confidence = seen.confidence(sign.label);
    if (confidence > 0) chances.raise(sign.topic, sign.weight * confidence);
  }
  const double knife = seen.confidence("Knife") * (1 - surest(seen, kKitchen));
  if (knife > 0) chances.raise("Weapons", 0.8 * knife);
}

}  // namespace

bool suspicious(const Exposure& exposure) {
  return exposure.porn + exposure.hentai + exposure.sexy >= 0.1;
}

double thing_of(const Fusion& seen) {
  const std::vector<Label> labels = seen.labels();
  // What a detector boxed counts by the room it takes; so do its ancestors, which have no boxes of their own.
  std::set<std::string, std::less<>> boxed;
  for (const Label& label : labels) {
    if (!label.instances.empty()) boxed.insert(label.parents.begin(), label.parents.end());
  }
  double most = 0;
  for (const Label& label : labels) {
    const bool counts = std::ranges::any_of(label.categories, [](const std::string& category) {
      return std::ranges::find(kThings, category) != std::end(kThings);
    });
    if (!counts || boxed.contains(label.name)) continue;
    double sure = label.instances.empty() ? label.confidence / 100 : 0;
    for (const Instance& instance : label.instances) {
      sure = std::max(sure, instance.confidence / 100 * instance.box.width * instance.box.height);
    }
    most = std::max(most, sure);
  }
  return std::clamp((most - 0.3) / 0.5, 0.0, 1.0);
}

std::vector<std::string_view> weighed_labels() {
  std::vector<std::string_view> labels{"Knife"};
  for (const Sign& sign : kSigns) labels.push_back(sign.label);
  for (const std::span<const std::string_view> list :
       {std::span<const std::string_view>(kFemale), {kMale}, {kKitchen}}) {
    labels.insert(labels.end(), list.begin(), list.end());
  }
  return labels;
}

Moderation weigh(const Exposure& exposure, const Fusion& seen, double face_share, double min_confidence) {
  Chances chances;
  weigh_bodies(exposure, seen, face_share, chances);
  weigh_things(seen, chances);
  Moderation moderation{.labels = chances.labels(min_confidence), .content_types = {}};
  const auto add_type = [&](std::string_view name, double share) {
    const double confidence = 100 * chance(logit(share) - 2.5);
    if (reaches(confidence, std::max(kNoise, min_confidence))) {
      moderation.content_types.push_back({.name = name, .confidence = confidence});
    }
  };
  add_type("Illustrated", exposure.drawing + exposure.hentai);
  add_type("Animated", exposure.hentai);
  return moderation;
}

}  // namespace eyrie::vision
