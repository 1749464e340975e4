// The whole analysis of a 12-megapixel JPEG: how much of its wall time is spent inside ONNX Runtime (the rest is decoding,
// scaling, shaping), and how throughput grows with a second worker.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "analysis/analyze.h"
#include "base/clock.h"
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

vision::LocalRecognizer* recognizer() {
  static auto opened = vision::LocalRecognizer::open({});
  if (!opened) return nullptr;
  static const bool warm = (*opened)->warm_up().has_value();
  return warm ? opened->get() : nullptr;
}

void BM_Analyze12Mp(benchmark::State& state) {
  static const Bytes bytes = photo();
  vision::LocalRecognizer* models = recognizer();
  if (bytes.empty() || models == nullptr) {
    state.SkipWithError("models or sample photos are not installed: run scripts/setup");
    return;
  }
  const double inference_before = vision::inference_ms_of_this_thread();
  double wall_ms = 0;
  for (auto _ : state) {
    const Stopwatch watch;
    auto analysis = analyze(bytes, *models, whole_pass(80));
    benchmark::DoNotOptimize(analysis);
    wall_ms += watch.elapsed_ms();
  }
  state.counters["inference_share"] = benchmark::Counter(
      (vision::inference_ms_of_this_thread() - inference_before) / wall_ms, benchmark::Counter::kAvgThreads);
  state.counters["images"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_Analyze12Mp)->Threads(1)->Threads(2)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(4);

}  // namespace
}  // namespace eyrie::analysis
