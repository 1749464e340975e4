// Loaded into a server by LD_PRELOAD: each rename of a file into an `objects` folder, of which an upload and its result make one each, leaks as the file
// EYRIE_LEAK_CONTROL says when it happens: "BYTES EVERY", so many bytes with each rename and a descriptor with each EVERYth; an empty file or zeros:
// nothing. It shows that tests of memory and descriptors catch what they are for.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void leak(void) {
  static _Atomic long renames;
  long bytes = 0, every = 0;
  const char* path = getenv("EYRIE_LEAK_CONTROL");
  FILE* control = path == NULL ? NULL : fopen(path, "re");
  if (control == NULL) return;
  const int read = fscanf(control, "%ld %ld", &bytes, &every);
  fclose(control);
  if (read != 2) return;
  if (bytes > 0) {
    void* lost = malloc((size_t)bytes);
    if (lost != NULL) memset(lost, 1, (size_t)bytes);
    __asm__ volatile("" : : "r"(lost) : "memory");  // so that the compiler keeps it
  }
  if (every > 0 && atomic_fetch_add(&renames, 1) % every == 0) (void)open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int rename(const char* from, const char* to) {
  static __typeof__(rename)* real;
  if (real == NULL) real = (__typeof__(rename)*)dlsym(RTLD_NEXT, "rename");
  const int outcome = real(from, to);
  if (outcome == 0 && strstr(to, "/objects/") != NULL) leak();
  return outcome;
}
