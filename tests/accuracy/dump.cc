#include "dump.h"

#include <atomic>
#include <mutex>

#include "each.h"
#include "vision/labels/detector.h"
#include "vision/labels/fusion.h"
#include "vision/labels/label_finder.h"
#include "vision/networks/network.h"

namespace eyrie::accuracy {
namespace {

Result<std::vector<vision::Label>> raw_labels(vision::Network& network, const vision::ClassLabels& classes,
                                              const image::Image& picture) {
  vision::Fusion fusion;
  if (network.pack().task == vision::Task::kTag) {
    EYRIE_TRY(const std::vector<float> shares, network.tag(picture, vision::View::whole(picture)));
    fusion.add_tags(vision::TagShares(classes, shares), vision::Curve());
    return fusion.labels();
  }
  EYRIE_TRY(const std::vector<vision::Detection> objects, vision::detect_objects(network, picture));
  for (const vision::Detection& object : objects) {
    const vision::TaxonomyLabel* label = classes[static_cast<std::size_t>(object.cls)];
    if (label != nullptr) fusion.add_box(*label, {}, object.score);
  }
  return fusion.labels();
}

}  // namespace

Status dump_scores(const vision::Pack& pack, const vision::Pack& tagger_pack, const char* set_name, const EvalSet& set,
                   std::FILE* out) {
  vision::Network network(pack);
  vision::Network tagger(tagger_pack);
  EYRIE_CHECK_OK(network.warm_up());
  EYRIE_CHECK_OK(tagger.warm_up());
  const vision::ClassLabels tags(vision::Taxonomy::builtin(), tagger_pack);
  const vision::ClassLabels classes(vision::Taxonomy::builtin(), pack);
  std::mutex mutex;
  each(set.photos.size(), [&](std::size_t at) {
    const Photo& photo = set.photos[at];
    const auto picture = load(photo.file, kDecodeSide);
    if (!picture) return;
    const auto labels = raw_labels(network, classes, picture->image);
    const auto shares = tagger.tag(picture->image, vision::View::whole(picture->image));
    if (!labels || !shares) return;
    const vision::TagShares tagged(tags, *shares);
    const std::lock_guard lock(mutex);
    for (const vision::Label& label : *labels) {
      if (!set.judgeable.contains(label.name)) continue;
      const bool doubted = vision::contradicted(*vision::Taxonomy::builtin().find(label.name), tagged);
      std::fprintf(out, "%s\t%s\t%zu\t%s\t%.4f\t%d\t%d\n", pack.id.c_str(), set_name, at, label.name.c_str(),
                   label.confidence / 100, photo.truth.contains(label.name) ? 1 : 0, doubted ? 1 : 0);
    }
  });
  return {};
}

}  // namespace eyrie::accuracy
