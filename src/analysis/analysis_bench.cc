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
BENCHMARK(BM_Analyze12Mp)->Threads(1)->Threads(2)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(4);

}  // namespace
}  // namespace eyrie::analysis
