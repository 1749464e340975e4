#include "base/heap.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace eyrie {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kOwnHeap = false;
#elif defined(__has_feature)
constexpr bool kOwnHeap = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool kOwnHeap = true;
#endif

long resident_mib() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE) >> 20;
}

void use(std::size_t mib) {
  std::vector<std::unique_ptr<char[]>> pieces;
  for (std::size_t i = 0; i < mib / 8; ++i) {
    pieces.push_back(std::make_unique_for_overwrite<char[]>(8 << 20));
    std::memset(pieces.back().get(), 1, 8 << 20);
  }
}

TEST(Heap, KeepsWhatIsFreedUntilAskedToReturnIt) {
  if (!kOwnHeap) GTEST_SKIP() << "the sanitizer's heap is another";
  keep_freed_memory();
  const long before = resident_mib();
  use(256);
  EXPECT_GT(resident_mib() - before, 200);
  return_freed_memory();
  EXPECT_LT(resident_mib() - before, 50);
}

}  // namespace
}  // namespace eyrie
