// Searching a gallery of 100,000 pictures, and the memory that it takes.
#include <benchmark/benchmark.h>

#include <cstdlib>  // says whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "analysis/pictures/picture_index.h"
#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "base/ids.h"

namespace eyrie::analysis {
namespace {

constexpr int kPictures = 100'000;

// A table of as many records, of which each is made when it is read.
class ManyRecords final : public store::ItemTable {
 public:
  // 15 labels, three lines of print, a camera; every other one has its UUID for a name, the others what a camera calls them.
  static store::Item record(int number) {
    json::array labels;
    for (int i = 0; i < 15; ++i) {
      labels.push_back(attribute(json::object{{"Name", "Label " + std::to_string((number * 7 + i * 131) % 600)}, {"Confidence", 99.0 - i}}));
    }
    const std::string id = uuid_v4();
    const json::array lines{json::object{{"DetectedText", "HOUSE NUMBER " + std::to_string(number)}},
                            json::object{{"DetectedText", "FRESH BREAD DAILY"}},
                            json::object{{"DetectedText", "Open 7:30 to 18:00"}}};
    return {{"ImageID", string_value(id)},
            {"UploadTimestamp", number_value(std::int64_t{1'700'000'000} + number * std::int64_t{60})},
            {"Bucket", string_value("images")},
            {"Key", string_value("uploads/" + (number % 2 == 0 ? id : "IMG_" + std::to_string(number)) + ".jpg")},
            {"Sequencer", string_value("00000000000" + std::to_string(10'000 + number))},
            {"ProcessingStatus", string_value("COMPLETED")},
            {"Exif", attribute(json::object{{"Make", "Canon"}, {"Model", "Canon EOS 80D"}, {"DateTimeOriginal", "20" + std::to_string(10 + number % 17) + "-1" + std::to_string(number % 3) + "-29T10:00:00"},
                                                {"GPS", {{"Latitude", number % 120 - 50}, {"Longitude", number % 359 - 179.5}}}})},
            {"FaceData", attribute(json::array{json::object{{"Gender", {{"Value", number % 2 == 0 ? "Female" : "Male"}, {"Confidence", 98}}}, {"AgeRange", {{"Low", 25}, {"High", 35}}}}})},
            {"Text", attribute(lines)},
            {"Labels", json::object{{"L", labels}}}};
  }
  Status create_table(const store::TableDescription&) override { return {}; }
  Result<store::TableDescription> describe(const std::string&) override { return record_table(); }
  Result<std::vector<std::string>> tables() override { return std::vector<std::string>(); }
  Result<std::optional<store::Item>> put(const std::string&, const store::Item&, const store::Condition&) override { return std::nullopt; }
  Result<std::optional<store::Item>> get(const std::string&, const store::Item&) override { return std::nullopt; }
  Result<std::optional<store::Item>> remove(const std::string&, const store::Item&, const store::Condition&) override { return std::nullopt; }
  Status delete_table(const std::string&) override { return {}; }
  Status write(const std::vector<store::ItemWrite>&, std::vector<store::Written>&) override { return {}; }
  Result<std::vector<std::optional<store::Item>>> get_all(const std::vector<store::ItemKey>&, std::uint64_t) override { return std::vector<std::optional<store::Item>>(); }
  Result<store::Page> query(const std::string&, const json::value&, const store::SortCondition&, bool, const store::PageOptions&) override { return store::Page(); }
  Result<store::Page> scan(const std::string&, const store::PageOptions&) override {
    store::Page page;
    for (int i = 0; i < 1000; ++i) page.items.push_back(record(next_++));
    if (next_ < kPictures) page.last_key = store::Item();
    return page;
  }

 private:
  int next_ = 0;
};

// Bytes of the heap in use; 0 where the C library does not tell.
double in_use() {
#ifdef __GLIBC__
  return static_cast<double>(mallinfo2().uordblks);
#else
  return 0;
#endif
}

struct Read {
  Read() {
    const double before = in_use();
    if (!index.read_all()) std::abort();
    bytes_a_picture = (in_use() - before) / kPictures;
  }
  ManyRecords records;
  PictureIndex index{records};
  double bytes_a_picture = 0;
};
const Read& read() {
  static const Read once;
  return once;
}

void search(benchmark::State& state, const PictureQuery& query) {
  const PictureIndex& pictures = read().index;
  for (auto _ : state) benchmark::DoNotOptimize(pictures.search(query).total);
  state.counters["bytes_a_picture"] = read().bytes_a_picture;
}
BENCHMARK_CAPTURE(search, newest, PictureQuery{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, far_down, PictureQuery{.from = 90'000})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, by_name, PictureQuery{.order = PictureQuery::Order::kName})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, by_name_far_down, PictureQuery{.order = PictureQuery::Order::kName, .from = 90'000})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, nothing, PictureQuery{.words = "eggplant pudding"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_label, PictureQuery{.words = "label 5", .min_confidence = 90})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_number_in_text, PictureQuery{.words = "house 99999"})->Unit(benchmark::kMillisecond);

BENCHMARK_CAPTURE(search, a_face, PictureQuery{.words = "female"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_month, PictureQuery{.words = "oct 2015"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_country, PictureQuery{.words = "italy"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_coordinate, PictureQuery{.words = "43.46, 11.88"})->Unit(benchmark::kMillisecond);

void counts(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(read().index.counts().completed);
}
BENCHMARK(counts)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::analysis
