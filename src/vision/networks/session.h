// One network in memory, ready to run.
//
// A session has one thread of its own caller: parallelism comes from several callers, who share the session.
// Weights are in memory once; each run takes scratch from the session's arena.
//
// Errors: kUnavailable - the file is missing, is no network, or its tensors are not those the pack tells of;
//         kInternal    - a run failed.
// Thread safety: all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

struct OrtSession;
struct OrtValue;

namespace eyrie::vision {

enum class ElementType { kUint8, kFloat32 };

// A dense input of batch 1. `bytes` holds the values in the machine's own order.
struct Tensor {
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
};

struct SessionFile {
  std::filesystem::path path;
  std::string input;  // the one input's name
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> input_shape;  // checked against the file; a free dimension (-1) on either side fits any
  std::vector<std::string> outputs;       // float32 all
};

class Session {
 public:
  // The outputs of one run; views stay good as long as this lives.
  class Outputs {
   public:
    struct View {
      std::span<const float> values;
      std::vector<std::int64_t> shape;
    };
    const View& operator[](std::size_t index) const { return views_[index]; }
    std::size_t size() const { return views_.size(); }
    const View* begin() const { return views_.data(); }
    const View* end() const { return views_.data() + views_.size(); }

   private:
    friend class Session;
    struct Release {
      void operator()(OrtValue* value) const;
    };
    std::vector<std::unique_ptr<OrtValue, Release>> owned_;
    std::vector<View> views_;
  };

  static Result<std::unique_ptr<Session>> open(SessionFile file);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // In the order of SessionFile::outputs.
  Result<Outputs> run(const Tensor& input) const;

 private:
  Session() = default;
  Status check_signature() const;

  // Constant after open().
  SessionFile file_;
  OrtSession* session_ = nullptr;
};

// Time this thread has spent inside Session::run's call of ONNX Runtime since the thread began, in
// milliseconds.
double inference_ms_of_this_thread();

}  // namespace eyrie::vision
