// For tests: the console's service with a gallery over a real store.
#pragma once

#include "analysis/record.h"
#include "analysis/record_findings.h"
#include "api/console/testing.h"
#include "kms/local_keys.h"

namespace eyrie::api::console::testing {

class GalleryTest : public ConsoleServiceTest {
 protected:
  Backend backend() override {
    EXPECT_TRUE(store_->items().create_table(analysis::record_table()));
    EXPECT_TRUE(objects().create_bucket("images"));
    keys_ = *kms::LocalKeys::open(store_->records(), clock_);
    object_keys_.emplace(*keys_);
    index_.emplace(store_->items());
    items_.emplace(store_->items(), *index_);
    EXPECT_TRUE(index_->read_all());
    gallery_.emplace(Gallery{.objects = objects(),
                             .items = *items_,
                             .events = store_->events(),
                             .index = *index_,
                             .keys = *object_keys_,
                             .thumbnails = thumbnails_,
                             .signer = {},
                             .watchers = watchers_});
    Backend made = ConsoleServiceTest::backend();
    made.gallery = &*gallery_;
    return made;
  }
  // Uploaded so many seconds before now; more members of the record as plain JSON.
  void add_picture(const std::string& id, std::int64_t age_s, json::object more = {}) {
    store::Item record{{"ImageID", analysis::string_value(id)},
                       {"UploadTimestamp", analysis::number_value(clock_.now_ms() / 1000 - age_s)},
                       {"Bucket", analysis::string_value("images")},
                       {"Key", analysis::string_value("uploads/" + id + ".jpg")},
                       {"ProcessingStatus", analysis::string_value("COMPLETED")}};
    for (const auto& [name, value] : more) record[name] = analysis::attribute(value);
    ASSERT_TRUE(items_->put(std::string(analysis::kRecordTable), record));
  }
  static json::array labels(std::initializer_list<std::pair<const char*, double>> all) {
    json::array made;
    for (const auto& [name, confidence] : all)
      made.push_back(json::object{{"Name", name}, {"Confidence", confidence}});
    return made;
  }
  static json::object taken_at(double latitude, double longitude) {
    return {{"GPS", json::object{{"Latitude", latitude}, {"Longitude", longitude}}}};
  }

  std::unique_ptr<kms::LocalKeys> keys_;
  std::optional<iam::ObjectKeys> object_keys_;
  std::optional<analysis::PictureIndex> index_;
  std::optional<analysis::IndexedItems> items_;
  Thumbnails thumbnails_;
  std::atomic<int> watchers_{0};
  std::optional<Gallery> gallery_;
};

}  // namespace eyrie::api::console::testing
