#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>

#include "base/time/clock.h"
#include "each.h"
#include "eval_set.h"
#include "sections.h"
#include "text_score.h"
#include "vision/local_recognizer.h"

namespace eyrie::accuracy {
namespace fs = std::filesystem;
namespace {

constexpr double kMinCoverage = 0.98;
constexpr double kMaxCharacterError = 0.03;
constexpr double kMinPlates = 0.75;
// Most receipts have more words than the 100 that DetectText answers; the truth tells of all of them.
constexpr std::size_t kAllWords = 100'000;

constexpr const char* kTextDefinitions = R"(
Text
  line coverage    of the truth's lines: how many have at least half of their area inside detected lines.
  character error  edit distance between what was read and the truth, divided by the truth's characters, spaces counted. Read in a
                   truth line are the words of which more than half lies in its box, from left to right, a space between two. A line in
                   which nothing was read counts all its characters. Case does not count: the truth is in capitals whatever is
                   printed. Words outside of every box (handwriting, logos: the truth leaves them out) are told, not counted.
  plates           of the plates: how many are the text of a detected line or word that overlaps the plate's box, letters and
                   digits compared alone.
  ms               wall time a photo on one of the threads at work, decoding included. All words are asked for, not the first 100.
)";

struct Truth {
  fs::path file;
  std::vector<TrueLine> lines;  // in pixels of the file
};

std::vector<fs::path> files_with(const fs::path& folder, const char* extension) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == extension) files.push_back(at->path());
  }
  std::ranges::sort(files);
  return files;
}

// x1,y1,x2,y2,x3,y3,x4,y4,TEXT a line; the text may hold commas.
Truth read_receipt(const fs::path& csv) {
  Truth truth{.file = fs::path(csv).replace_extension(".jpg"), .lines = {}};
  std::ifstream file(csv);
  for (std::string row; std::getline(file, row);) {
    std::istringstream in(row);
    TrueLine line;
    char comma = 0;
    for (vision::Point& point : line.polygon) in >> point.x >> comma >> point.y >> comma;
    if (!in || !std::getline(in, line.text) || normalized(line.text).empty()) continue;
    truth.lines.push_back(std::move(line));
  }
  return truth;
}

// file <tab> x <tab> y <tab> width <tab> height <tab> PLATE
std::optional<Truth> read_plate(const fs::path& path) {
  std::ifstream file(path);
  std::string name;
  std::string plate;
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  if (!(std::getline(file, name, '\t') && file >> x >> y >> width >> height >> plate)) return std::nullopt;
  const Polygon corners{{{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}}};
  return Truth{path.parent_path() / name, {{corners, plate}}};
}

struct Answer {
  std::vector<vision::TextDetection> found;
  std::vector<TrueLine> truth;  // in ratios
  double ms = 0;
};

std::optional<Answer> ask(vision::Recognizer& recognizer, const Truth& truth) {
  const Stopwatch watch;
  const auto picture = load(truth.file, recognizer.useful_side());
  if (!picture) return std::nullopt;
  vision::Request request;
  request.text = vision::TextRequest{.regions = {}, .max_words = kAllWords};
  auto seen = recognizer.recognize(picture->image, request);
  if (!seen) {
    std::fprintf(stderr, "%s: %s\n", truth.file.c_str(), seen.error().message.c_str());
    return std::nullopt;
  }
  Answer answer{.found = *std::move(seen->text), .truth = truth.lines, .ms = watch.elapsed_ms()};
  for (TrueLine& line : answer.truth) {
    for (vision::Point& point : line.polygon) {
      point = {point.x / picture->header.width, point.y / picture->header.height};
    }
  }
  return answer;
}

struct Texts {
  std::vector<std::optional<Answer>> all;
  double ms_a_photo = 0;
  int failed = 0;
};

Texts ask_all(vision::Recognizer& recognizer, const std::vector<Truth>& truths) {
  Texts answers;
  answers.all.resize(truths.size());
  each(truths.size(), [&](std::size_t i) { answers.all[i] = ask(recognizer, truths[i]); });
  for (const auto& answer : answers.all) {
    answers.failed += answer ? 0 : 1;
    answers.ms_a_photo += answer ? answer->ms / static_cast<double>(truths.size()) : 0;
  }
  return answers;
}

void measure_receipts(vision::Recognizer& recognizer, Report& report) {
  std::vector<Truth> truths;
  for (const fs::path& csv : files_with(eval_directory() / "text" / "receipts", ".csv"))
    truths.push_back(read_receipt(csv));
  if (truths.empty())
    return report.skipped("receipts", "no pictures in " + (eval_directory() / "text").string());
  const Texts answers = ask_all(recognizer, truths);
  ReceiptScore score;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    ReceiptScore one;
    one.add(answers.all[i] ? answers.all[i]->truth : truths[i].lines,
            answers.all[i] ? answers.all[i]->found : std::vector<vision::TextDetection>());
    score.add(one);
  }
  std::printf(
      " receipts, %zu scans, %.0f ms a scan, %d failed; %zu lines of %zu characters; %zu of %zu words "
      "outside of the truth's lines\n",
      truths.size(), answers.ms_a_photo, answers.failed, score.lines(), score.characters(),
      score.words_elsewhere(), score.words());
  report.figure("line coverage", score.coverage(), kMinCoverage);
  report.at_most("character error", score.character_error(), kMaxCharacterError);
  report.figure("  without spaces", score.error_without_spaces(), 0);
}

bool is_read(const Answer& answer, std::string& read_instead) {
  const TrueLine& plate = answer.truth[0];
  const vision::BoundingBox box{plate.polygon[0].x, plate.polygon[0].y,
                                plate.polygon[2].x - plate.polygon[0].x,
                                plate.polygon[2].y - plate.polygon[0].y};
  for (const vision::TextDetection& text : answer.found) {
    if (!overlaps(text.box, box)) continue;
    if (alphanumeric(text.text) == alphanumeric(plate.text)) return true;
    if (text.type == vision::TextType::kLine) read_instead += (read_instead.empty() ? "" : ", ") + text.text;
  }
  return false;
}

void measure_plates(vision::Recognizer& recognizer, Report& report) {
  std::vector<Truth> truths;
  for (const fs::path& path : files_with(eval_directory() / "text" / "plates", ".txt")) {
    if (auto truth = read_plate(path)) truths.push_back(*std::move(truth));
  }
  if (truths.empty())
    return report.skipped("plates", "no pictures in " + (eval_directory() / "text").string());
  const Texts answers = ask_all(recognizer, truths);
  std::size_t right = 0;
  std::string wrong;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    std::string instead;
    if (answers.all[i] && is_read(*answers.all[i], instead)) {
      ++right;
    } else {
      wrong += "\n    " + truths[i].lines[0].text + " read as: " + (instead.empty() ? "nothing" : instead);
    }
  }
  std::printf(" plates, %zu photos, %.0f ms a photo, %d failed; not read:%s\n", truths.size(),
              answers.ms_a_photo, answers.failed, wrong.c_str());
  report.figure("plates", static_cast<double>(right) / static_cast<double>(truths.size()), kMinPlates);
}

}  // namespace

void measure_text(Report& report) {
  std::printf("%s", kTextDefinitions);
  auto recognizer = vision::LocalRecognizer::open({});
  if (!recognizer) return report.skipped("text", recognizer.error().message);
  measure_receipts(**recognizer, report);
  measure_plates(**recognizer, report);
}

}  // namespace eyrie::accuracy
