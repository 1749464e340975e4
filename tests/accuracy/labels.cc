#include <algorithm>
#include <atomic>
#include <cstdio>

#include "average_precision.h"
#include "base/time/clock.h"
#include "dump.h"
#include "each.h"
#include "eval_set.h"
#include "label_score.h"
#include "sections.h"
#include "vision/local_recognizer.h"
#include "vision/networks/model_set.h"
#include "vision/networks/network.h"

namespace eyrie::accuracy {
namespace {

constexpr double kMinTop1 = 0.90;
constexpr double kMinTop5 = 0.98;
constexpr double kMinPrecision = 0.90;

struct SetTarget {
  const char* set;
  double min_map;  // 0: none stated
};
constexpr SetTarget kSets[] = {{"default", 0.57}, {"small", 0}, {"quality", 0.73}};

// The small set trades accuracy for speed: its figures are printed, no target is stated for them.
bool judged(const SetTarget& target) { return target.min_map > 0; }

constexpr const char* kLabelDefinitions = R"(Labels
  mAP50      mean over classes of average precision at overlap (IoU) 0.5, 101 recall points, boxes of 1 % and above, 100 a photo.
             Boxes are the Instances of DetectLabels at MinConfidence 0; classes are told by label.
  precision  of the labels at confidence 80 and above that the truth can judge: how many are right. Right is the label of a class
             that the truth names in the photo, or an ancestor of it. Judged are labels that some class of the truth has, or is
             below; others ("not judged") are not counted.
  recall     of the pairs (photo, class in it): how many have the class's label at confidence 80 and above.
  top-1/5    the photo's class is the tagger's first / among its first five.
  ms         wall time a photo on one of the threads at work, decoding included.
)";

struct Answers {
  std::vector<std::vector<vision::Label>> labels;  // by photo
  double ms_a_photo = 0;
  int failures = 0;
};

Answers ask(vision::Recognizer& recognizer, const EvalSet& set) {
  Answers answers;
  answers.labels.resize(set.photos.size());
  std::atomic<int> failures = 0;
  std::atomic<double> total = 0;
  each(set.photos.size(), [&](std::size_t at) {
    const Stopwatch watch;
    auto picture = load(set.photos[at].file, recognizer.useful_side());
    if (!picture) {
      ++failures;
      return;
    }
    auto labels = recognizer.detect_labels(picture->image, {.min_confidence = 0});
    total += watch.elapsed_ms();
    if (!labels) {
      std::fprintf(stderr, "%s: %s\n", set.photos[at].file.c_str(), labels.error().message.c_str());
      ++failures;
      return;
    }
    answers.labels[at] = *std::move(labels);
  });
  answers.failures = failures;
  answers.ms_a_photo = total / static_cast<double>(set.photos.size());
  return answers;
}

double map_of(const EvalSet& set, const Answers& answers) {
  BoxesByClass classes;
  for (std::size_t i = 0; i < set.photos.size(); ++i) {
    for (const TrueBox& box : set.photos[i].boxes) classes[box.label].truth.push_back({i, box.box, 0});
    for (const vision::Label& label : answers.labels[i]) {
      if (!set.classes.contains(label.name)) continue;
      for (const vision::Instance& found : label.instances) {
        classes[label.name].found.push_back({i, found.box, found.confidence});
      }
    }
  }
  limit_boxes(classes);
  return mean_average_precision(classes);
}

LabelScore score_of(const EvalSet& set, const Answers& answers) {
  LabelScore score;
  for (std::size_t i = 0; i < set.photos.size(); ++i) score.add(set, set.photos[i], answers.labels[i]);
  return score;
}

void print_score(const LabelScore& score, const SetTarget& target, Report& report) {
  report.figure("precision at 80", score.precision(), judged(target) ? kMinPrecision : 0);
  std::printf("  %-22s %d right of %d judged, %d not judged; wrong: %s\n", "", score.right(), score.judged(),
              score.not_judged(), score.worst().c_str());
  std::printf("  %-22s %7.4f\n", "recall at 80", score.recall());
}

// First and first-five rightness of the tagger itself.
void measure_tagger(vision::Network& tagger, const EvalSet& set, const SetTarget& target, Report& report) {
  std::atomic<int> first = 0;
  std::atomic<int> five = 0;
  each(set.photos.size(), [&](std::size_t at) {
    const Photo& photo = set.photos[at];
    const auto picture = load(photo.file, kDecodeSide);
    if (!picture) return;
    const auto shares = tagger.tag(picture->image, vision::View::whole(picture->image));
    if (!shares) return;
    const float own = (*shares)[*photo.category];
    const auto better = std::ranges::count_if(*shares, [own](float share) { return share > own; });
    first += better < 1 ? 1 : 0;
    five += better < 5 ? 1 : 0;
  });
  report.figure("top-1", static_cast<double>(first) / static_cast<double>(set.photos.size()), judged(target) ? kMinTop1 : 0);
  report.figure("top-5", static_cast<double>(five) / static_cast<double>(set.photos.size()), judged(target) ? kMinTop5 : 0);
}

// The installed packs' own class lists give the truth's indices their names.
std::vector<std::string> coco_classes(const vision::Pack& detector) {
  std::vector<std::string> names = detector.classes;
  std::erase(names, "");  // COCO's 90 ids have gaps; its 80 classes do not
  return names;
}

void measure(const SetTarget& target, const std::vector<vision::Pack>& packs, Report& report) {
  std::printf("\nset %s\n", target.set);
  const auto selected = vision::select_models(packs, target.set);
  auto recognizer = vision::LocalRecognizer::open({.models = {}, .set = target.set});
  if (!selected || !recognizer) {
    std::printf("  skipped: %s\n", (selected ? recognizer.error() : selected.error()).message.c_str());
    return;
  }
  if (const Status ready = (*recognizer)->warm_up(); !ready) {
    std::printf("  FAILED: %s\n", ready.error().message.c_str());
    report.failed();
    return;
  }
  const vision::Pack& detector = packs[(*selected)[0]];
  std::printf("  models:");
  for (const std::size_t index : *selected) std::printf(" %s", packs[index].id.c_str());
  std::printf("\n");
  if (const auto coco = read_coco(eval_directory() / "coco", coco_classes(detector))) {
    const Answers answers = ask(**recognizer, *coco);
    const LabelScore score = score_of(*coco, answers);
    std::printf(" coco, %zu photos, %.0f ms a photo, %d failed\n", coco->photos.size(), answers.ms_a_photo,
                answers.failures);
    report.figure("mAP50", map_of(*coco, answers), target.min_map);
    print_score(score, target, report);
    std::printf("  %-22s Person %s, Car %s\n", "", score.recall_of("Person").c_str(),
                score.recall_of("Car").c_str());
  } else {
    std::printf(" coco: skipped, no photos in %s\n", (eval_directory() / "coco").c_str());
  }
  const auto tagger =
      std::ranges::find(*selected, vision::Role::kTagger, [&](std::size_t i) { return packs[i].role; });
  if (tagger == selected->end()) {
    std::printf(" imagenet: skipped, no tagger is installed\n");
    return;
  }
  if (const auto imagenet = read_imagenet(eval_directory() / "imagenet", packs[*tagger].classes)) {
    const Answers answers = ask(**recognizer, *imagenet);
    std::printf(" imagenet, %zu photos, %.0f ms a photo, %d failed\n", imagenet->photos.size(),
                answers.ms_a_photo, answers.failures);
    vision::Network network(packs[*tagger]);
    measure_tagger(network, *imagenet, target, report);
    print_score(score_of(*imagenet, answers), target, report);
  } else {
    std::printf(" imagenet: skipped, no photos in %s\n", (eval_directory() / "imagenet").c_str());
  }
}

}  // namespace

