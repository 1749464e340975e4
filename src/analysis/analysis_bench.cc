// The whole analysis of a 12-megapixel JPEG: how much of its wall time is spent inside ONNX Runtime (the rest is decoding,
// scaling, shaping), and how throughput grows with a second worker where each stays on its own core. A call that finds the other
// core idle uses it: that is what the last line shows.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "analysis/analyze.h"
#include "base/heap.h"
#include "image/encode.h"
#include "image/resize.h"
#include "vision/local_recognizer.h"

namespace eyrie::analysis {
namespace {

// A sample photo blown up to 12 megapixels: set-up fetches it beside the models.
Bytes photo() {
  const std::filesystem::path path = vision::default_models_directory().parent_path() / "samples" / "motorcycle.png";
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes(std::istreambuf_iterator<char>(file), {});
  const auto decoded = image::decode(bytes);
  if (!decoded) return {};
  return *image::encode_jpeg(image::resize(decoded->image, 4000, 3000), 90);
}

vision::LocalRecognizer* open_warm(unsigned cores) {
  keep_freed_memory();  // as the server does
  static std::vector<std::unique_ptr<vision::LocalRecognizer>> kept;
  auto opened = vision::LocalRecognizer::open({.models = {}, .cores = cores});
  if (!opened || !(*opened)->warm_up()) return nullptr;
  kept.push_back(*std::move(opened));
  return kept.back().get();
}

vision::LocalRecognizer* on_own_core() {
  static vision::LocalRecognizer* const models = open_warm(1);
  return models;
}

vision::LocalRecognizer* on_idle_cores() {
  static vision::LocalRecognizer* const models = open_warm(0);
  return models;
}

void analyze_photo(benchmark::State& state, vision::LocalRecognizer* models) {
  static const Bytes bytes = photo();
  if (bytes.empty() || models == nullptr) {
    state.SkipWithError("models or sample photos are not installed: run scripts/setup");
    return;
  }
  double inference_ms = 0;
  double work_ms = 0;
  for (auto _ : state) {
    auto analysis = analyze(bytes, *models, whole_pass(80));
    if (!analysis) {
      state.SkipWithError(analysis.error().message.c_str());
      return;
    }
    inference_ms += analysis->seen.inference_ms;
    work_ms += analysis->decode_ms + analysis->seen.work_ms;
  }
  state.counters["inference_share"] = benchmark::Counter(inference_ms / work_ms, benchmark::Counter::kAvgThreads);
  state.counters["images"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
void BM_Analyze12MpOnOwnCore(benchmark::State& state) {
  analyze_photo(state, on_own_core());
}
BENCHMARK(BM_Analyze12MpOnOwnCore)->Threads(1)->Threads(2)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(4);

void BM_Analyze12MpOnIdleCores(benchmark::State& state) {
  analyze_photo(state, on_idle_cores());
}
BENCHMARK(BM_Analyze12MpOnIdleCores)->Threads(1)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(4);

}  // namespace
}  // namespace eyrie::analysis
