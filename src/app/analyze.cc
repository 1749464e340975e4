#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "analysis/answer.h"
#include "app/commands.h"
#include "base/encoding.h"
#include "vision/labels/taxonomy.h"
#include "vision/local_recognizer.h"

namespace eyrie::app {
namespace {

struct Outcome {
  bool done = false;
  Result<analysis::Analysis> analysis = fail(Code::kInternal, "not analyzed");
};

Result<Bytes> read_picture(const std::string& path, std::size_t max_bytes) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return fail(system_error("cannot read the file", errno));
  const auto size = static_cast<std::int64_t>(file.tellg());
  if (size < 0) return fail(Code::kInvalidArgument, "not a regular file");
  if (static_cast<std::uint64_t>(size) > max_bytes) {
    return fail(Code::kTooLarge, "file has " + std::to_string(size) + " bytes; at most " + std::to_string(max_bytes));
  }
  Bytes bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) return fail(Code::kIo, "cannot read the whole file");
  return bytes;
}

void print_json(const std::string& path, const Result<analysis::Analysis>& analysis) {
  json::object line{{"File", path}};
  if (analysis) {
    for (auto& [name, part] : analysis::analysis_answer(*analysis)) line[name] = part;
  } else {
    line["Error"] = json::object{{"Code", code_name(analysis.error().code)}, {"Message", analysis.error().message}};
  }
  std::cout << write_json(line) << "\n" << std::flush;
}

void print_labels(const std::vector<vision::Label>& labels) {
  for (const vision::Label& label : labels) {
    std::string note;
    if (label.instances.size() > 1) note = "x" + std::to_string(label.instances.size());
    std::string parents;
    for (const std::string& parent : label.parents) parents += (parents.empty() ? "" : ", ") + parent;
    std::printf("  %6.2f  %-24s %-4s %s\n", label.confidence, label.name.c_str(), note.c_str(), parents.c_str());
  }
  if (labels.empty()) std::cout << "  (nothing is certain enough)\n" << std::flush;
}

void print_faces(const std::vector<vision::Face>& faces) {
  for (const vision::Face& face : faces) {
    std::string about;
    const auto add = [&](const std::string& words) { about += (about.empty() ? "" : ", ") + words; };
    if (face.gender) add(face.gender->first == vision::Gender::kMale ? "male" : "female");
    if (face.age_range) {
      add(std::to_string(face.age_range->first) + " to " + std::to_string(face.age_range->second) + " years");
    }
    if (!face.emotions.empty()) add(lower_case(face.emotions.front().type));
    const std::pair<const char*, const std::optional<vision::Trait>&> traits[] = {
        {"smiling", face.smile}, {"glasses", face.eyeglasses}, {"sunglasses", face.sunglasses}, {"beard", face.beard}};
    for (const auto& [name, trait] : traits) {
      if (trait && trait->value) add(name);
    }
    std::printf("  %6.2f  face: %s\n", face.confidence, about.c_str());
  }
}

void print_table(const std::string& path, const Result<analysis::Analysis>& analysis) {
  if (!analysis) {
    std::cout << path << ": " << analysis.error().message << "\n";
    return;
  }
  const image::Header& header = analysis->header;
  std::printf("%s  %s %ux%u\n", path.c_str(), std::string(image::format_name(header.format)).c_str(), header.width,
              header.height);
  const vision::Recognition& seen = analysis->seen;
  if (seen.labels) print_labels(*seen.labels);
  if (seen.faces) print_faces(*seen.faces);
  for (const vision::TextDetection& text : seen.text.value_or(std::vector<vision::TextDetection>())) {
    if (text.type == vision::TextType::kLine) std::printf("  %6.2f  text: %s\n", text.confidence, text.text.c_str());
  }
  if (seen.moderation) {
    for (const vision::ModerationLabel& label : seen.moderation->labels) {
      std::printf("  %6.2f  unsafe: %s\n", label.confidence, std::string(label.name).c_str());
    }
  }
  std::fflush(stdout);
}

// One line on standard error, drawn over itself; only where a person watches.
class ProgressBar {
 public:
  explicit ProgressBar(std::size_t total) : total_(total), shown_(total > 1 && isatty(STDERR_FILENO) == 1) {}
  void draw(std::size_t done) const {
    if (!shown_) return;
    const std::size_t filled = done * kWidth / total_;
    std::fprintf(stderr, "\r[%s%s] %zu/%zu", std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, '.').c_str(), done, total_);
  }
  void clear() const {
    if (shown_) std::fprintf(stderr, "\r\x1b[K");
  }

 private:
  static constexpr std::size_t kWidth = 30;
  const std::size_t total_;
  const bool shown_;
};

// Workers take files in order; the caller's thread prints in order as soon as each is ready. How far workers may run
// ahead of the printing is bounded, so that a million files do not gather in memory.
class Batch {
 public:
  Batch(const AnalyzeArguments& arguments, vision::Recognizer& recognizer, unsigned jobs)
      : arguments_(arguments), recognizer_(recognizer), window_(jobs * 8), outcomes_(arguments.files.size()) {
    for (unsigned i = 0; i < jobs; ++i) workers_.emplace_back([this] { work(); });
  }
  ~Batch() {
    for (std::thread& worker : workers_) worker.join();
  }

  Result<analysis::Analysis> take(std::size_t index) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return outcomes_[index].done; });
    printed_ = index + 1;
    changed_.notify_all();
    return std::move(outcomes_[index].analysis);
  }

 private:
  void work() {
    while (true) {
      const std::size_t index = next_++;
      if (index >= outcomes_.size()) return;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return index < printed_ + window_; });
      }
      Result<analysis::Analysis> analysis = analyze_one(arguments_.files[index]);
      const std::lock_guard lock(mutex_);
      outcomes_[index].analysis = std::move(analysis);
      outcomes_[index].done = true;
      changed_.notify_all();
    }
  }

  Result<analysis::Analysis> analyze_one(const std::string& path) const {
    const image::Limits limits;
    EYRIE_TRY(const Bytes bytes, read_picture(path, limits.max_bytes));
    return analysis::analyze(bytes, recognizer_, analysis::whole_pass(arguments_.min_confidence), limits);
  }

  const AnalyzeArguments& arguments_;
  vision::Recognizer& recognizer_;
  const std::size_t window_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t printed_ = 0;         // guarded by mutex_
  std::vector<Outcome> outcomes_;   // guarded by mutex_
  std::vector<std::thread> workers_;
};

}  // namespace

int analyze(const AnalyzeArguments& arguments) {
  auto recognizer = vision::LocalRecognizer::open({.models = {}, .set = arguments.model_set});
  if (!recognizer) {
    std::cerr << "eyrie: " << recognizer.error().message << "\n";
    return 1;
  }
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned jobs = arguments.jobs == 0 ? cores : arguments.jobs;
  Batch batch(arguments, **recognizer, std::min<unsigned>(jobs, static_cast<unsigned>(arguments.files.size())));
  const ProgressBar bar(arguments.files.size());
  bool all_well = true;
  for (std::size_t i = 0; i < arguments.files.size(); ++i) {
    bar.draw(i);
    const auto analysis = batch.take(i);
    all_well = all_well && analysis.has_value();
    bar.clear();
    if (arguments.json) {
      print_json(arguments.files[i], analysis);
    } else {
      print_table(arguments.files[i], analysis);
    }
  }
  return all_well ? 0 : 1;
}

}  // namespace eyrie::app