void measure_labels(Report& report) {
  std::printf("\n%s", kLabelDefinitions);
  const auto installed = vision::read_models(vision::default_models_directory());
  if (!installed) return report.skipped("labels", installed.error().message);
  for (const SetTarget& target : kSets) measure(target, installed->packs, report);
}

// Every installed detector and tagger on both sets.
int dump_all() {
  const auto installed = vision::read_models(vision::default_models_directory());
  if (!installed) {
    std::fprintf(stderr, "%s\n", installed.error().message.c_str());
    return 1;
  }
  const std::vector<vision::Pack>& packs = installed->packs;
  const auto detector = std::ranges::find(packs, vision::Role::kDetector, &vision::Pack::role);
  const auto tagger = std::ranges::find(packs, "efficientnet-lite4", &vision::Pack::id);
  if (detector == packs.end() || tagger == packs.end()) return 1;
  const auto coco = read_coco(eval_directory() / "coco", coco_classes(*detector));
  const auto imagenet = read_imagenet(eval_directory() / "imagenet", tagger->classes);
  for (const vision::Pack& pack : packs) {
    if (pack.role != vision::Role::kDetector && pack.role != vision::Role::kTagger) continue;
    if (coco) static_cast<void>(dump_scores(pack, *tagger, "coco", *coco, stdout));
    if (imagenet) static_cast<void>(dump_scores(pack, *tagger, "imagenet", *imagenet, stdout));
  }
  return 0;
}

}  // namespace eyrie::accuracy
