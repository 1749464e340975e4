#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

#include "base/time/clock.h"
#include "base/json.h"
#include "each.h"
#include "eval_set.h"
#include "sections.h"
#include "verification.h"
#include "vision/faces/similarity.h"
#include "vision/local_recognizer.h"

namespace eyrie::accuracy {
namespace fs = std::filesystem;
namespace {

constexpr double kMinFound = 1;
constexpr double kMostExtra = 1;
constexpr double kMinVerified = 0.98;
constexpr double kMinAccepts = 0.97;
constexpr double kSurelySame = 80;

constexpr const char* kFaceDefinitions = R"(Faces
  found      of the faces whose nose the truth points at, how many have a box of their own with the nose in it.
  extra      boxes that are left over.
  accuracy   of the pairs of faces/verify, how many are judged right as one person or two; ten folds, the threshold from the
             other nine.
  TAR        of the pairs of one person, how many are more alike than all but 1 % of the pairs of two.
  FMR at 80  of all pairs of pictures of two people in the set, how many have a similarity of 80 or more.
  ms         wall time a picture on one of the threads at work, without decoding.
)";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

json::array truth_of(const fs::path& file) {
  const auto parsed = parse_json(text_of(file));
  return parsed && parsed->is_array() ? parsed->get_array() : json::array{};
}

std::string member(const json::value& value, std::string_view name) {
  const json::string* found = find_string(value, name);
  return found != nullptr ? std::string(*found) : std::string();
}

struct Seen {
  std::vector<vision::Face> faces;
  double ms = 0;
};

// The faces of every file; a failure is said and seen as no face.
std::vector<Seen> look_at(vision::Recognizer& recognizer, const std::vector<fs::path>& files,
                          const vision::FaceRequest& request) {
  std::vector<Seen> seen(files.size());
  each(files.size(), [&](std::size_t at) {
    const auto picture = load(files[at], recognizer.useful_side());
    if (!picture) {
      std::fprintf(stderr, "%s: %s\n", files[at].c_str(), picture.error().message.c_str());
      return;
    }
    vision::Request asked;
    asked.faces = request;
    const Stopwatch watch;
    auto found = recognizer.recognize(picture->image, asked);
    seen[at].ms = watch.elapsed_ms();
    if (!found) {
      std::fprintf(stderr, "%s: %s\n", files[at].c_str(), found.error().message.c_str());
      return;
    }
    seen[at].faces = *std::move(found->faces);
  });
  return seen;
}

double mean_ms(const std::vector<Seen>& seen) {
  double sum = 0;
  for (const Seen& one : seen) sum += one.ms;
  return seen.empty() ? 0 : sum / static_cast<double>(seen.size());
}

// ---- detection

bool holds(const vision::BoundingBox& box, vision::Point point) {
  return point.x >= box.left && point.x <= box.left + box.width && point.y >= box.top &&
         point.y <= box.top + box.height;
}

struct Found {
  int noses = 0, found = 0, extra = 0;
};

// The noses, each with the box whose middle is nearest and that is nobody else's.
Found match(const std::vector<vision::Point>& noses, const std::vector<vision::Face>& faces) {
  std::vector<bool> used(faces.size());
  Found result{.noses = static_cast<int>(noses.size())};
  for (const vision::Point& nose : noses) {
    double best = 1e9;
    std::size_t chosen = faces.size();
    for (std::size_t i = 0; i < faces.size(); ++i) {
      const vision::BoundingBox& box = faces[i].box;
      const double away =
          std::hypot(box.left + box.width / 2 - nose.x, box.top + box.height / 2 - nose.y);
      if (!used[i] && holds(box, nose) && away < best) best = away, chosen = i;
    }
    if (chosen == faces.size()) continue;
    used[chosen] = true;
    ++result.found;
  }
  result.extra = static_cast<int>(std::ranges::count(used, false));
  return result;
}

void measure_detection(vision::Recognizer& recognizer, Report& report) {
  const fs::path folder = eval_directory() / "faces" / "detect";
  std::vector<fs::path> files;
  std::vector<std::vector<vision::Point>> noses;
  for (const json::value& photo : truth_of(folder / "truth.json")) {
    files.push_back(folder / member(photo, "image"));
    const std::string bytes = text_of(files.back());
    const auto header = image::read_header(as_bytes(bytes));
    noses.emplace_back();
    const json::value* points = find(photo, "noses");
    if (!header || points == nullptr || !points->is_array()) continue;
    for (const json::value& point : points->get_array()) {
      if (!point.is_array() || point.get_array().size() != 2) continue;
      noses.back().push_back({point.get_array()[0].to_number<double>() / header->width,
                              point.get_array()[1].to_number<double>() / header->height});
    }
  }
  if (files.empty()) return report.skipped("detect", "no photos in " + folder.string());
  const std::vector<Seen> seen = look_at(recognizer, files, {});
  Found total;
  double least = 100;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Found one = match(noses[i], seen[i].faces);
    total.noses += one.noses;
    total.found += one.found;
    total.extra += one.extra;
    for (const vision::Face& face : seen[i].faces) least = std::min(least, face.confidence);
    if (one.found < one.noses || one.extra > 0) {
      std::printf("  %-22s %d of %d found, %d extra\n", files[i].filename().c_str(), one.found, one.noses, one.extra);
    }
  }
  std::printf(" detect, %zu photos, %.0f ms a photo: %d of %d faces, least confidence %.1f\n", files.size(),
              mean_ms(seen), total.found, total.noses, least);
  report.figure("found", static_cast<double>(total.found) / std::max(1, total.noses), kMinFound);
  report.at_most("extra", total.extra, kMostExtra);
}

