#include "store/sqlite/checked_pages.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>

#include "store/sqlite/log_check.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kHeaderBytes = 100, kSmallestPage = 512;
constexpr std::size_t kPageSizeAt = 16, kReservedAt = 20, kApplicationIdAt = 68;

std::size_t page_size_of(ByteView header) {
  const std::size_t size = static_cast<std::size_t>(header[kPageSizeAt]) << 8 | header[kPageSizeAt + 1];
  return size == 1 ? 65536 : size;
}

std::uint64_t stored_sum(ByteView page) {
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : page.last(kPageSumBytes)) sum = sum << 8 | byte;
  return sum;
}

bool is_whole(ByteView page, std::uint64_t number) {
  if (stored_sum(page) == page_sum(page.first(page.size() - kPageSumBytes), number)) return true;
  return std::ranges::all_of(page, [](std::uint8_t byte) { return byte == 0; });
}

// An open database file; the file of the layer below lies behind it in memory.
struct CheckedFile {
  sqlite3_file base;
  bool is_known;          // whether its header was seen
  std::size_t page_size;  // 0: it has no sums

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  void learn(ByteView header) {
    if (header[0] == 0) return;  // nothing is there yet
    is_known = true;
    page_size = header[kReservedAt] == kPageSumBytes ? page_size_of(header) : 0;
  }
  bool is_page(int bytes, sqlite3_int64 offset) const {
    return page_size >= kSmallestPage && static_cast<std::size_t>(bytes) == page_size && offset % bytes == 0;
  }
};

CheckedFile* checked(sqlite3_file* file) { return reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return checked(file)->below(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return below(file)->pMethods; }

int read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset) {
  const int code = methods(file)->xRead(below(file), into, bytes, offset);
  if (code != SQLITE_OK) return code;
  const ByteView got(static_cast<const std::uint8_t*>(into), static_cast<std::size_t>(bytes));
  if (offset == 0 && got.size() >= kHeaderBytes) checked(file)->learn(got);
  if (!checked(file)->is_page(bytes, offset) || is_whole(got, static_cast<std::uint64_t>(offset / bytes) + 1)) return SQLITE_OK;
  return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  const ByteView given(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(bytes));
  if (offset == 0 && given.size() >= kHeaderBytes) checked(file)->learn(given);
  if (!checked(file)->is_known) {
    // Who opened it while it was empty may have read its header from the log.
    std::array<std::uint8_t, kHeaderBytes> header{};
    if (methods(file)->xRead(below(file), header.data(), kHeaderBytes, 0) == SQLITE_OK) checked(file)->learn(header);
  }
  if (!checked(file)->is_page(bytes, offset)) return methods(file)->xWrite(below(file), from, bytes, offset);
  // SQLite's own buffer stays as it is: pages of its cache are compared with it.
  thread_local Bytes page;
  page.assign(given.begin(), given.end());
  std::uint64_t sum = page_sum(given.first(given.size() - kPageSumBytes), static_cast<std::uint64_t>(offset / bytes) + 1);
  for (std::size_t i = page.size(); i-- > page.size() - kPageSumBytes;) {
    page[i] = static_cast<std::uint8_t>(sum);
    sum >>= 8;
  }
  return methods(file)->xWrite(below(file), page.data(), bytes, offset);
}

