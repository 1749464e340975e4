// A million faces in one collection, on disk: how fast they go in (100 of a picture, four writers), what they
// take on disk and in memory, how long a start takes to read them back, and what a search takes with its
// answer's rows, against the scan alone. EYRIE_BENCH_FACES changes the number, TMPDIR chooses the disk.
// `rss_MB` is the process's memory, before and after.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/log.h"
#include "store/embedded.h"
#include "store/faces/testing.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kOfAPicture = 100;
constexpr int kWriters = 4;
constexpr std::size_t kWide = 128;

std::size_t face_count() {
  const char* asked = std::getenv("EYRIE_BENCH_FACES");
  return asked == nullptr ? 1'000'000 : std::strtoull(asked, nullptr, 10);
}

const std::filesystem::path& directory() {
  static const testing::TemporaryDirectory made;
  return made.path();
}

std::unique_ptr<EmbeddedStore> open_store() {
  set_log_level(LogLevel::kWarning);
  auto opened = EmbeddedStore::open({.directory = directory()});
  if (!opened) std::abort();
  return std::move(*opened);
}

double rss_mb() {
  std::size_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

double disk_mb() {
  double bytes = 0;
  for (const auto& file : testing::files_below(directory()))
    bytes += static_cast<double>(std::filesystem::file_size(file));
  return bytes / 1e6;
}

// Cheap noise: making a million vectors should not be what is measured.
std::vector<float> made_up(std::uint32_t seed) {
  std::vector<float> vector(kWide);
  for (float& value : vector) {
    seed = seed * 1664525 + 1013904223;
    value = static_cast<float>(seed >> 8) / (1U << 23) - 1;
  }
  return vector;
}

bool index_all(FaceStore& faces) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> good = true;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&] {
      while (good) {
        const std::size_t from = next.fetch_add(kOfAPicture);
        if (from >= face_count()) return;
        std::vector<std::vector<float>> embeddings;
        for (std::size_t i = 0; i < kOfAPicture; ++i) {
          embeddings.push_back(made_up(static_cast<std::uint32_t>((from + i) * 2'654'435'761U)));
        }
        if (!faces.add_faces("c", testing::picture(std::to_string(from), embeddings))) good = false;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  return good;
}

void IndexFaces(benchmark::State& state) {
  const double before = rss_mb();
  for (auto _ : state) {
    const auto store = open_store();
    if (!store->faces().create_collection("c", "1.0", {}) || !store->faces().warm_up() ||
        !index_all(store->faces())) {
      state.SkipWithError("index");
    }
    state.counters["rss_MB"] = rss_mb();
  }
  state.counters["rss_before"] = before;
  state.counters["disk_MB"] = disk_mb();
  state.counters["faces"] =
      benchmark::Counter(static_cast<double>(face_count()), benchmark::Counter::kIsRate);
}
BENCHMARK(IndexFaces)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

// As after a restart, but for the page cache.
void ReadIntoMemory(benchmark::State& state) {
  for (auto _ : state) {
    const auto store = open_store();
    if (!store->faces().warm_up()) state.SkipWithError("read");
    state.counters["rss_MB"] = rss_mb();
  }
}
BENCHMARK(ReadIntoMemory)->Iterations(3)->UseRealTime()->Unit(benchmark::kSecond);

void SearchFaces(benchmark::State& state) {
  static const auto store = open_store();
  FaceStore& faces = store->faces();
  if (!faces.warm_up()) state.SkipWithError("read");
  std::uint32_t at = static_cast<std::uint32_t>(state.thread_index());
  for (auto _ : state) {
    at += 7'919;
    const auto query =
        faces.vector("c", "1.0", made_up(static_cast<std::uint32_t>((at % face_count()) * 2'654'435'761U)));
    const auto found = faces.nearest_faces("c", *query, static_cast<std::size_t>(state.range(0)), -1);
    if (!found || found->empty() || found->front().cosine < 0.999) state.SkipWithError("not found");
  }
}
BENCHMARK(SearchFaces)->ArgName("most")->Arg(1)->Arg(80)->Arg(4096)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::store
