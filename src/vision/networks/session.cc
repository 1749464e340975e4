#include "vision/networks/session.h"

#define ORT_API_MANUAL_INIT
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <limits>

#include "base/time/clock.h"
#include "vision/networks/run_times.h"
#include "vision/networks/runtime.h"

namespace eyrie::vision {
namespace {

thread_local double g_inference_ms = 0;

ONNXTensorElementDataType onnx_type(ElementType type) {
  return type == ElementType::kUint8 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8
                                     : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

const OrtApi& api() {
  return (*Runtime::get())->api();
}

// Without VNNI, x86 multiplies unsigned by signed bytes in 16-bit steps that saturate; a slower exact path is
// on offer.
bool needs_exact_integers() {
#if defined(__x86_64__)
  return !__builtin_cpu_supports("avx512vnni") && !__builtin_cpu_supports("avxvnni");
#else
  return false;
#endif
}

Status configure(const Runtime& runtime, OrtSessionOptions* options) {
  const OrtApi& ort = runtime.api();
  const auto set = [&](const char* key, const char* value) {
    return runtime.check(ort.AddSessionConfigEntry(options, key, value), key);
  };
  EYRIE_CHECK_OK(runtime.check(ort.SetIntraOpNumThreads(options, 1), "threads"));
  EYRIE_CHECK_OK(runtime.check(ort.SetInterOpNumThreads(options, 1), "threads"));
  EYRIE_CHECK_OK(runtime.check(ort.SetSessionExecutionMode(options, ORT_SEQUENTIAL), "execution mode"));
  EYRIE_CHECK_OK(
      runtime.check(ort.SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL), "optimization"));
  EYRIE_CHECK_OK(set("session.intra_op.allow_spinning", "0"));
  EYRIE_CHECK_OK(set("session.inter_op.allow_spinning", "0"));
  if (needs_exact_integers()) EYRIE_CHECK_OK(set("session.x64quantprecision", "1"));
  // Scratch memory comes from scratch_memory.h, piece by piece: an arena would keep it for its network, and a pattern is one piece for all of a
  // run, which is mapped and faulted in anew each time once it is over 32 MiB.
  EYRIE_CHECK_OK(set("session.use_env_allocators", "1"));
  EYRIE_CHECK_OK(runtime.check(ort.DisableCpuMemArena(options), "memory arena"));
  return runtime.check(ort.DisableMemPattern(options), "memory pattern");
}

// Name and shape of one input or output, as the file has it.
struct Signature {
  std::string name;
  ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::vector<std::int64_t> shape;  // -1 where free
};

Result<Signature> read_signature(const Runtime& runtime, const OrtSession* session, std::size_t index,
                                 bool input) {
  const OrtApi& ort = runtime.api();
  OrtAllocator* allocator = nullptr;
  EYRIE_CHECK_OK(runtime.check(ort.GetAllocatorWithDefaultOptions(&allocator), "allocator"));
  char* name = nullptr;
  EYRIE_CHECK_OK(runtime.check(input ? ort.SessionGetInputName(session, index, allocator, &name)
                                     : ort.SessionGetOutputName(session, index, allocator, &name),
                               "tensor name"));
  Signature signature;
  signature.name = name;
  allocator->Free(allocator, name);
  OrtTypeInfo* info = nullptr;
  EYRIE_CHECK_OK(runtime.check(input ? ort.SessionGetInputTypeInfo(session, index, &info)
                                     : ort.SessionGetOutputTypeInfo(session, index, &info),
                               "tensor type"));
  const std::unique_ptr<OrtTypeInfo, decltype(ort.ReleaseTypeInfo)> release(info, ort.ReleaseTypeInfo);
  const OrtTensorTypeAndShapeInfo* tensor = nullptr;  // lives in info
  EYRIE_CHECK_OK(runtime.check(ort.CastTypeInfoToTensorInfo(info, &tensor), "tensor shape"));
  if (tensor == nullptr) return signature;  // a sequence or map: no tensor type, refused by the caller
  EYRIE_CHECK_OK(runtime.check(ort.GetTensorElementType(tensor, &signature.type), "element type"));
  std::size_t rank = 0;
  EYRIE_CHECK_OK(runtime.check(ort.GetDimensionsCount(tensor, &rank), "rank"));
  signature.shape.resize(rank);
  EYRIE_CHECK_OK(runtime.check(ort.GetDimensions(tensor, signature.shape.data(), rank), "shape"));
  return signature;
}

bool fits(const std::vector<std::int64_t>& wanted, const std::vector<std::int64_t>& stated) {
  return std::ranges::equal(wanted, stated, [](auto want, auto state) { return state < 0 || want < 0 || want == state; });
}

std::string spell(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t n : shape) {
    if (text.size() > 1) text += ",";
    text += n < 0 ? std::string("?") : std::to_string(n);
  }
  return text + "]";
}

Result<Session::Outputs::View> view_of(const Runtime& runtime, OrtValue* value) {
  const OrtApi& ort = runtime.api();
  OrtTensorTypeAndShapeInfo* info = nullptr;
  EYRIE_CHECK_OK(runtime.check(ort.GetTensorTypeAndShape(value, &info), "output"));
  const std::unique_ptr<OrtTensorTypeAndShapeInfo, decltype(ort.ReleaseTensorTypeAndShapeInfo)> release(
      info, ort.ReleaseTensorTypeAndShapeInfo);
  Session::Outputs::View view;
  std::size_t rank = 0;
  std::size_t count = 0;
  EYRIE_CHECK_OK(runtime.check(ort.GetDimensionsCount(info, &rank), "output rank"));
  view.shape.resize(rank);
  EYRIE_CHECK_OK(runtime.check(ort.GetDimensions(info, view.shape.data(), rank), "output shape"));
  EYRIE_CHECK_OK(runtime.check(ort.GetTensorShapeElementCount(info, &count), "output size"));
  void* data = nullptr;
  EYRIE_CHECK_OK(runtime.check(ort.GetTensorMutableData(value, &data), "output data"));
  view.values = {static_cast<const float*>(data), count};
  return view;
}

}  // namespace

