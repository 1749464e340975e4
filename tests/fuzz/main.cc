// eyrie_fuzzers NAME [libFuzzer's options and folders]: one of the fuzzers of src/.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

// libFuzzer's own way in (FuzzerInterface of LLVM): exits unless all inputs were run.
extern "C" int LLVMFuzzerRunDriver(int* count, char*** arguments, int (*run)(const std::uint8_t*, std::size_t));

#define FUZZER(name) extern "C" int eyrie_##name(const std::uint8_t* data, std::size_t size);
#include "fuzzers.inc"
#undef FUZZER

namespace {

struct Fuzzer {
  std::string_view name;
  int (*run)(const std::uint8_t*, std::size_t);
};
#define FUZZER(name) {#name, eyrie_##name},
constexpr Fuzzer kFuzzers[] = {
#include "fuzzers.inc"
};

}  // namespace

int main(int count, char** arguments) {
  const std::string_view wanted = count > 1 ? arguments[1] : "";
  for (const Fuzzer& fuzzer : kFuzzers) {
    if (fuzzer.name != wanted) continue;
    // As if the fuzzer were a program of its own.
    arguments[1] = arguments[0];
    --count;
    ++arguments;
    return LLVMFuzzerRunDriver(&count, &arguments, fuzzer.run);
  }
  std::fprintf(stderr, "no fuzzer is called \"%.*s\"\n", static_cast<int>(wanted.size()), wanted.data());
  return 2;
}
