// What all records of ImageMetadataStore hold, in memory, so that a gallery of 100,000 pictures is searched without reading a record.
//
//   PictureIndex index(items);
//   IndexedItems watched(items, index);       // whoever writes records writes them by way of this
//   index.read_all();                         // once, on any thread; what is written meanwhile is not lost
//   index.search({.words = "bicycle", .min_confidence = 80, .limit = 60});
//
// Invariant: once a write through IndexedItems has returned, the index shows that write or a later one of the same record: each update reads
// the record again under the index's lock. A search goes through all pictures (see picture_index_bench.cc). Memory: 0.5 to 1.5 KB a picture, at
// most some 10 KB. Thread safety: all of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "analysis/pictures/picture.h"

namespace eyrie::analysis {

using PicturePtr = std::shared_ptr<const Picture>;

struct PictureQuery {
  enum class Moderation { kAny, kFlagged, kClean };
  enum class Order { kNewest, kOldest, kName, kLargest };
  std::string words;          // each must be in the picture's words, or begin a word of a label of at least min_confidence
  double min_confidence = 0;  // without words: some label is that sure; 0: any picture
  std::optional<PictureStatus> status;
  Moderation moderation = Moderation::kAny;
  std::vector<std::string> ids;  // only these; empty: whichever
  Order order = Order::kNewest;
  std::size_t from = 0;       // position of the first in the answer
  std::size_t limit = 60;
};
struct PicturePage {
  std::vector<PicturePtr> pictures;
  std::size_t total = 0;      // that fit
  std::uint64_t revision = 0; // grows with every change
  bool complete = false;      // whether all records have been read since the start
};

class PictureIndex {
 public:
  // It must outlive the index.
  explicit PictureIndex(store::ItemTable& items) : items_(items) {}

  Status read_all();
  PicturePage search(const PictureQuery& query) const;
  PicturePtr find(const std::string& id) const;             // nullptr: there is none
  PicturePtr find_by_content(const std::string& sha256) const;
  // How many there are by status, and how often each label of at least 80 percent is seen.
  struct Counts {
    std::size_t pending = 0, completed = 0, failed = 0, flagged = 0;
    std::uint64_t bytes = 0;
    std::vector<std::pair<std::string, std::size_t>> labels;  // the most frequent first, at most 50
  };
  Counts counts() const;

  // A record of the table was written or removed.
  void changed(const store::Item& key);
  // Waits until the revision is another, stop() or `timeout`; the revision then.
  std::uint64_t wait(std::uint64_t revision, std::chrono::milliseconds timeout) const;
  void stop();
  bool stopped() const;

 private:
  using Key = std::pair<std::int64_t, std::string>;  // UploadTimestamp, ImageID
  void take(const Key& key, std::optional<Picture> picture);  // under mutex_
  std::vector<const PicturePtr*> matching(const PictureQuery& query) const;  // under mutex_; the oldest first

  store::ItemTable& items_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::map<Key, PicturePtr> pictures_;                        // guarded by mutex_
  std::map<std::string, std::set<std::int64_t>> times_;       // guarded by mutex_; by ImageID
  std::unordered_map<std::string, std::string> by_content_;   // guarded by mutex_; SHA-256 -> ImageID
  std::set<Key> touched_;          // guarded by mutex_; while read_all() reads
  std::uint64_t revision_ = 1;     // guarded by mutex_
  bool complete_ = false;          // guarded by mutex_
  bool stopped_ = false;           // guarded by mutex_
};

// The table, and the index told of what is written to it.
class IndexedItems final : public store::ItemTable {
 public:
  // Both must outlive it.
  IndexedItems(store::ItemTable& items, PictureIndex& index) : items_(items), index_(index) {}

  Status create_table(const store::TableDescription& table) override { return items_.create_table(table); }
  Result<store::TableDescription> describe(const std::string& table) override { return items_.describe(table); }
  Result<std::vector<std::string>> tables() override { return items_.tables(); }
  Result<std::optional<store::Item>> put(const std::string& table, const store::Item& item, const store::Condition& condition = {}) override;
  Result<std::optional<store::Item>> get(const std::string& table, const store::Item& key) override { return items_.get(table, key); }
  Result<std::optional<store::Item>> remove(const std::string& table, const store::Item& key, const store::Condition& condition = {}) override;
  Result<store::Page> query(const std::string& table, const json::value& partition, const store::SortCondition& sort, bool forward,
                            const store::PageOptions& page) override {
    return items_.query(table, partition, sort, forward, page);
  }
  Result<store::Page> scan(const std::string& table, const store::PageOptions& page) override { return items_.scan(table, page); }

 private:
  store::ItemTable& items_;
  PictureIndex& index_;
};

}  // namespace eyrie::analysis
