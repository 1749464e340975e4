#include "vision/local_recognizer.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <semaphore>
#include <thread>

#include "base/log.h"
#include "base/trace/trace_steps.h"
#include "vision/equipment/equipment_finder.h"
#include "vision/faces/face_analyzer.h"
#include "vision/labels/filter.h"
#include "vision/labels/label_finder.h"
#include "vision/moderation/moderator.h"
#include "vision/networks/model_set.h"
#include "vision/networks/networks.h"
#include "vision/networks/run_times.h"
#include "vision/networks/runtime.h"
#include "vision/parallel.h"
#include "vision/properties/image_properties.h"
#include "vision/text/text_reader.h"

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

// Below this many pixels of the longer side, views of a part show a network less than it could use. One scale for every
// request, so that the same bytes give the same answers however they are asked for.
constexpr int kUsefulSide = 1600;

// Collections of faces are bound to it: it changes where embeddings of before compare no longer - with another network, or where faces are cut out
// otherwise - and nowhere else. Digits and points only, as the service description wants it.
std::string face_model_version(const Networks& networks) {
  constexpr const char* kWayOfCutting = "1";
  const Network* embedder = networks.find(Role::kFaceEmbedding);
  if (embedder == nullptr) return std::string(kWayOfCutting) + ".0";
  const Pack& pack = embedder->pack();
  std::uint32_t hash = 2'166'136'261;  // FNV-1a
  for (const char c : pack.id + " " + pack.package + " " + pack.sha256 + " " + std::to_string(pack.bytes)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  }
  return std::string(kWayOfCutting) + "." + std::to_string(hash);
}

// More calls at once than cores end no sooner, and each holds some hundred MiB of scratch memory.
using Turns = std::counting_semaphore<>;

class Turn {
 public:
  explicit Turn(Turns& turns) : turns_(turns) { turns_.acquire(); }
  ~Turn() { turns_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Turns& turns_;
};

unsigned cores_for(const LocalRecognizerOptions& options) {
  return options.cores > 0 ? options.cores : std::max(1U, std::thread::hardware_concurrency());
}

class Recognizers final : public LocalRecognizer {
 public:
  Recognizers(ModelDirectory installed, const std::vector<std::size_t>& selected, const LocalRecognizerOptions& options)
      : set_(options.set),
        status_(status_of(installed)),
        networks_(take(installed.packs, selected)),
        labels_(networks_),
        faces_(networks_),
        text_(networks_),
        moderator_(networks_, faces_),
        equipment_(networks_, faces_),
        cores_(cores_for(options)),
        turns_(std::max<std::ptrdiff_t>(kLeastTurns, cores_for(options))) {}

  Result<Recognition> recognize(const image::Image& picture, const Request& request) override {
    if (picture.width <= 0 || picture.height <= 0)
      return fail(Code::kInvalidArgument, "the picture is empty");
    const Turn turn = timed_turn();
    const IdleCores::Busy self(cores_);
    Recognition seen;
    Pass pass;
    // The longest first.
    std::vector<std::function<Status()>> parts;
    if (request.text) {
      parts.emplace_back([&] { return timed_step("text", [&] { return set(seen.text, text_.read(picture, *request.text)); }); });
    }
    if (request.labels || request.properties || request.moderation || request.equipment) {
      parts.emplace_back([&] { return recognize_things(picture, request, pass, seen); });
    }
    if (request.faces) {
      parts.emplace_back([&] { return timed_step("faces", [&] { return set(seen.faces, faces_.analyze(picture, *request.faces, pass)); }); });
    }
    EYRIE_TRY(const Effort effort, run_parts(cores_, parts));
    seen.work_ms = effort.work_ms;
    seen.inference_ms = effort.inference_ms;
    inference_us_.fetch_add(static_cast<std::uint64_t>(effort.inference_ms * 1000), std::memory_order_relaxed);
    return seen;
  }

  int useful_side() const override { return kUsefulSide; }

  ModelVersions model_versions() const override {
    const std::string version = EYRIE_VERSION "-" + set_;
    return {.labels = version, .faces = face_model_version(networks_), .text = version, .moderation = version, .equipment = version};
  }

  Status warm_up() override { return networks_.warm_up(); }

