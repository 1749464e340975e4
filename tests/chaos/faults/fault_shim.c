// Loaded into a server by LD_PRELOAD: calls that write below one directory fail as the control file says, and the clock of the day goes as it says. For tests.
//
//   EYRIE_FAULT_CONTROL   a file of this layout, which the test changes while the server runs
//   EYRIE_FAULT_PATH      the directory; other files are left alone
//
// The numbers are 32 bits wide, in the machine's order.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { kWrite = 1, kSync = 2, kRename = 4, kOpen = 8 };

struct control {
  _Atomic uint32_t operations;   // which fail; 0: none
  _Atomic int32_t error;         // their errno; 0: writes write half of what they are given
  _Atomic uint32_t per_million;  // of those calls
  _Atomic uint32_t injected;     // how many have failed so far
  _Atomic int32_t clock_ahead;   // seconds
};

static struct control* control_at(void) {
  static _Atomic(struct control*) mapped;
  static struct control nothing;
  struct control* now = atomic_load(&mapped);
  if (now != NULL) return now;
  now = &nothing;
  const char* path = getenv("EYRIE_FAULT_CONTROL");
  int (*real_open)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
  const int fd = path == NULL ? -1 : real_open(path, O_RDWR | O_CLOEXEC);
  if (fd >= 0) {
    void* map = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) now = map;
    close(fd);
  }
  atomic_store(&mapped, now);
  return now;
}

static int is_below(const char* path) {
  const char* directory = getenv("EYRIE_FAULT_PATH");
  return directory != NULL && path != NULL && strncmp(path, directory, strlen(directory)) == 0;
}

static int is_file_below(int fd) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return is_below(path);
}

static int chosen(struct control* control) {
  static _Thread_local uint64_t state;
  if (state == 0) state = (uint64_t)(uintptr_t)&state ^ (uint64_t)getpid() << 32;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (state >> 33) % 1000000 < atomic_load(&control->per_million);
}

// Whether this call is to fail; errno is set then.
static int fails(uint32_t operation, int below) {
  struct control* control = control_at();
  if (!(atomic_load(&control->operations) & operation) || !below || !chosen(control)) return 0;
  atomic_fetch_add(&control->injected, 1);
  errno = atomic_load(&control->error);
  return 1;
}
static int concerns(uint32_t operation) { return (atomic_load(&control_at()->operations) & operation) != 0; }

#define REAL(name) \
  static __typeof__(name)* real; \
  if (real == NULL) real = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

#define WRITING(name, parameters, arguments, half) \
  ssize_t name parameters { \
    REAL(name); \
    if (!concerns(kWrite) || !fails(kWrite, is_file_below(fd))) return real arguments; \
    if (errno != 0) return -1; \
    return real half; \
  }
#define HALF (count > 1 ? count / 2 : count)
WRITING(write, (int fd, const void* bytes, size_t count), (fd, bytes, count), (fd, bytes, HALF))
WRITING(pwrite, (int fd, const void* bytes, size_t count, off_t at), (fd, bytes, count, at), (fd, bytes, HALF, at))
WRITING(pwrite64, (int fd, const void* bytes, size_t count, off64_t at), (fd, bytes, count, at), (fd, bytes, HALF, at))

#define ON_FILE(name, operation, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    return concerns(operation) && fails(operation, is_file_below(fd)) ? -1 : real arguments; \
  }
ON_FILE(fsync, kSync, (int fd), (fd))
ON_FILE(fdatasync, kSync, (int fd), (fd))
ON_FILE(syncfs, kSync, (int fd), (fd))

int rename(const char* from, const char* to) {
  REAL(rename);
  return fails(kRename, is_below(to)) ? -1 : real(from, to);
}
int mkdir(const char* path, mode_t mode) {
  REAL(mkdir);
  return fails(kOpen, is_below(path)) ? -1 : real(path, mode);
}

// Opening for reading goes on.
#define OPENING(name) \
  int name(const char* path, int flags, ...) { \
    REAL(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
      va_list more; \
      va_start(more, flags); \
      mode = va_arg(more, mode_t); \
      va_end(more); \
    } \
    return (flags & (O_WRONLY | O_RDWR)) && fails(kOpen, is_below(path)) ? -1 : real(path, flags, mode); \
  }
OPENING(open)
OPENING(open64)

int clock_gettime(clockid_t clock, struct timespec* time) {
  REAL(clock_gettime);
  const int outcome = real(clock, time);
  if (outcome == 0 && clock == CLOCK_REALTIME) time->tv_sec += atomic_load(&control_at()->clock_ahead);
  return outcome;
}
