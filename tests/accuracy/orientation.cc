#include <algorithm>
#include <cstdio>
#include <map>

#include "each.h"
#include "eval_set.h"
#include "sections.h"
#include "vision/local_recognizer.h"
#include "vision/networks/detection.h"

namespace eyrie::accuracy {
namespace {

constexpr const char* kOrientationDefinitions = R"(Orientation
  Two photos, each stored turned in every way that EXIF can say. Every file is compared with the one stored upright (_1). The
  files are not quite the same picture: each has its number drawn over its middle.
  labels        mean share of the labels at 80 and above that a file and the upright one have in common (of those that either has).
  boxes         the smallest overlap (IoU) of a box at 80 and above with the upright file's box of the same label.
)";

constexpr double kMinAgreed = 80;
constexpr double kMinOverlap = 0.9;

using Labels = std::vector<vision::Label>;

vision::Detection corners(const vision::BoundingBox& box) {
  return {.left = static_cast<float>(box.left),
          .top = static_cast<float>(box.top),
          .right = static_cast<float>(box.left + box.width),
          .bottom = static_cast<float>(box.top + box.height)};
}

// Of the box that fits worst; 1 where there are none.
double least_overlap(const vision::Label& label, const vision::Label& upright) {
  double least = 1;
  for (const vision::Instance& instance : label.instances) {
    double best = 0;
    for (const vision::Instance& other : upright.instances) {
      best = std::max(best, static_cast<double>(vision::iou(corners(instance.box), corners(other.box))));
    }
    least = std::min(least, best);
  }
  return least;
}

struct Comparison {
  double in_common = 1;
  double overlap = 1;
};

Comparison compare(const Labels& labels, const Labels& upright) {
  Comparison comparison;
  std::size_t both = 0;
  for (const vision::Label& label : labels) {
    const auto other = std::ranges::find(upright, label.name, &vision::Label::name);
    if (other == upright.end()) continue;
    ++both;
    comparison.overlap = std::min(comparison.overlap, least_overlap(label, *other));
  }
  const std::size_t either = labels.size() + upright.size() - both;
  if (either > 0) comparison.in_common = static_cast<double>(both) / static_cast<double>(either);
  return comparison;
}

void measure_group(const std::string& name, const std::map<std::string, Labels>& files, Report& report) {
  const auto upright = files.find("1");
  if (upright == files.end()) return report.skipped(name.c_str(), "no upright file");
  double in_common = 0;
  double overlap = 1;
  for (const auto& [turn, labels] : files) {
    const Comparison comparison = compare(labels, upright->second);
    in_common += comparison.in_common;
    overlap = std::min(overlap, comparison.overlap);
  }
  std::printf(" %s, %zu files, %zu labels\n", name.c_str(), files.size(), upright->second.size());
  report.figure("labels", in_common / static_cast<double>(files.size()), 0);
  report.figure("boxes", overlap, kMinOverlap);
}

}  // namespace

void measure_orientation(Report& report) {
  std::printf("\n%s", kOrientationDefinitions);
  const std::filesystem::path folder = eval_directory() / "exif" / "orientation";
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) return report.skipped("orientation", recognizer.error().message);
  std::map<std::string, std::map<std::string, Labels>> groups;  // by "landscape", by the orientation
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string stem = at->path().stem();  // "Landscape_6"
    const std::size_t split = stem.find('_');
    const auto picture = load(at->path(), (*recognizer)->useful_side());
    if (split == std::string::npos || !picture) continue;
    auto labels = (*recognizer)->detect_labels(picture->image, {.min_confidence = kMinAgreed});
    if (labels) groups[stem.substr(0, split)][stem.substr(split + 1)] = *std::move(labels);
  }
  if (groups.empty()) return report.skipped("orientation", "no photos in " + folder.string());
  for (const auto& [name, files] : groups) measure_group(name, files, report);
}

}  // namespace eyrie::accuracy
