// Searching a gallery of 100,000 pictures.
#include <benchmark/benchmark.h>

#include "analysis/pictures/picture_index.h"
#include "analysis/record.h"
#include "analysis/record_findings.h"

namespace eyrie::analysis {
namespace {

constexpr int kPictures = 100'000;

// A table of as many records, of which each is made when it is read.
class ManyRecords final : public store::ItemTable {
 public:
  static store::Item record(int number) {
    json::array labels;
    for (int i = 0; i < 12; ++i) {
      labels.push_back(attribute(json::object{{"Name", "Label " + std::to_string((number * 7 + i * 131) % 600)}, {"Confidence", 99.0 - i}}));
    }
    return {{"ImageID", string_value("picture-" + std::to_string(number))},
            {"UploadTimestamp", number_value(std::int64_t{1'700'000'000} + number)},
            {"Bucket", string_value("images")},
            {"Key", string_value("uploads/picture-" + std::to_string(number) + ".jpg")},
            {"ProcessingStatus", string_value("COMPLETED")},
            {"Text", attribute(json::array{json::object{{"DetectedText", "HOUSE NUMBER " + std::to_string(number)}}})},
            {"Labels", json::object{{"L", labels}}}};
  }
  Status create_table(const store::TableDescription&) override { return {}; }
  Result<store::TableDescription> describe(const std::string&) override { return record_table(); }
  Result<std::vector<std::string>> tables() override { return std::vector<std::string>(); }
  Result<std::optional<store::Item>> put(const std::string&, const store::Item&, const store::Condition&) override { return std::nullopt; }
  Result<std::optional<store::Item>> get(const std::string&, const store::Item&) override { return std::nullopt; }
  Result<std::optional<store::Item>> remove(const std::string&, const store::Item&, const store::Condition&) override { return std::nullopt; }
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

const PictureIndex& index() {
  static ManyRecords records;
  static PictureIndex made(records);
  static const Status read = made.read_all();
  return made;
}

void search(benchmark::State& state, const PictureQuery& query) {
  const PictureIndex& pictures = index();
  for (auto _ : state) benchmark::DoNotOptimize(pictures.search(query).total);
}
BENCHMARK_CAPTURE(search, newest, PictureQuery{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, far_down, PictureQuery{.from = 90'000})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, by_name, PictureQuery{.order = PictureQuery::Order::kName})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_label, PictureQuery{.words = "label 5", .min_confidence = 90})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, a_number_in_text, PictureQuery{.words = "house 99999"})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eyrie::analysis
