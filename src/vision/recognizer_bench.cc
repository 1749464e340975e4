// What each kind of answer costs beside its networks: wall time of Recognizer::recognize, milliseconds inside ONNX Runtime, and the ratio
// of the two, in one run on one thread. The picture is a portrait among set-up's samples, scaled to 1600 pixels a side, as decoding leaves a large photo.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/heap.h"
#include "image/decode.h"
#include "image/encode.h"
#include "image/resize.h"
#include "vision/local_recognizer.h"

namespace eyrie::vision {
namespace {

const image::Image* picture() {
  static const auto decoded = []() -> Result<image::Image> {
    std::ifstream file(default_models_directory().parent_path() / "samples" / "astronaut.png", std::ios::binary);
    const Bytes bytes(std::istreambuf_iterator<char>(file), {});
    EYRIE_TRY(image::Decoded small, image::decode(bytes));
    return image::resize(small.image, 1600, 1600);
  }();
  return decoded ? &*decoded : nullptr;
}

LocalRecognizer* recognizer() {
  static auto opened = [] {
    keep_freed_memory();  // as the server does
    return LocalRecognizer::open({.models = {}, .cores = 1});
  }();
  static const bool warm = opened && (*opened)->warm_up().has_value();
  return warm ? opened->get() : nullptr;
}

void ask(benchmark::State& state, const Request& request) {
  LocalRecognizer* models = recognizer();
  if (picture() == nullptr || models == nullptr) {
    state.SkipWithError("models or sample photos are not installed: run scripts/setup");
    return;
  }
  double work_ms = 0;
  double inference_ms = 0;
  for (auto _ : state) {
    const auto seen = models->recognize(*picture(), request);
    if (!seen) {
      state.SkipWithError(seen.error().message.c_str());
      return;
    }
    work_ms += seen->work_ms;
    inference_ms += seen->inference_ms;
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["networks_ms"] = inference_ms / runs;
  state.counters["work_ms"] = work_ms / runs;
  state.counters["ratio"] = inference_ms > 0 ? work_ms / inference_ms : 0;
}

Request labels() { return {.labels = LabelFilter{}}; }
Request properties() { return {.labels = LabelFilter{}, .properties = PropertiesRequest{}}; }
Request faces() { return {.faces = FaceRequest{}}; }
Request all_of_faces() { return {.faces = FaceRequest{.attributes = kAllFaceAttributes}}; }
Request embeddings() { return {.faces = FaceRequest{.embeddings = true}}; }
Request text() { return {.text = TextRequest{}}; }
Request moderation() { return {.moderation = ModerationRequest{}}; }
Request equipment() { return {.equipment = EquipmentRequest{}}; }

void BM_DetectLabels(benchmark::State& state) { ask(state, labels()); }
void BM_DetectLabelsAndProperties(benchmark::State& state) { ask(state, properties()); }
void BM_DetectFaces(benchmark::State& state) { ask(state, faces()); }
void BM_DetectFacesAll(benchmark::State& state) { ask(state, all_of_faces()); }
void BM_FaceEmbeddings(benchmark::State& state) { ask(state, embeddings()); }
void BM_DetectText(benchmark::State& state) { ask(state, text()); }
void BM_DetectModerationLabels(benchmark::State& state) { ask(state, moderation()); }
void BM_DetectProtectiveEquipment(benchmark::State& state) { ask(state, equipment()); }

BENCHMARK(BM_DetectLabels)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectLabelsAndProperties)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectFaces)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectFacesAll)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_FaceEmbeddings)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectText)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectModerationLabels)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_DetectProtectiveEquipment)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eyrie::vision
