#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "base/json.h"
#include "each.h"
#include "eval_set.h"
#include "sections.h"
#include "vision/local_recognizer.h"

namespace eyrie::accuracy {
namespace fs = std::filesystem;
namespace {

constexpr double kMinGender = 0.85;
constexpr double kMaxAgeError = 7;
// The middle of the truth's last group, "70+", and how far it is taken to reach.
constexpr double kOldest = 80;

constexpr const char* kAgeGenderDefinitions = R"(
Age and gender
  gender        of all photos: how many have the truth's gender. The face taken is the one nearest the photo's middle, which FairFace
                put there; a photo in which none is found counts as wrong.
  age error     mean distance, in years, of AgeRange's middle from the middle of the truth's age group: "20-29" is 25, "70+" is 75.
  group hit     of the faces found: how many have AgeRange's middle in the truth's group.
  overlap       of the faces found: how many have an AgeRange that overlaps the truth's group.
  inside        of the faces found: how many true ages lie inside their AgeRange, every age of the truth's group taken as likely; and how
                wide the ranges are on average.
  ms            wall time a photo on one of the threads at work, decoding and finding included.
)";

struct TrueFace {
  fs::path file;
  std::string group;
  double low = 0, high = 0;  // of the age group, years; high is the first birthday after it
  bool male = false;
};

std::optional<TrueFace> read_face(const json::value& entry, const fs::path& folder) {
  const json::string* name = find_string(entry, "filename");
  const json::string* age = find_string(entry, "age");
  const json::string* gender = find_string(entry, "gender");
  if (name == nullptr || age == nullptr || gender == nullptr) return std::nullopt;
  TrueFace face{.file = folder / std::string(*name), .group = std::string(*age), .male = *gender == "Male"};
  if (std::sscanf(age->c_str(), "%lf-%lf", &face.low, &face.high) == 2) {
    ++face.high;
  } else if (std::sscanf(age->c_str(), "%lf+", &face.low) == 1) {
    face.high = kOldest;
  } else {
    return std::nullopt;
  }
  return face;
}

std::vector<TrueFace> read_truth(const fs::path& folder) {
  std::ifstream file(folder / "truth.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto parsed = parse_json(text);
  std::vector<TrueFace> faces;
  if (!parsed || !parsed->is_array()) return faces;
  for (const json::value& entry : parsed->as_array()) {
    if (const auto face = read_face(entry, folder)) faces.push_back(*face);
  }
  return faces;
}

const vision::Face* middle_one(const std::vector<vision::Face>& faces) {
  const vision::Face* best = nullptr;
  double nearest = 1e9;
  for (const vision::Face& face : faces) {
    const double away =
        std::hypot(face.box.left + face.box.width / 2 - 0.5, face.box.top + face.box.height / 2 - 0.5);
    if (away < nearest) nearest = away, best = &face;
  }
  return best;
}

struct Tally {
  int photos = 0, found = 0, right_gender = 0, group_hit = 0, overlap = 0, failed = 0;
  double age_error = 0, bias = 0, inside = 0, width = 0, ms = 0;

  void add(const TrueFace& truth, const vision::Face& face) {
    const auto [low, high] = *face.age_range;
    const double age = (low + high) / 2.0;
    const double middle = (truth.low + truth.high) / 2;
    ++found;
    right_gender += (face.gender->first == vision::Gender::kMale) == truth.male ? 1 : 0;
    group_hit += age >= truth.low && (age < truth.high || truth.high == kOldest) ? 1 : 0;
    // Ages of whole years: who is `high` years old is so until the next birthday.
    const double common = std::min(high + 1.0, truth.high) - std::max<double>(low, truth.low);
    overlap += common > 0 || (truth.high == kOldest && low >= truth.high) ? 1 : 0;
    inside += std::max(0.0, common) / (truth.high - truth.low);
    age_error += std::abs(age - middle);
    bias += age - middle;
    width += high - low;
  }
  double of_found(double sum) const { return found == 0 ? 0 : sum / found; }
};

Result<std::vector<vision::Face>> look(vision::Recognizer& recognizer, const fs::path& file) {
  EYRIE_TRY(const image::Decoded picture, load(file, recognizer.useful_side()));
  vision::Request request;
  request.faces = vision::FaceRequest{.attributes = vision::kAgeRange | vision::kGender};
  EYRIE_TRY(vision::Recognition seen, recognizer.recognize(picture.image, request));
  return *std::move(seen.faces);
}

// By age.
using Groups = std::map<std::pair<double, std::string>, Tally>;

void print(const Groups& groups) {
  for (const auto& [group, tally] : groups) {
    std::printf("    %-6s %3d photos, %3d found: gender %.2f, age error %4.1f, bias %+5.1f, inside %.2f of %4.1f years\n",
                group.second.c_str(), tally.photos, tally.found,
                static_cast<double>(tally.right_gender) / tally.photos, tally.of_found(tally.age_error),
                tally.of_found(tally.bias), tally.of_found(tally.inside), tally.of_found(tally.width));
  }
}

}  // namespace

void measure_age_gender(Report& report) {
  std::printf("%s", kAgeGenderDefinitions);
  const fs::path folder = eval_directory() / "faces" / "age-gender";
  const std::vector<TrueFace> truth = read_truth(folder);
  if (truth.empty()) return report.skipped("age and gender", "no photos in " + folder.string());
  auto recognizer = vision::LocalRecognizer::open({.models = {}, .set = "default"});
  if (!recognizer) return report.skipped("age and gender", recognizer.error().message);

  Tally all{.photos = static_cast<int>(truth.size())};
  Groups groups;
  std::mutex mutex;
  each(truth.size(), [&](std::size_t at) {
    const Stopwatch watch;
    const auto faces = look(**recognizer, truth[at].file);
    const std::lock_guard lock(mutex);
    all.ms += watch.elapsed_ms();
    Tally& group = groups[{truth[at].low, truth[at].group}];
    ++group.photos;
    if (!faces) {
      if (all.failed++ == 0) std::printf("  FAILED: %s\n", faces.error().message.c_str());
      return;
    }
    if (const vision::Face* face = middle_one(*faces)) {
      all.add(truth[at], *face);
      group.add(truth[at], *face);
    }
  });
  std::printf(" age-gender, %d photos, %d found, %.0f ms a photo, %d failed\n", all.photos, all.found,
              all.ms / all.photos, all.failed);
  if (all.failed > 0) report.failed();
  report.figure("gender", static_cast<double>(all.right_gender) / all.photos, kMinGender);
  report.at_most("age error", all.of_found(all.age_error), kMaxAgeError);
  std::printf("  %-22s %7.4f\n", "group hit", all.of_found(all.group_hit));
  std::printf("  %-22s %7.4f\n", "overlap", all.of_found(all.overlap));
  std::printf("  %-22s %7.4f   %.1f years wide\n", "inside", all.of_found(all.inside),
              all.of_found(all.width));
  print(groups);
}

}  // namespace eyrie::accuracy