double inference_ms_of_this_thread() {
  return g_inference_ms;
}

void Session::Outputs::Release::operator()(OrtValue* value) const {
  api().ReleaseValue(value);
}

Result<std::unique_ptr<Session>> Session::open(SessionFile file) {
  EYRIE_TRY(const Runtime* runtime, Runtime::get());
  const OrtApi& ort = runtime->api();
  std::error_code error;
  if (!std::filesystem::is_regular_file(file.path, error)) {
    return fail(Code::kUnavailable, file.path.string() + ": the network is missing; install the model anew");
  }
  OrtSessionOptions* options = nullptr;
  EYRIE_CHECK_OK(runtime->check(ort.CreateSessionOptions(&options), "session options"));
  const std::unique_ptr<OrtSessionOptions, decltype(ort.ReleaseSessionOptions)> release(
      options, ort.ReleaseSessionOptions);
  EYRIE_CHECK_OK(configure(*runtime, options));
  std::unique_ptr<Session> session(new Session());
  session->file_ = std::move(file);
  const Status made = runtime->check(
      ort.CreateSession(runtime->env(), session->file_.path.c_str(), options, &session->session_),
      session->file_.path.string() + ": not a network that ONNX Runtime " + runtime->version() + " can load");
  if (!made) return fail(Code::kUnavailable, made.error().message);
  EYRIE_CHECK_OK(session->check_signature());
  return session;
}

Session::~Session() {
  if (session_ != nullptr) api().ReleaseSession(session_);
}

Status Session::check_signature() const {
  EYRIE_TRY(const Runtime* runtime, Runtime::get());
  const OrtApi& ort = runtime->api();
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  EYRIE_CHECK_OK(runtime->check(ort.SessionGetInputCount(session_, &inputs), "inputs"));
  EYRIE_CHECK_OK(runtime->check(ort.SessionGetOutputCount(session_, &outputs), "outputs"));
  const auto refuse = [this](const std::string& why) {
    return fail(Code::kUnavailable, file_.path.string() + ": " + why);
  };
  if (inputs != 1) return refuse("the network has " + std::to_string(inputs) + " inputs; one is expected");
  EYRIE_TRY(const Signature input, read_signature(*runtime, session_, 0, true));
  if (input.name != file_.input || input.type != onnx_type(file_.type) ||
      !fits(file_.input_shape, input.shape)) {
    return refuse("the network's input \"" + input.name + "\" " + spell(input.shape) +
                  " is not the pack's \"" + file_.input + "\" " + spell(file_.input_shape) +
                  ", or of another element type");
  }
  for (const std::string& wanted : file_.outputs) {
    bool found = false;
    for (std::size_t i = 0; i < outputs && !found; ++i) {
      EYRIE_TRY(const Signature output, read_signature(*runtime, session_, i, false));
      found = output.name == wanted && output.type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    }
    if (!found) return refuse("the network has no float32 output \"" + wanted + "\"");
  }
  return {};
}

Result<Session::Outputs> Session::run(const Tensor& input) const {
  EYRIE_TRY(const Runtime* runtime, Runtime::get());
  const OrtApi& ort = runtime->api();
  OrtValue* value = nullptr;
  // ONNX Runtime reads inputs only; its interface has no const.
  EYRIE_CHECK_OK(runtime->check(
      ort.CreateTensorWithDataAsOrtValue(runtime->cpu(), const_cast<std::uint8_t*>(input.bytes.data()),
                                         input.bytes.size(), input.shape.data(), input.shape.size(),
                                         onnx_type(input.type), &value),
      "input tensor"));
  const std::unique_ptr<OrtValue, Outputs::Release> owned(value);
  std::vector<const char*> names;
  for (const std::string& name : file_.outputs) names.push_back(name.c_str());
  std::vector<OrtValue*> results(names.size(), nullptr);
  const char* input_name = file_.input.c_str();
  const OrtValue* const inputs[] = {value};
  const Stopwatch watch;
  OrtStatus* status =
      ort.Run(session_, nullptr, &input_name, inputs, 1, names.data(), names.size(), results.data());
  const double ms = watch.elapsed_ms();
  g_inference_ms += ms;
  add_run_time(file_.path, ms);
  Outputs outputs;
  for (OrtValue* result : results) outputs.owned_.emplace_back(result);
  EYRIE_CHECK_OK(
      runtime->check(status, file_.path.parent_path().filename().string() + ": the network failed"));
  for (OrtValue* result : results) {
    EYRIE_TRY(Outputs::View view, view_of(*runtime, result));
    outputs.views_.push_back(std::move(view));
  }
  return outputs;
}

}  // namespace eyrie::vision