int close(sqlite3_file* file) { return methods(file)->xClose(below(file)); }
int truncate(sqlite3_file* file, sqlite3_int64 size) { return methods(file)->xTruncate(below(file), size); }
int sync(sqlite3_file* file, int flags) { return methods(file)->xSync(below(file), flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file)->xFileSize(below(file), size); }
int lock(sqlite3_file* file, int level) { return methods(file)->xLock(below(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file)->xUnlock(below(file), level); }
int check_reserved_lock(sqlite3_file* file, int* result) { return methods(file)->xCheckReservedLock(below(file), result); }
int file_control(sqlite3_file* file, int operation, void* argument) { return methods(file)->xFileControl(below(file), operation, argument); }
int sector_size(sqlite3_file* file) { return methods(file)->xSectorSize(below(file)); }
int device_characteristics(sqlite3_file* file) { return methods(file)->xDeviceCharacteristics(below(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** at) { return methods(file)->xShmMap(below(file), page, size, extend, at); }
int shm_lock(sqlite3_file* file, int offset, int count, int flags) { return methods(file)->xShmLock(below(file), offset, count, flags); }
void shm_barrier(sqlite3_file* file) { methods(file)->xShmBarrier(below(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file)->xShmUnmap(below(file), remove); }

// Version 2: without mapping the file into memory, which would pass pages by unread.
constexpr sqlite3_io_methods kMethods = {.iVersion = 2,
                                         .xClose = close,
                                         .xRead = read,
                                         .xWrite = write,
                                         .xTruncate = truncate,
                                         .xSync = sync,
                                         .xFileSize = file_size,
                                         .xLock = lock,
                                         .xUnlock = unlock,
                                         .xCheckReservedLock = check_reserved_lock,
                                         .xFileControl = file_control,
                                         .xSectorSize = sector_size,
                                         .xDeviceCharacteristics = device_characteristics,
                                         .xShmMap = shm_map,
                                         .xShmLock = shm_lock,
                                         .xShmBarrier = shm_barrier,
                                         .xShmUnmap = shm_unmap};

sqlite3_vfs* real_of(sqlite3_vfs* layer) { return static_cast<sqlite3_vfs*>(layer->pAppData); }

int open(sqlite3_vfs* layer, const char* name, sqlite3_file* file, int flags, int* given_flags) {
  sqlite3_vfs* const real = real_of(layer);
  // Logs and journals are the layer's below from here on.
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return real->xOpen(real, name, file, flags, given_flags);
  auto* const opened = new (file) CheckedFile{};
  const int code = real->xOpen(real, name, opened->below(), flags, given_flags);
  opened->base.pMethods = opened->below()->pMethods == nullptr ? nullptr : &kMethods;
  return code;
}

// The layer itself: all but opening is the one's below, which is asked with itself.
struct Layer {
  sqlite3_vfs vfs{};

  explicit Layer(sqlite3_vfs* real) {
    vfs.iVersion = 1;
    vfs.szOsFile = static_cast<int>(sizeof(CheckedFile)) + real->szOsFile;
    vfs.mxPathname = real->mxPathname;
    vfs.zName = "eyrie-checked-pages";
    vfs.pAppData = real;
    vfs.xOpen = open;
    vfs.xDelete = [](sqlite3_vfs* layer, const char* name, int sync_directory) { return real_of(layer)->xDelete(real_of(layer), name, sync_directory); };
    vfs.xAccess = [](sqlite3_vfs* layer, const char* name, int flags, int* result) { return real_of(layer)->xAccess(real_of(layer), name, flags, result); };
    vfs.xFullPathname = [](sqlite3_vfs* layer, const char* name, int size, char* into) { return real_of(layer)->xFullPathname(real_of(layer), name, size, into); };
    vfs.xRandomness = [](sqlite3_vfs* layer, int size, char* into) { return real_of(layer)->xRandomness(real_of(layer), size, into); };
    vfs.xSleep = [](sqlite3_vfs* layer, int microseconds) { return real_of(layer)->xSleep(real_of(layer), microseconds); };
    vfs.xCurrentTime = [](sqlite3_vfs* layer, double* now) { return real_of(layer)->xCurrentTime(real_of(layer), now); };
    vfs.xGetLastError = [](sqlite3_vfs* layer, int size, char* into) { return real_of(layer)->xGetLastError(real_of(layer), size, into); };
  }
};

}  // namespace

std::uint64_t page_sum(ByteView page, std::uint64_t number) {
  LogSum sum{.first = static_cast<std::uint32_t>(number), .second = static_cast<std::uint32_t>(number >> 32)};
  sum.add(page, false);
  return static_cast<std::uint64_t>(sum.first) << 32 | sum.second;
}

const char* checked_pages() {
  static const char* const kName = []() -> const char* {
    sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
    if (real == nullptr) return nullptr;
    static Layer layer(real);
    return sqlite3_vfs_register(&layer.vfs, 0) == SQLITE_OK ? layer.vfs.zName : nullptr;
  }();
  return kName;
}

Result<PageSums> page_sums_of(const std::filesystem::path& file) {
  std::error_code unreadable;
  if (std::filesystem::file_size(file, unreadable) == 0 || unreadable) return PageSums::kNone;
  std::ifstream in(file, std::ios::binary);
  Bytes page(65536);
  in.read(reinterpret_cast<char*>(page.data()), static_cast<std::streamsize>(page.size()));
  page.resize(static_cast<std::size_t>(in.gcount()));
  const auto damaged = fail(Code::kCorrupt, "the first page of " + file.string() + " is damaged");
  if (page.size() < kHeaderBytes) return damaged;
  std::uint32_t id = 0;
  for (std::size_t i = kApplicationIdAt; i < kApplicationIdAt + 4; ++i) id = id << 8 | page[i];
  if (page[kReservedAt] == 0 && id != kCheckedPagesId) return PageSums::kOfBefore;
  const std::size_t size = page_size_of(page);
  if (page[kReservedAt] != kPageSumBytes || size < kSmallestPage || page.size() < size || !is_whole(ByteView(page).first(size), 1)) return damaged;
  return PageSums::kThere;
}

}  // namespace eyrie::store
