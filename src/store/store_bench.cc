// What durability, encryption and the index cost: puts against a plain file written and synced, gets against a plain read, in
// one run on the same disk. TMPDIR chooses the disk.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "store/objects/chunk_file.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

std::filesystem::path bench_directory(const std::string& name) {
  static const testing::TemporaryDirectory directory;
  const auto path = directory.path() / name;
  std::filesystem::create_directories(path);
  return path;
}

void in_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) threads.emplace_back([&, t] { work(t); });
  for (std::thread& thread : threads) thread.join();
}

EmbeddedStore& store() {
  static const std::unique_ptr<EmbeddedStore> opened = [] {
    auto made = EmbeddedStore::open({.directory = bench_directory("store")});
    if (!made || !(*made)->objects().create_bucket("b")) std::abort();
    if (!(*made)->items().create_table({.name = "t", .partition = {"p", KeyType::kString}})) std::abort();
    // The first objects also make their folders.
    in_threads(16, [&](int t) {
      for (int i = 0; i < 100; ++i) {
        (void)testing::put((*made)->objects(), "b", "warm-" + std::to_string(t * 100 + i), "");
      }
    });
    return std::move(*made);
  }();
  return *opened;
}

std::atomic<int> serial = 0;

void label_bytes(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(size));
}

void PlainWriteAndSync(benchmark::State& state) {
  const Bytes content(static_cast<std::size_t>(state.range(0)), 7);
  const auto directory = bench_directory("plain");
  for (auto _ : state) {
    const auto path = directory / std::to_string(serial++);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (::write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()) || ::fsync(fd) != 0) {
      state.SkipWithError("write");
    }
    ::close(fd);
  }
  label_bytes(state, content.size());
}
BENCHMARK(PlainWriteAndSync)->Arg(4 << 10)->Arg(3 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PlainWriteAndSync)->Arg(4 << 10)->Threads(8)->UseRealTime()->Unit(benchmark::kMillisecond);

void PutObject(benchmark::State& state) {
  ObjectStore& objects = store().objects();
  const Bytes content(static_cast<std::size_t>(state.range(0)), 7);
  for (auto _ : state) {
    if (!testing::put(objects, "b", std::to_string(serial++), content)) state.SkipWithError("put");
  }
  label_bytes(state, content.size());
}
BENCHMARK(PutObject)->Arg(4 << 10)->Arg(3 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PutObject)->Arg(4 << 10)->Threads(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PutObject)->Arg(4 << 10)->Threads(32)->UseRealTime()->Unit(benchmark::kMillisecond);

void GetObject(benchmark::State& state) {
  const Bytes content(static_cast<std::size_t>(state.range(0)), 7);
  const std::string key = "get-" + std::to_string(state.range(0));
  if (!testing::put(store().objects(), "b", key, content)) state.SkipWithError("put");
  Bytes into(content.size());
  for (auto _ : state) {
    auto reader = store().objects().open("b", key);
    if (!reader || !(*reader)->read_at(0, into)) state.SkipWithError("get");
  }
  label_bytes(state, content.size());
}
BENCHMARK(GetObject)->Arg(4 << 10)->Arg(3 << 20)->UseRealTime()->Unit(benchmark::kMicrosecond);

// No sync: the price of sealing alone.
void SealChunks(benchmark::State& state) {
  const Bytes content(3 << 20, 7);
  const auto directory = bench_directory("chunks");
  const auto keys = crypto::KeyRing::create(directory / ("key" + std::to_string(serial++)));
  for (auto _ : state) {
    const std::string id = uuid_v4();
    auto writer = ChunkWriter::create(directory / id, id, *keys);
    if (!writer || !(*writer)->write(content) || !(*writer)->finish()) state.SkipWithError("write");
    ::unlink((directory / id).c_str());
  }
  label_bytes(state, content.size());
}
BENCHMARK(SealChunks)->UseRealTime()->Unit(benchmark::kMillisecond);

void PutItem(benchmark::State& state) {
  const std::string text(2000, 'x');
  for (auto _ : state) {
    const Item item{{"p", {{"S", std::to_string(serial++)}}}, {"v", {{"S", text}}}};
    if (!store().items().put("t", item)) state.SkipWithError("put");
  }
}
BENCHMARK(PutItem)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(PutItem)->Threads(8)->UseRealTime()->Unit(benchmark::kMillisecond);

// 1,000 items of 2,000 bytes in a table of their own.
bool fill_items() {
  static const bool filled = [] {
    ItemTable& items = store().items();
    if (!items.create_table({.name = "read", .partition = {"p", KeyType::kString}})) return false;
    in_threads(16, [&](int t) {
      for (int i = t; i < 1000; i += 16) {
        (void)items.put("read", {{"p", {{"S", std::to_string(i)}}}, {"v", {{"S", std::string(2000, 'x')}}}});
      }
    });
    return true;
  }();
  return filled;
}

void GetItem(benchmark::State& state) {
  if (!fill_items()) state.SkipWithError("fill");
  int i = 0;
  for (auto _ : state) {
    const auto item = store().items().get("read", {{"p", {{"S", std::to_string(i++ % 1000)}}}});
    if (!item || !*item) state.SkipWithError("get");
  }
}
BENCHMARK(GetItem)->Unit(benchmark::kMicrosecond);

void ScanItems(benchmark::State& state) {
  if (!fill_items()) state.SkipWithError("fill");
  for (auto _ : state) {
    const auto page = store().items().scan("read", {.max_bytes = 16 << 20});
    if (!page || page->items.size() != 1000) state.SkipWithError("scan");
  }
}
BENCHMARK(ScanItems)->Unit(benchmark::kMillisecond);

void EventThroughTheQueue(benchmark::State& state) {
  for (auto _ : state) {
    (void)store().events().push({.function = "f", .subject = std::to_string(serial++), .payload = "{}"});
    const auto event = store().events().lease(std::chrono::minutes(1));
    if (!event || !*event || !store().events().acknowledge((*event)->id)) state.SkipWithError("event");
  }
}
BENCHMARK(EventThroughTheQueue)->UseRealTime()->Unit(benchmark::kMillisecond);

// 20,000 keys in 200 folders: a listing by folder must not walk over every key.
void ListFolders(benchmark::State& state) {
  static const bool filled = [] {
    ObjectStore& objects = store().objects();
    if (!objects.create_bucket("list")) return false;
    in_threads(16, [&](int t) {
      for (int i = t; i < 20'000; i += 16) {
        (void)testing::put(objects, "list", std::to_string(i % 200) + "/" + std::to_string(i), "");
      }
    });
    return true;
  }();
  if (!filled) state.SkipWithError("fill");
  for (auto _ : state) {
    const auto page = store().objects().list({.bucket = "list", .delimiter = state.range(0) != 0 ? "/" : ""});
    if (!page || page->objects.size() + page->common_prefixes.size() != (state.range(0) != 0 ? 200U : 1000U)) state.SkipWithError("list");
  }
}
BENCHMARK(ListFolders)->ArgName("by_folder")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::store
