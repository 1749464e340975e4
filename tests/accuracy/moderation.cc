#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "each.h"
#include "eval_set.h"
#include "sections.h"
#include "vision/local_recognizer.h"

namespace eyrie::accuracy {
namespace {

constexpr double kMaxFalse = 0.01;
constexpr double kMinConfidence = 50;

constexpr const char* kModerationDefinitions = R"(Moderation
  flagged    of the photos: how many have a moderation label at MinConfidence 50, the default.
  false      of the photos: how many have a first-level label that they do not show. What a photo shows is told by its ImageNet class (a rifle
             is a weapon, a beer bottle alcohol), else by looking at it; the lists are in tests/accuracy/moderation.cc. Content types
             (Illustrated, Animated) are no moderation labels; photographs that have one are counted apart.
  shown      of the photos that show something: how many have its first-level label.
  close-ups  faces cut out of photographs (faces/age-gender, faces/detect): nobody in them is more than shirtless.
)";

using Topics = std::set<std::string>;

// ImageNet's classes that are what a moderation label means, by index.
const std::map<int, std::string>& topics_of_classes() {
  static const std::map<int, std::string> topics{
      {413, "Violence"},               // assault rifle
      {456, "Violence"},               // bow
      {471, "Violence"},               // cannon
      {597, "Violence"},               // holster
      {657, "Violence"},               // missile
      {744, "Violence"},               // projectile
      {763, "Violence"},               // revolver
      {764, "Violence"},               // rifle
      {777, "Violence"},               // scabbard
      {847, "Violence"},               // tank
      {440, "Alcohol"},                // beer bottle
      {441, "Alcohol"},                // beer glass
      {503, "Alcohol"},                // cocktail shaker
      {572, "Alcohol"},                // goblet
      {901, "Alcohol"},                // whiskey jug
      {907, "Alcohol"},                // wine bottle
      {966, "Alcohol"},                // red wine
      {445, "Swimwear or Underwear"},  // bikini
      {459, "Swimwear or Underwear"},  // brassiere
      {638, "Swimwear or Underwear"},  // maillot
      {639, "Swimwear or Underwear"},  // maillot, tank suit
      {842, "Swimwear or Underwear"},  // swimming trunks
      {720, "Drugs & Tobacco"},        // pill bottle
      {845, "Drugs & Tobacco"},        // syringe
      {860, "Drugs & Tobacco"},        // tobacco shop
      {800, "Gambling"},               // slot
  };
  return topics;
}

// What else was seen in the photos at hand, by the beginning of the file's name.
const std::map<std::string, Topics>& topics_of_files() {
  constexpr const char* kBare = "Non-Explicit Nudity of Intimate parts and Kissing";
  static const std::map<std::string, Topics> topics{
      {"000000000036", {"Swimwear or Underwear"}},
      {"000000000315", {"Swimwear or Underwear"}},
      {"000000000283", {"Alcohol"}},
      {"000000000308", {"Alcohol"}},
      {"000000000326", {"Alcohol"}},
      {"000000000562", {"Alcohol"}},
      {"004_n01494475", {kBare, "Swimwear or Underwear"}},  // a fisherman in shorts
      {"644_n03729826", {kBare}},                           // bare shoulders
      {"876_n04493381", {"Swimwear or Underwear", "Alcohol"}},
  };
  return topics;
}

Topics truth_of(const Photo& photo) {
  Topics topics;
  const std::string name = photo.file.filename().string();
  for (const auto& [start, seen] : topics_of_files()) {
    if (name.starts_with(start)) topics.insert(seen.begin(), seen.end());
  }
  if (photo.category) {
    const auto at = topics_of_classes().find(static_cast<int>(*photo.category));
    if (at != topics_of_classes().end()) topics.insert(at->second);
  }
  return topics;
}

struct Verdict {
  Topics topics;  // of the first level
  bool drawn = false;
  std::string said;  // every label and its confidence
};

Result<Verdict> judge(vision::Recognizer& recognizer, const std::filesystem::path& file) {
  EYRIE_TRY(const image::Decoded picture, load(file, recognizer.useful_side()));
  vision::Request request;
  request.moderation = vision::ModerationRequest{.min_confidence = kMinConfidence};
  EYRIE_TRY(const vision::Recognition seen, recognizer.recognize(picture.image, request));
  Verdict verdict;
  for (const vision::ModerationLabel& label : seen.moderation->labels) {
    if (label.level == 1) verdict.topics.emplace(label.name);
    verdict.said += " " + std::string(label.name) + " " + std::to_string(std::lround(label.confidence)) + ";";
  }
  verdict.drawn = !seen.moderation->content_types.empty();
  return verdict;
}

struct Counts {
  std::size_t photos = 0, flagged = 0, wrong = 0, drawn = 0, shown = 0, found = 0, failed = 0;
};

Counts count(vision::Recognizer& recognizer, const std::vector<Photo>& photos) {
  Counts counts{.photos = photos.size()};
  std::mutex mutex;
  std::vector<std::string> lines;
  each(photos.size(), [&](std::size_t at) {
    const Photo& photo = photos[at];
    const auto verdict = judge(recognizer, photo.file);
    const std::lock_guard lock(mutex);
    if (!verdict) {
      if (counts.failed++ == 0) std::printf("  FAILED: %s\n", verdict.error().message.c_str());
      return;
    }
    const Topics truth = truth_of(photo);
    const bool wrong = !std::ranges::includes(truth, verdict->topics);
    counts.flagged += verdict->topics.empty() ? 0 : 1;
    counts.wrong += wrong ? 1 : 0;
    counts.drawn += verdict->drawn ? 1 : 0;
    counts.shown += truth.size();
    std::string missed;
    for (const std::string& topic : truth) {
      if (verdict->topics.contains(topic)) {
        ++counts.found;
      } else {
        missed += " " + topic + ";";
      }
    }
    const std::string name = photo.file.filename().string();
    if (wrong) lines.push_back("    wrong  " + name + ":" + verdict->said);
    if (!missed.empty()) lines.push_back("    missed " + name + ":" + missed);
  });
  std::ranges::sort(lines);
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  return counts;
}

void print(const char* name, const Counts& counts, Report& report) {
  const auto share = [&](std::size_t part) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(counts.photos, 1));
  };
  std::printf(" %s, %zu photos\n", name, counts.photos);
  report.figure("flagged", share(counts.flagged), 0);
  report.at_most("false", share(counts.wrong), kMaxFalse);
  std::printf("  %-22s %zu of %zu\n", "shown and found", counts.found, counts.shown);
  std::printf("  %-22s %zu\n", "called drawn", counts.drawn);
  if (counts.failed > 0) report.failed();
}

