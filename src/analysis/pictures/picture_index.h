// What all records of ImageMetadataStore hold, in memory, so that a gallery of 100,000 pictures is searched without reading a record.
//
//   PictureIndex index(items);
//   IndexedItems watched(items, index);       // whoever writes records writes them by way of this
//   index.read_all();                         // once, on any thread; what is written meanwhile is not lost
//   index.search({.words = "bicycle", .min_confidence = 80, .limit = 60});
//
// Invariant: once a write through IndexedItems has returned, the index shows that write or a later one of the same record: each update reads
// the record again under the index's lock. A search goes through all pictures (see picture_index_bench.cc, which tells the memory a picture too: 0.4 KB,
// at most some 35 KB); those of a page are unpacked for it. Thread safety: all of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "analysis/pictures/packed_picture.h"

namespace eyrie::analysis {

using PicturePtr = std::shared_ptr<const Picture>;

// Of the Earth's surface, in degrees. A west that is east of the east: over the 180th meridian.
struct Area {
  double west = -180, south = -90, east = 180, north = 90;

  bool contains(const Place& place) const;
};

struct PictureQuery {
  enum class Moderation { kAny, kFlagged, kClean };
  enum class Archived { kAny, kWithout, kOnly };
  // kTaken: what was taken last comes first; of the same day, and where the camera told none, by the upload.
  enum class Order { kNewest, kOldest, kTaken, kName, kLargest };
  // Each must be in the picture's words, key or name, or begin a word of a label of at least min_confidence, of what faces show (face_words.h) or of the country's name, or be a coordinate
  // of the place (search_terms.h). Those that are of a day (written_day.h) may be of the day it was taken, or of the day it was uploaded.
  std::string words;
  double min_confidence = 0;  // without words: some label is that sure; 0: any picture
  std::optional<PictureStatus> status;
  Moderation moderation = Moderation::kAny;
  Archived archived = Archived::kAny;
  std::optional<Area> within;  // taken there
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
    std::size_t pending = 0, completed = 0, failed = 0, flagged = 0, archived = 0;
    std::uint64_t bytes = 0;
    std::vector<std::pair<std::string, std::size_t>> labels;  // the most frequent first, at most 50
  };
  Counts counts() const;
  // Calls with each picture that was uploaded from the one to before the other second, the oldest first. Under the index's lock: it must be quick, and not ask the index.
  void each(std::int64_t from_s, std::int64_t to_s, const std::function<void(const Picture&)>& see) const;

  // A record of the table was written or removed.
  void changed(const store::Item& key);
  // The version of an object that is there now; "": none.
  using CurrentVersion = std::function<std::string()>;
  // Shows `picture`, of which there is no record yet, until there is one, or its object is another or gone. Nothing where that is so already. `current` is asked under the index's lock.
  void await(const Picture& picture, const CurrentVersion& current);
  // The object was removed: what was awaited of it no longer is.
  void forget(const std::string& bucket, const std::string& key, const CurrentVersion& current);
  // Waits until the revision is another, stop() or `timeout`; the revision then.
  std::uint64_t wait(std::uint64_t revision, std::chrono::milliseconds timeout) const;
  void stop();
  bool stopped() const;

 private:
  using Key = std::pair<std::int64_t, std::string>;  // UploadTimestamp, ImageID
  struct ByPosition {
    using is_transparent = void;
    static Position position(const PackedPicture& picture) { return picture.position(); }
    static Position position(const Position& position) { return position; }
    bool operator()(const auto& a, const auto& b) const { return position(a) < position(b); }
  };
  struct ById {
    using is_transparent = void;
    static std::pair<PackedId, std::int64_t> key(const Position& position) { return {position.id, position.uploaded}; }
    static std::pair<PackedId, std::int64_t> key(const PackedPicture* picture) { return key(picture->position()); }
    bool operator()(const auto& a, const auto& b) const { return key(a) < key(b); }
  };
  struct ByContent {
    using is_transparent = void;
    static std::pair<std::string_view, Position> key(const PackedPicture* picture) { return {picture->sha256(), picture->position()}; }
    static const std::pair<std::string_view, Position>& key(const std::pair<std::string_view, Position>& key) { return key; }
    bool operator()(const auto& a, const auto& b) const { return key(a) < key(b); }
  };
  using Found = std::vector<const PackedPicture*>;

  // Under mutex_.
  void take(const Key& key, std::optional<Picture> picture);
  void forget_all_but(const std::string& bucket, const std::string& key, const std::string& version);
  Found matching(const PictureQuery& query) const;  // the oldest first
  PicturePtr unpacked(const PackedPicture& picture) const { return std::make_shared<const Picture>(picture.unpack(names_)); }

  store::ItemTable& items_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  SharedNames names_;                                       // guarded by mutex_, as what follows
  std::set<PackedPicture, ByPosition> pictures_;
  std::set<const PackedPicture*, ById> by_id_;              // all of them
  std::set<const PackedPicture*, ByContent> by_content_;    // whose SHA-256 is known
  std::set<std::pair<std::string, std::int64_t>> awaited_;  // by id and time: those of them that have no record
  std::set<Key> touched_;                                   // while read_all() reads
  std::uint64_t revision_ = 1;
  bool complete_ = false;
  bool stopped_ = false;
};

// The tables, and the index told of what is written to that of the records, which cannot be deleted.
class IndexedItems final : public store::ItemTable {
 public:
  // Both must outlive it.
  IndexedItems(store::ItemTable& items, PictureIndex& index) : items_(items), index_(index) {}

  Status create_table(const store::TableDescription& table) override { return items_.create_table(table); }
  Result<store::TableDescription> describe(const std::string& table) override;
  Result<std::vector<std::string>> tables() override { return items_.tables(); }
  Status delete_table(const std::string& table) override;
  Result<std::optional<store::Item>> put(const std::string& table, const store::Item& item, const store::Condition& condition = {}) override;
  Result<std::optional<store::Item>> get(const std::string& table, const store::Item& key) override { return items_.get(table, key); }
  Result<std::optional<store::Item>> remove(const std::string& table, const store::Item& key, const store::Condition& condition = {}) override;
  Status write(const std::vector<store::ItemWrite>& writes, std::vector<store::Written>& written) override;
  Result<std::vector<std::optional<store::Item>>> get_all(const std::vector<store::ItemKey>& keys, std::uint64_t max_bytes) override {
    return items_.get_all(keys, max_bytes);
  }
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
