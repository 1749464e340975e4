// A process and all below it, as /proc tells it.
//
// What forks while it is walked may be missed, or seen twice under two parents; a walk ends after some thousand processes. Thread safety:
// all of it.
#pragma once

#include <sys/types.h>

#include <functional>

namespace eyrie::functions {

// Each before its children, until `look` says false.
void for_each_process(pid_t first, const std::function<bool(pid_t)>& look);

}  // namespace eyrie::functions
