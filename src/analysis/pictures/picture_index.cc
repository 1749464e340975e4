#include "analysis/pictures/picture_index.h"

#include <algorithm>
#include <limits>

#include "analysis/pictures/sieve.h"
#include "analysis/record.h"
#include "analysis/record_findings.h"

namespace eyrie::analysis {
namespace {

constexpr double kSure = 80;
constexpr std::size_t kMaxCounted = 50;

// So that numbers stand as the names do that begin with these letters.
std::uint64_t first_letters(std::string_view name) {
  std::uint64_t letters = 0;
  for (std::size_t i = 0; i < sizeof letters; ++i) letters = letters << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
  return letters;
}

// Puts those in their places that stand from `from` to before `to` by `number`, the least first; equal ones by `order`, then as they were uploaded. Nobody
// looks beyond the page, and numbers spare most of what `order` takes.
template <typename Number, typename Order>
void rank(std::vector<const PackedPicture*>& found, std::size_t from, std::size_t to, Number number, Order order) {
  struct Ranked {
    std::uint64_t number;
    const PackedPicture* picture;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(found.size());
  for (const PackedPicture* picture : found) ranked.push_back({number(*picture), picture});
  const auto before = [&](const Ranked& a, const Ranked& b) {
    if (a.number != b.number) return a.number < b.number;
    const std::strong_ordering said = order(*a.picture, *b.picture);
    return said != 0 ? said < 0 : a.picture->position() < b.picture->position();
  };
  const auto first = ranked.begin() + static_cast<std::ptrdiff_t>(from);
  const auto last = ranked.begin() + static_cast<std::ptrdiff_t>(to);
  std::ranges::nth_element(ranked, first, before);
  std::partial_sort(first, last, ranked.end(), before);
  std::ranges::transform(first, last, found.begin() + static_cast<std::ptrdiff_t>(from), &Ranked::picture);
}

// The less, the later it was taken: days before the end of the year 9999.
std::uint64_t days_ago(const PackedPicture& picture) {
  constexpr std::int64_t kLastDay = 2'932'896, kDay_s = 86'400;
  const std::int64_t day = picture.taken_day() == kNoDay ? picture.uploaded() / kDay_s : picture.taken_day();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(kLastDay - day, 0));
}

std::pair<std::int64_t, std::string> key_of(const store::Item& item) {
  const json::object plain = plain_item({{"ImageID", item.contains("ImageID") ? item.at("ImageID") : json::value()},
                                         {"UploadTimestamp", item.contains("UploadTimestamp") ? item.at("UploadTimestamp") : json::value()}});
  return {number_of(plain, "UploadTimestamp"), text_of(plain, "ImageID")};
}

}  // namespace

bool Area::contains(const Place& place) const {
  const double latitude = place.latitude, longitude = place.longitude;
  if (latitude < south || latitude > north) return false;
  return west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
}

Status PictureIndex::read_all() {
  store::PageOptions options;
  for (;;) {
    EYRIE_TRY(store::Page page, items_.scan(std::string(kRecordTable), options));
    const std::lock_guard lock(mutex_);
    if (stopped_) return {};
    for (const store::Item& item : page.items) {
      const Key key = key_of(item);
      // What was written since this page was read is newer than the page.
      if (!touched_.contains(key)) take(key, picture_of(item));
    }
    ++revision_;
    moved_.notify_all();
    if (!page.last_key) {
      complete_ = true;
      touched_.clear();
      return {};
    }
    options.exclusive_start = std::move(page.last_key);
  }
}

void PictureIndex::take(const Key& key, std::optional<Picture> picture) {
  awaited_.erase({key.second, key.first});
  const IdToFind id(key.second);
  if (const auto old = pictures_.find(Position{key.first, id.packed()}); old != pictures_.end()) {
    by_id_.erase(&*old);
    by_content_.erase(&*old);
    old->give_back(names_);
    pictures_.erase(old);
  }
  if (!picture) return;
  const auto taken = pictures_.emplace(*picture, names_).first;
  by_id_.insert(&*taken);
  if (!taken->sha256().empty()) by_content_.insert(&*taken);
}

void PictureIndex::changed(const store::Item& written) {
  const store::Item key{{"ImageID", written.contains("ImageID") ? written.at("ImageID") : json::value()},
                        {"UploadTimestamp", written.contains("UploadTimestamp") ? written.at("UploadTimestamp") : json::value()}};
  const std::lock_guard lock(mutex_);
  const auto now = items_.get(std::string(kRecordTable), key);
  const Key at = key_of(key);
  take(at, now && *now ? picture_of(**now) : std::nullopt);
  if (!complete_) touched_.insert(at);
  ++revision_;
  moved_.notify_all();
}

void PictureIndex::await(const Picture& picture, const CurrentVersion& current) {
  const store::Item key{{"ImageID", string_value(picture.id)}, {"UploadTimestamp", number_value(picture.uploaded)}};
  const std::lock_guard lock(mutex_);
  forget_all_but(picture.bucket, picture.key, picture.version);
  // Whoever writes or removes one of the two tells the index after, so what is seen here is mended then.
  if (current() != picture.version) return;
  const auto record = items_.get(std::string(kRecordTable), key);
  if (!record || *record) return;
  const Key at{picture.uploaded, picture.id};
  take(at, picture);
  awaited_.insert({at.second, at.first});
  ++revision_;
  moved_.notify_all();
}

void PictureIndex::forget(const std::string& bucket, const std::string& key, const CurrentVersion& current) {
  const std::string id = image_id(bucket, key);
  const std::lock_guard lock(mutex_);
  const auto awaited = awaited_.lower_bound({id, 0});
  if (awaited == awaited_.end() || awaited->first != id) return;
  forget_all_but(bucket, key, current());
}

void PictureIndex::forget_all_but(const std::string& bucket, const std::string& key, const std::string& version) {
  const std::string id = image_id(bucket, key);
  std::vector<Key> gone;
  for (auto at = awaited_.lower_bound({id, 0}); at != awaited_.end() && at->first == id; ++at) {
    const auto found = pictures_.find(Position{at->second, IdToFind(id).packed()});
    if (found == pictures_.end()) continue;
    const Picture picture = found->unpack(names_);
    if (picture.bucket == bucket && picture.key == key && picture.version != version) gone.emplace_back(at->second, id);
  }
  if (gone.empty()) return;
  for (const Key& one : gone) take(one, std::nullopt);
  ++revision_;
  moved_.notify_all();
}

PictureIndex::Found PictureIndex::matching(const PictureQuery& query) const {
  Sieve sieve(query, names_);
  Found found;
  if (query.ids.empty()) {
    for (const PackedPicture& picture : pictures_) {
      if (sieve.fits(picture)) found.push_back(&picture);
    }
    return found;
  }
  for (const std::string& id : std::set(query.ids.begin(), query.ids.end())) {
    const IdToFind asked(id);
    for (auto at = by_id_.lower_bound(Position{0, asked.packed()}); at != by_id_.end() && (*at)->id() == asked.packed(); ++at) {
      if (sieve.fits(**at)) found.push_back(*at);
    }
  }
  std::ranges::sort(found, {}, &PackedPicture::position);
  return found;
}

PicturePage PictureIndex::search(const PictureQuery& query) const {
  PicturePage page;
  const std::lock_guard lock(mutex_);
  page.revision = revision_;
  page.complete = complete_;
  Found found = matching(query);
  page.total = found.size();
  const std::size_t from = std::min(query.from, found.size());
  const std::size_t to = from + std::min(query.limit, found.size() - from);
  switch (query.order) {
    case PictureQuery::Order::kOldest: break;
    case PictureQuery::Order::kNewest: std::ranges::reverse(found); break;
    case PictureQuery::Order::kTaken:
      rank(found, from, to, days_ago,
           [](const PackedPicture& a, const PackedPicture& b) { return b.position() <=> a.position(); });
      break;
    case PictureQuery::Order::kName: {
      std::string room, other_room;
      rank(found, from, to, [&](const PackedPicture& picture) { return first_letters(picture.name(room)); },
           [&](const PackedPicture& a, const PackedPicture& b) { return a.name(room) <=> b.name(other_room); });
      break;
    }
    case PictureQuery::Order::kLargest:
      rank(found, from, to, [](const PackedPicture& picture) { return ~picture.bytes(); },
           [](const PackedPicture&, const PackedPicture&) { return std::strong_ordering::equal; });
      break;
  }
  for (std::size_t at = from; at < to; ++at) page.pictures.push_back(unpacked(*found[at]));
  return page;
}

PicturePtr PictureIndex::find(const std::string& id) const {
  const IdToFind asked(id);
  const std::lock_guard lock(mutex_);
  // The newest of that id.
  auto at = by_id_.upper_bound(Position{std::numeric_limits<std::int64_t>::max(), asked.packed()});
  if (at == by_id_.begin() || (*--at)->id() != asked.packed()) return nullptr;
  return unpacked(**at);
}

PicturePtr PictureIndex::find_by_content(const std::string& sha256) const {
  if (sha256.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto at = by_content_.lower_bound(std::pair(std::string_view(sha256), Position()));
  return at == by_content_.end() || (*at)->sha256() != sha256 ? nullptr : unpacked(**at);
}

PictureIndex::Counts PictureIndex::counts() const {
  Counts counts;
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> sure(names_.size());
  for (const PackedPicture& picture : pictures_) {
    counts.bytes += picture.bytes();
    counts.flagged += picture.flagged() ? 1 : 0;
    counts.archived += picture.archived() ? 1 : 0;
    const PictureStatus status = picture.status();
    ++(status == PictureStatus::kCompleted ? counts.completed : status == PictureStatus::kFailed ? counts.failed : counts.pending);
    for (std::size_t i = 0; i < picture.label_count(); ++i) {
      const PackedPicture::Label label = picture.label(i);
      if (label.confidence >= kSure) ++sure[label.name];
    }
  }
  std::vector<std::pair<std::string_view, std::size_t>> all;
  for (SharedNames::Id id = 0; id < sure.size(); ++id) {
    if (sure[id] > 0) all.emplace_back(names_[id], sure[id]);
  }
  const auto most = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kMaxCounted));
  std::ranges::partial_sort(all, most, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  counts.labels.assign(all.begin(), most);
  return counts;
}

void PictureIndex::each(std::int64_t from_s, std::int64_t to_s, const std::function<void(const Picture&)>& see) const {
  const std::lock_guard lock(mutex_);
  for (auto at = pictures_.lower_bound(Position{.uploaded = from_s, .id = {}}); at != pictures_.end() && at->uploaded() < to_s; ++at) see(at->unpack(names_));
}

std::uint64_t PictureIndex::wait(std::uint64_t revision, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  moved_.wait_for(lock, timeout, [&] { return stopped_ || revision_ != revision; });
  return revision_;
}

void PictureIndex::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  moved_.notify_all();
}

