#include "vision/local_recognizer.h"

#include <cstdlib>

#include "base/log.h"
#include "vision/calibration.h"
#include "vision/detector.h"
#include "vision/filter.h"
#include "vision/fusion.h"
#include "vision/model_set.h"
#include "vision/networks/network.h"
#include "vision/networks/runtime.h"
#include "vision/taxonomy.h"

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

// Below this many pixels of the longer side, views of a part show a network less than it could use.
constexpr int kUsefulSide = 800;

// A fine tagger is asked where its subject is at least this sure.
constexpr double kAskFineTagger = 0.3;

// One selected model, with what turns its answer into labels.
struct Model {
  Model(Pack pack, const Taxonomy& taxonomy)
      : network(std::move(pack)),
        labels(taxonomy, network.pack()),
        curve(Calibration::builtin().curve(network.pack().id)) {}

  Role role() const { return network.pack().role; }

  Network network;
  const ClassLabels labels;
  const Curve& curve;
};

class Recognizers final : public LocalRecognizer {
 public:
  Recognizers(ModelDirectory installed, const std::vector<std::size_t>& selected, std::string set)
      : set_(std::move(set)),
        taxonomy_(Taxonomy::builtin()),
        plant_(taxonomy_.find("Plant")),
        food_(taxonomy_.find("Food")) {
    for (const std::size_t index : selected) {
      models_.push_back(std::make_unique<Model>(installed.packs[index], taxonomy_));
    }
    for (const Pack& pack : installed.packs) status_.push_back(status_of(pack));
    for (const BrokenPack& broken : installed.broken) {
      log_warning("model pack ignored", {{"model", broken.id}, {"error", broken.error.message}});
      status_.push_back({.id = broken.id, .title = "damaged: " + broken.error.message});
    }
  }

  Result<std::vector<Label>> detect_labels(const image::Image& picture, const LabelFilter& filter) override {
    if (picture.width <= 0 || picture.height <= 0)
      return fail(Code::kInvalidArgument, "the picture is empty");
    Fusion fusion;
    for (const auto& model : models_) {  // detectors and taggers come before the fine taggers they gate
      const Status added = add(*model, picture, fusion);
      if (!added) return std::unexpected(added.error());
    }
    return apply_filter(fusion.labels(), filter);
  }

  int useful_side() const override { return kUsefulSide; }

  std::string label_model_version() const override { return EYRIE_VERSION "-" + set_; }

  Status warm_up() override {
    for (const auto& model : models_) EYRIE_CHECK_OK(model->network.warm_up());
    return {};
  }

  std::vector<ModelStatus> models() const override {
    std::vector<ModelStatus> all = status_;
    for (ModelStatus& status : all) {
      for (const auto& model : models_) {
        if (model->network.pack().id != status.id) continue;
        status.selected = true;
        status.loaded = model->network.loaded();
      }
    }
    return all;
  }

 private:
  static ModelStatus status_of(const Pack& pack) {
    return {.id = pack.id,
            .title = pack.title,
            .task = std::string(task_name(pack.task)),
            .role = std::string(role_name(pack.role)),
            .set = pack.set,
            .licence = pack.licence,
            .package = pack.package,
            .bytes = pack.bytes,
            .installed = true};
  }

  static Status add(Model& model, const image::Image& picture, Fusion& fusion, double weight) {
    EYRIE_TRY(const std::vector<float> shares, model.network.tag(picture, View::whole(picture)));
    fusion.add_tags(model.labels, shares, model.curve, weight);
    return {};
  }

  static Status add_objects(Model& model, const image::Image& picture, Fusion& fusion) {
    EYRIE_TRY(const std::vector<Detection> objects, detect_objects(model.network, picture));
    for (const Detection& object : objects) {
      const TaxonomyLabel* label = model.labels[static_cast<std::size_t>(object.cls)];
      if (label == nullptr) continue;
      const BoundingBox box{object.left, object.top, object.right - object.left, object.bottom - object.top};
      fusion.add_box(*label, box, model.curve(object.score));
    }
    return {};
  }

  Status add(Model& model, const image::Image& picture, Fusion& fusion) const {
    switch (model.role()) {
      case Role::kDetector:
        return add_objects(model, picture, fusion);
      case Role::kTagger:
        return add(model, picture, fusion, 1);
      case Role::kPlants:
      case Role::kDishes: {
        const double subject = fusion.confidence(model.role() == Role::kPlants ? plant_ : food_);
        if (subject < kAskFineTagger) return {};
        return add(model, picture, fusion, subject);
      }
    }
    return {};
  }

  // Constant after construction.
  const std::string set_;
  const Taxonomy& taxonomy_;
  const TaxonomyLabel* const plant_;
  const TaxonomyLabel* const food_;
  std::vector<std::unique_ptr<Model>> models_;
  std::vector<ModelStatus> status_;
};

}  // namespace

fs::path default_models_directory() {
  const char* named = std::getenv("EYRIE_MODELS");
  return named != nullptr && *named != '\0' ? fs::path(named) : user_cache_directory() / "models";
}

Result<std::unique_ptr<LocalRecognizer>> LocalRecognizer::open(const LocalRecognizerOptions& options) {
  EYRIE_TRY(ModelDirectory installed,
            read_models(options.models.empty() ? default_models_directory() : options.models));
  EYRIE_TRY(const std::vector<std::size_t> selected, select_models(installed.packs, options.set));
  return std::make_unique<Recognizers>(std::move(installed), selected, options.set);
}

}  // namespace eyrie::vision