  double inference_ms() const override {
    return static_cast<double>(inference_us_.load(std::memory_order_relaxed)) / 1000;
  }

  std::vector<ModelStatus> models() const override {
    std::vector<ModelStatus> all = status_;
    for (ModelStatus& status : all) {
      for (const auto& network : networks_.all()) {
        if (network->pack().id != status.id) continue;
        status.selected = true;
        status.loaded = network->loaded();
        const RunTimes times = run_times_of(network->pack().session_file().path);
        status.runs = times.runs;
        status.run_ms = times.ms;
      }
    }
    return all;
  }

 private:
  static std::vector<ModelStatus> status_of(const ModelDirectory& installed) {
    std::vector<ModelStatus> all;
    for (const Pack& pack : installed.packs) {
      all.push_back({.id = pack.id,
                     .title = pack.title,
                     .task = std::string(task_name(pack.task)),
                     .role = std::string(role_name(pack.role)),
                     .set = pack.set,
                     .licence = pack.licence,
                     .package = pack.package,
                     .bytes = pack.bytes,
                     .installed = true});
    }
    for (const BrokenPack& broken : installed.broken) {
      log_warning("model pack ignored", {{"model", broken.id}, {"error", broken.error.message}});
      all.push_back({.id = broken.id, .title = "damaged: " + broken.error.message});
    }
    return all;
  }

  static std::vector<Pack> take(std::vector<Pack>& packs, const std::vector<std::size_t>& selected) {
    std::vector<Pack> taken;
    for (const std::size_t index : selected) taken.push_back(std::move(packs[index]));
    return taken;
  }

  // More than cores at once wait for each other: that is a step too.
  Turn timed_turn() {
    const TimedStep step("turn");
    return Turn(turns_);
  }

  template <typename T>
  static Status set(std::optional<T>& into, Result<T> result) {
    if (!result) return fail(std::move(result).error());
    into = *std::move(result);
    return {};
  }

  // Everything that rests on what the general networks say.
  Status recognize_things(const image::Image& picture, const Request& request, Pass& pass, Recognition& seen) const {
    EYRIE_TRY(const Fusion things, timed_step("labels", [&] { return labels_.look(picture, pass.objects); }));
    if (request.labels) seen.labels = apply_filter(things.labels(), *request.labels);
    if (request.properties) {
      const TimedStep step("properties");
      seen.properties = measure_properties(picture, foreground(things), *request.properties);
      if (seen.labels && request.properties->instance_colors) add_colors(picture, *request.properties, *seen.labels);
    }
    if (request.moderation) {
      EYRIE_TRY(seen.moderation, timed_step("moderation", [&] { return moderator_.judge(picture, things, *request.moderation, pass); }));
    }
    if (request.equipment) {
      EYRIE_TRY(seen.equipment, timed_step("equipment", [&] { return equipment_.find(picture, things, pass); }));
    }
    return {};
  }

  static void add_colors(const image::Image& picture, const PropertiesRequest& request, std::vector<Label>& labels) {
    for (Label& label : labels) {
      for (Instance& instance : label.instances) {
        instance.colors = colors_of_part(picture, instance.box, request.max_colors);
      }
    }
  }

  static std::vector<BoundingBox> foreground(const Fusion& things) {
    constexpr double kSure = 50;
    std::vector<BoundingBox> boxes;
    for (const Label& label : things.labels()) {
      for (const Instance& instance : label.instances) {
        if (instance.confidence >= kSure) boxes.push_back(instance.box);
      }
    }
    return boxes;
  }

  // Constant after construction.
  const std::string set_;
  const std::vector<ModelStatus> status_;
  const Networks networks_;
  const LabelFinder labels_;
  const FaceAnalyzer faces_;
  const TextReader text_;
  const Moderator moderator_;
  const EquipmentFinder equipment_;
  // So that one large picture does not hold up all others.
  static constexpr std::ptrdiff_t kLeastTurns = 2;
  IdleCores cores_;
  Turns turns_;
  std::atomic<std::uint64_t> inference_us_ = 0;
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
  return std::make_unique<Recognizers>(std::move(installed), selected, options);
}

}  // namespace eyrie::vision
