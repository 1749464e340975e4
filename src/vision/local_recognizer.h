// Recognizer over model packs on disk, run by ONNX Runtime (loaded at run time; see runtime.h).
//
// Sessions are made on first use (or by warm_up) and shared by every caller; each has one thread, callers
// give the parallelism.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "vision/recognizer.h"

namespace eyrie::vision {

struct ModelStatus {
  std::string id, title, task, role, set, licence, package;
  std::uint64_t bytes = 0;
  bool installed = false;
  bool loaded = false;    // its session is in memory
  bool selected = false;  // this recognizer uses it
  std::uint64_t runs = 0;  // of its network, by this process
  double run_ms = 0;       // of all of them together, on the threads that ran them
};

struct LocalRecognizerOptions {
  std::filesystem::path models;  // empty: default_models_directory()
  std::string set = "default";   // "default", "small" or "quality"
  unsigned cores = 0;            // that its calls may be at work on together; 1: each on its caller's thread alone; 0: all
};

// $EYRIE_MODELS, else the models folder beside the user's caches (see models/README.md).
std::filesystem::path default_models_directory();

// Time spent inside ONNX Runtime by this thread since it began, for benchmarks and DurationMs details.
double inference_ms_of_this_thread();

class LocalRecognizer : public Recognizer {
 public:
  // Reads the packs; loads no network. kNotFound where no model is installed, with what to do about it.
  static Result<std::unique_ptr<LocalRecognizer>> open(const LocalRecognizerOptions& options);

  // Loads every selected model now.
  virtual Status warm_up() = 0;
  virtual std::vector<ModelStatus> models() const = 0;
  // Milliseconds inside the networks, of every recognition so far.
  virtual double inference_ms() const = 0;
};

}  // namespace eyrie::vision
