// The memory that networks work in: one heap for all of them.
//
// ONNX Runtime's own arenas, one a network, keep what their network once needed, so together they grow to the sum of all; its plain allocator
// calls posix_memalign(), whose blocks glibc (before 2.38) hardly ever gives to the next such call: a text detector that works in 91 MiB
// took 253 (docs/decisions.md). Here blocks are aligned by hand within those of malloc(), which are split and joined again, so what
// one network leaves serves the next, and return_freed_memory() (base/heap.h) gives back what none needs.
//
// Errors: nullptr where there is no memory. Thread safety: all of it.
#pragma once

#include <cstddef>

namespace eyrie::vision {

inline constexpr std::size_t kScratchAlignment = 64;  // bytes: a cache line, and the widest vector register

void* take_scratch(std::size_t bytes);
void return_scratch(void* block);  // nullptr is nothing

}  // namespace eyrie::vision
