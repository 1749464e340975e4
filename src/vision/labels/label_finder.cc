#include "vision/labels/label_finder.h"

#include "vision/labels/detector.h"

namespace eyrie::vision {
namespace {

// A fine tagger is asked where its subject is at least this sure.
constexpr double kAskFineTagger = 0.3;

}  // namespace

LabelFinder::LabelFinder(const Networks& networks)
    : plant_(Taxonomy::builtin().find("Plant")), food_(Taxonomy::builtin().find("Food")) {
  for (const auto& network : networks.all()) {
    const Pack& pack = network->pack();
    if (pack.task != Task::kDetect && pack.task != Task::kTag) continue;
    models_.push_back(std::make_unique<Model>(network.get(), ClassLabels(Taxonomy::builtin(), pack),
                                              Calibration::builtin().curve(pack.id)));
  }
}

Result<Fusion> LabelFinder::look(const image::Image& picture) const {
  Fusion fusion;
  for (const auto& model : models_) {  // detectors and taggers come before the fine taggers they gate
    EYRIE_CHECK_OK(add(*model, picture, fusion));
  }
  return fusion;
}

Status LabelFinder::add(const Model& model, const image::Image& picture, Fusion& fusion) const {
  const Role role = model.network->pack().role;
  if (role == Role::kDetector) return add_objects(model, picture, fusion);
  if (role == Role::kTagger) return add_tags(model, picture, fusion, 1);
  const double subject = fusion.confidence(role == Role::kPlants ? plant_ : food_);
  return subject < kAskFineTagger ? Status() : add_tags(model, picture, fusion, subject);
}

Status LabelFinder::add_tags(const Model& model, const image::Image& picture, Fusion& fusion, double weight) {
  EYRIE_TRY(const std::vector<float> shares, model.network->tag(picture, View::whole(picture)));
  fusion.add_tags(model.labels, shares, model.curve, weight);
  return {};
}

Status LabelFinder::add_objects(const Model& model, const image::Image& picture, Fusion& fusion) {
  EYRIE_TRY(const std::vector<Detection> objects, detect_objects(*model.network, picture));
  for (const Detection& object : objects) {
    const TaxonomyLabel* label = model.labels[static_cast<std::size_t>(object.cls)];
    if (label == nullptr) continue;
    const BoundingBox box{object.left, object.top, object.right - object.left, object.bottom - object.top};
    fusion.add_box(*label, box, model.curve(object.score));
  }
  return {};
}

}  // namespace eyrie::vision
