// How the process's heap keeps what is freed.
//
// The scratch memory of a network run on a large picture is some hundred MiB in pieces of a few. As glibc comes, each piece is given back to
// the kernel when freed and faulted in, zeroed, for the next picture: a fifth of an analysis, and the threads wait for
// one another meanwhile (docs/decisions.md).
//
//   keep_freed_memory();         // first thing in main()
//   return_freed_memory();       // from time to time
//
// Errors: none; elsewhere than on glibc both do nothing. Thread safety: keep_freed_memory() before threads start.
#pragma once

namespace eyrie {

// Freed memory stays with the process for the next call.
void keep_freed_memory();

// Gives whole free pages back. Takes a few milliseconds where there are many, during which allocations wait.
void return_freed_memory();

}  // namespace eyrie