bool PictureIndex::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

Result<store::TableDescription> IndexedItems::describe(const std::string& table) {
  auto described = items_.describe(table);
  if (described && table == kRecordTable) described->delete_protected = true;
  return described;
}

Status IndexedItems::delete_table(const std::string& table) {
  if (table == kRecordTable) return fail(Code::kFailedPrecondition, "the records of pictures are kept in the table " + table);
  return items_.delete_table(table);
}

Status IndexedItems::write(const std::vector<store::ItemWrite>& writes, std::vector<store::Written>& written) {
  EYRIE_CHECK_OK(items_.write(writes, written));
  for (const store::ItemWrite& write : writes) {
    if (write.table == kRecordTable && write.kind != store::ItemWrite::Kind::kCheck) index_.changed(write.item);
  }
  return {};
}

Result<std::optional<store::Item>> IndexedItems::put(const std::string& table, const store::Item& item, const store::Condition& condition) {
  auto before = items_.put(table, item, condition);
  if (before && table == kRecordTable) index_.changed(item);
  return before;
}

Result<std::optional<store::Item>> IndexedItems::remove(const std::string& table, const store::Item& key, const store::Condition& condition) {
  auto before = items_.remove(table, key, condition);
  if (before && table == kRecordTable) index_.changed(key);
  return before;
}

}  // namespace eyrie::analysis