// In the order of their names. An ImageNet photo's class stands before the first underscore.
std::vector<Photo> photos_under(const std::filesystem::path& folder, bool classes) {
  std::vector<Photo> photos;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string extension = lower_case(entry.path().extension().string());
    if (extension != ".jpg" && extension != ".jpeg" && extension != ".png") continue;
    Photo photo{.file = entry.path(), .boxes = {}, .category = {}, .truth = {}};
    if (classes) photo.category = std::strtoul(entry.path().filename().c_str(), nullptr, 10);
    photos.push_back(std::move(photo));
  }
  std::ranges::sort(photos, {}, &Photo::file);
  return photos;
}

}  // namespace

void measure_moderation(Report& report) {
  std::printf("\n%s\n", kModerationDefinitions);
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) {
    report.skipped("moderation", recognizer.error().message);
    return;
  }
  const auto models = (*recognizer)->models();
  const bool installed = std::ranges::any_of(
      models, [](const vision::ModelStatus& model) { return model.role == "moderation" && model.selected; });
  if (!installed) {
    report.skipped("moderation", "no model for it is installed");
    return;
  }
  const auto section = [&](const char* name, const std::vector<Photo>& photos) {
    if (photos.empty()) return report.skipped(name, "no photos at " + eval_directory().string());
    print(name, count(**recognizer, photos), report);
  };
  section("coco", photos_under(eval_directory() / "coco" / "images", false));
  section("imagenet", photos_under(eval_directory() / "imagenet", true));
  std::vector<Photo> faces = photos_under(eval_directory() / "faces" / "age-gender", false);
  std::ranges::move(photos_under(eval_directory() / "faces" / "detect", false), std::back_inserter(faces));
  section("close-ups", faces);
}

}  // namespace eyrie::accuracy
