#include "vision/networks/runtime.h"

#include <dlfcn.h>
#define ORT_API_MANUAL_INIT
#include <onnxruntime_c_api.h>

#include <cstdlib>
#include <mutex>
#include <system_error>

#include "vision/networks/scratch_memory.h"

#if __has_feature(address_sanitizer)
// ONNX Runtime loses a few bytes when it is loaded; LeakSanitizer is told so here, for every program that can load it.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libonnxruntime.so\n"; }
#endif

namespace eyrie::vision {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLibraryName = "libonnxruntime.so.1";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

fs::path executable_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : self.parent_path();
}

// scratch_memory.h as ONNX Runtime wants it. Lives as long as the environment it is registered with: for good.
struct ScratchAllocator : OrtAllocator {
  const OrtMemoryInfo* info = nullptr;
};

OrtAllocator* scratch_allocator(const OrtMemoryInfo* info) {
  static ScratchAllocator allocator;
  allocator.version = kApiVersion;  // what came into the struct later is not asked for
  allocator.Alloc = [](OrtAllocator*, std::size_t bytes) { return take_scratch(bytes); };
  allocator.Free = [](OrtAllocator*, void* block) { return_scratch(block); };
  allocator.Info = [](const OrtAllocator* self) { return static_cast<const ScratchAllocator*>(self)->info; };
  allocator.info = info;
  return &allocator;
}

}  // namespace

fs::path user_cache_directory() {
  const std::string cache = environment("XDG_CACHE_HOME");
  return (cache.empty() ? fs::path(environment("HOME")) / ".cache" : fs::path(cache)) / "eyrie";
}

std::vector<fs::path> runtime_candidates() {
  std::vector<fs::path> places;
  if (const std::string named = environment("EYRIE_ONNXRUNTIME"); !named.empty()) places.emplace_back(named);
  if (const fs::path folder = executable_folder(); !folder.empty()) {
    places.push_back((folder / ".." / "lib").lexically_normal() / kLibraryName);
  }
  const fs::path below = fs::path("deps") / "onnxruntime" / "lib" / kLibraryName;
  places.push_back(fs::path(EYRIE_CACHE_DIR) / below);
  if (fs::path user = user_cache_directory() / below; user != places.back())
    places.push_back(std::move(user));
  places.emplace_back(kLibraryName);
  places.emplace_back("libonnxruntime.so");
  return places;
}

Result<const Runtime*> Runtime::get() {
  static std::mutex mutex;
  static const Runtime* loaded =
      nullptr;  // never unloaded: sessions of static lifetime may outlive any owner
  const std::lock_guard lock(mutex);
  if (loaded != nullptr) return loaded;
  std::string tried;
  for (const fs::path& place : runtime_candidates()) {
    std::error_code ignored;
    if (place.has_parent_path() && !fs::exists(place, ignored)) {
      tried += "\n  " + place.string() + ": no such file";
      continue;
    }
    auto runtime = load(place);
    if (runtime) return loaded = *runtime;
    tried += "\n  " + runtime.error().message;
  }
  return fail(Code::kUnavailable,
              "ONNX Runtime is not installed (scripts/setup installs it; EYRIE_ONNXRUNTIME may name the "
              "library). Tried:" +
                  tried);
}

Result<Runtime*> Runtime::load(const fs::path& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(Code::kUnavailable, path.string() + ": " + dlerror());
  using GetApiBase = const OrtApiBase* (*)();
  const auto get_base = reinterpret_cast<GetApiBase>(dlsym(library, "OrtGetApiBase"));
  if (get_base == nullptr) {
    dlclose(library);
    return fail(Code::kUnavailable, path.string() + ": not an ONNX Runtime (it has no OrtGetApiBase)");
  }
  const OrtApiBase* base = get_base();
  const OrtApi* api = base->GetApi(kApiVersion);
  if (api == nullptr) {
    // Left mapped: ONNX Runtime may have started threads or registered exit handlers of its own.
    return fail(Code::kUnavailable, path.string() + ": ONNX Runtime " + base->GetVersionString() +
                                        " is too old; API version " + std::to_string(kApiVersion) +
                                        " is needed");
  }
  std::unique_ptr<Runtime> runtime(new Runtime());
  runtime->path_ = path;
  runtime->version_ = base->GetVersionString();
  runtime->api_ = api;
  EYRIE_CHECK_OK(runtime->start());
  return runtime.release();
}

Status Runtime::start() {
  EYRIE_CHECK_OK(
      check(api_->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "eyrie", &env_), "ONNX Runtime does not start"));
  EYRIE_CHECK_OK(check(api_->DisableTelemetryEvents(env_), "ONNX Runtime's telemetry"));
  EYRIE_CHECK_OK(check(api_->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &cpu_),
                       "ONNX Runtime's CPU memory"));
  return check(api_->RegisterAllocator(env_, scratch_allocator(cpu_)), "ONNX Runtime's scratch memory");
}

Status Runtime::check(OrtStatus* status, std::string_view what) const {
  if (status == nullptr) return {};
  std::string message = std::string(what) + ": " + api_->GetErrorMessage(status);
  api_->ReleaseStatus(status);
  return fail(Code::kInternal, std::move(message));
}

}  // namespace eyrie::vision
