#include "vision/labels/label_finder.h"

#include <algorithm>

namespace eyrie::vision {
namespace {

// A fine tagger is asked where its subject is at least this sure.
constexpr double kAskFineTagger = 0.3;

// A tagger contradicts where it gives one class at least this much, and what is contradicted less than the other.
constexpr double kSureShare = 0.8;
constexpr double kFaintShare = 0.05;
constexpr std::string_view kExempt = "Person";

}  // namespace

LabelFinder::LabelFinder(const Networks& networks)
    : plant_(Taxonomy::builtin().find("Plant")),
      food_(Taxonomy::builtin().find("Food")) {
  const Calibration& calibration = Calibration::builtin();
  for (const auto& network : networks.all()) {
    const Pack& pack = network->pack();
    if (pack.task != Task::kDetect && pack.task != Task::kTag) continue;
    models_.push_back(std::make_unique<Model>(network.get(), ClassLabels(Taxonomy::builtin(), pack),
                                              calibration.curve(pack.id),
                                              calibration.curve(pack.id + "/contradicted")));
  }
}

Result<Fusion> LabelFinder::look(const image::Image& picture, ObjectsOnce& objects) const {
  Fusion fusion;
  std::vector<TagShares> tags;
  for (const auto& model : models_) {
    if (model->network->pack().role != Role::kTagger) continue;
    EYRIE_TRY(TagShares shares, tag(*model, picture));
    fusion.add_tags(shares, model->curve);
    tags.push_back(std::move(shares));
  }
  for (const auto& model : models_) {
    if (model->network->pack().role != Role::kDetector) continue;
    EYRIE_CHECK_OK(add_objects(*model, picture, objects, tags, fusion));
  }
  for (const auto& model : models_) {
    const Role role = model->network->pack().role;
    if (role != Role::kPlants && role != Role::kDishes) continue;
    const double subject = fusion.confidence(role == Role::kPlants ? plant_ : food_);
    if (subject < kAskFineTagger) continue;
    EYRIE_TRY(const TagShares shares, tag(*model, picture));
    fusion.add_tags(shares, model->curve, subject);
  }
  return fusion;
}

Result<TagShares> LabelFinder::tag(const Model& model, const image::Image& picture) {
  EYRIE_TRY(const std::vector<float> shares, model.network->tag(picture, View::whole(picture)));
  return TagShares(model.labels, shares);
}

bool contradicted(const TaxonomyLabel& label, const TagShares& shares) {
  return label.name != kExempt && shares.top() >= kSureShare && shares.of(label) < kFaintShare;
}

Status LabelFinder::add_objects(const Model& model, const image::Image& picture, ObjectsOnce& objects,
                                const std::vector<TagShares>& tags, Fusion& fusion) {
  EYRIE_TRY(const std::vector<Detection> found, objects.find(*model.network, picture));
  for (const Detection& object : found) {
    const TaxonomyLabel* label = model.labels[static_cast<std::size_t>(object.cls)];
    if (label == nullptr) continue;
    const BoundingBox box{object.left, object.top, object.right - object.left, object.bottom - object.top};
    const bool doubted =
        std::ranges::any_of(tags, [&](const TagShares& shares) { return contradicted(*label, shares); });
    const Curve& curve = doubted ? model.contradicted : model.curve;
    fusion.add_box(*label, box, curve(object.score));
  }
  return {};
}

}  // namespace eyrie::vision
