#include "base/heap.h"

#include <cstdlib>  // says whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace eyrie {

#ifdef __GLIBC__

void keep_freed_memory() {
  constexpr int kLargestKept = 32 << 20;  // glibc's own limit
  constexpr int kMostKeptAtTheTop = 512 << 20;
  mallopt(M_MMAP_THRESHOLD, kLargestKept);
  mallopt(M_TRIM_THRESHOLD, kMostKeptAtTheTop);
  // Threads that each decode pictures would each keep an arena of their own full of freed pixels.
  mallopt(M_ARENA_MAX, 2);
}

void return_freed_memory() {
  malloc_trim(0);
}

#else

void keep_freed_memory() {}
void return_freed_memory() {}

#endif

}  // namespace eyrie
