// An uploaded archive, checked and unpacked: whatever it holds, nothing is written outside of its folder.
#include <cstdlib>
#include <filesystem>

#include "base/testing.h"
#include "functions/registry/code_package.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const ByteView zip(data, size);
  if (!functions::check_package(zip)) return 0;
  const TemporaryDirectory directory;
  const auto folder = directory.path() / "code";
  if (!functions::unpack(zip, folder)) std::abort();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
    if (!entry.is_directory() && !entry.is_regular_file()) std::abort();
    if (entry.path() != folder && !entry.path().string().starts_with(folder.string() + "/")) std::abort();
  }
  return 0;
}