// ---- verification

using Embeddings = std::map<std::string, std::vector<float>>;

double alike(const Embeddings& embeddings, const std::string& left, const std::string& right) {
  const auto a = embeddings.find(left);
  const auto b = embeddings.find(right);
  return a == embeddings.end() || b == embeddings.end() ? 0 : vision::similarity(a->second, b->second);
}

// Pairs of all pictures of different names.
std::vector<JudgedPair> all_strangers(const Embeddings& embeddings) {
  const auto person = [](const std::string& file) { return file.substr(0, file.rfind('_')); };
  std::vector<JudgedPair> pairs;
  for (auto a = embeddings.begin(); a != embeddings.end(); ++a) {
    for (auto b = std::next(a); b != embeddings.end(); ++b) {
      if (person(a->first) != person(b->first)) pairs.push_back({vision::similarity(a->second, b->second), false});
    }
  }
  return pairs;
}

void measure_verification(vision::Recognizer& recognizer, Report& report) {
  const fs::path folder = eval_directory() / "faces" / "verify";
  struct Line {
    std::string left, right;
    bool same;
  };
  std::vector<Line> lines;
  std::set<std::string> names;
  std::istringstream table(text_of(folder / "pairs.csv"));
  std::string row;
  std::getline(table, row);  // the header
  while (std::getline(table, row)) {
    while (!row.empty() && row.back() == '\r') row.pop_back();
    const std::size_t first = row.find(','), second = row.rfind(',');
    if (first == std::string::npos || second <= first) continue;
    lines.push_back({row.substr(0, first), row.substr(first + 1, second - first - 1), row.substr(second + 1) == "1"});
    names.insert({lines.back().left, lines.back().right});
  }
  if (lines.empty()) return report.skipped("verify", "no pairs in " + folder.string());
  std::vector<fs::path> files;
  for (const std::string& name : names) files.push_back(folder / name);
  const std::vector<Seen> seen = look_at(recognizer, files, {.embeddings = true, .max_faces = 1});
  Embeddings embeddings;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!seen[i].faces.empty()) embeddings[files[i].filename()] = seen[i].faces[0].embedding;
  }
  std::vector<JudgedPair> pairs;
  for (const Line& line : lines) pairs.push_back({alike(embeddings, line.left, line.right), line.same});
  std::printf(" verify, %zu pairs, %.0f ms a picture: %zu of %zu pictures with a face\n", pairs.size(), mean_ms(seen),
              embeddings.size(), files.size());
  report.figure("accuracy", verification_accuracy(pairs), kMinVerified);
  report.figure("TAR at FAR 1 %", true_accepts(pairs, 0.01), kMinAccepts);
  report.at_most("FMR at 80", false_matches(all_strangers(embeddings), kSurelySame), 0.001);
}

}  // namespace

void measure_faces(Report& report) {
  std::printf("\n%s\n", kFaceDefinitions);
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) return report.skipped("faces", recognizer.error().message);
  measure_detection(**recognizer, report);
  measure_verification(**recognizer, report);
}

}  // namespace eyrie::accuracy
