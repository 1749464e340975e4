#include "analysis/pictures/picture_index.h"

#include <algorithm>
#include <tuple>

#include "analysis/record.h"
#include "base/encoding.h"
#include "vision/labels/taxonomy.h"

namespace eyrie::analysis {
namespace {

constexpr double kSure = 80;
constexpr std::size_t kMaxCounted = 50;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  const std::string lower = lower_case(text);
  for (std::size_t at = 0; at < lower.size() && words.size() < 16;) {
    const std::size_t begin = lower.find_first_not_of(" \t\n", at);
    if (begin == std::string::npos) break;
    const std::size_t end = std::min(lower.find_first_of(" \t\n", begin), lower.size());
    words.push_back(lower.substr(begin, end - begin));
    at = end;
  }
  return words;
}

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Whether a word of the label's name begins so. "car" finds "Car" and "Sports Car", not "Scarf".
bool names(const PictureLabel& label, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= label.name.size(); ++at) {
    const bool begins = at == 0 || label.name[at - 1] == ' ' || label.name[at - 1] == '-';
    if (begins && std::ranges::equal(word, std::string_view(label.name).substr(at, word.size()), {}, {}, lower_ascii)) return true;
  }
  return false;
}

bool fits(const Picture& picture, const PictureQuery& query, const std::vector<std::string>& words) {
  if (!query.ids.empty() && std::ranges::find(query.ids, picture.id) == query.ids.end()) return false;
  if (query.status && picture.status != *query.status) return false;
  if (query.moderation == PictureQuery::Moderation::kFlagged && !picture.flagged) return false;
  if (query.moderation == PictureQuery::Moderation::kClean && (picture.flagged || picture.status != PictureStatus::kCompleted)) return false;
  const auto sure = [&](const PictureLabel& label) { return label.confidence >= query.min_confidence; };
  if (words.empty()) return query.min_confidence <= 0 || std::ranges::any_of(picture.labels, sure);
  return std::ranges::all_of(words, [&](const std::string& word) {
    return picture.words.contains(word) ||
           std::ranges::any_of(picture.labels, [&](const PictureLabel& label) { return sure(label) && names(label, word); });
  });
}

std::pair<std::int64_t, std::string> key_of(const store::Item& item) {
  const json::object plain = plain_item({{"ImageID", item.contains("ImageID") ? item.at("ImageID") : json::value()},
                                         {"UploadTimestamp", item.contains("UploadTimestamp") ? item.at("UploadTimestamp") : json::value()}});
  return {number_of(plain, "UploadTimestamp"), text_of(plain, "ImageID")};
}

}  // namespace

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
  const auto& [time, id] = key;
  if (const auto old = pictures_.find(key); old != pictures_.end()) {
    const auto content = by_content_.find(old->second->sha256);
    if (content != by_content_.end() && content->second == id) by_content_.erase(content);
    pictures_.erase(old);
  }
  if (picture) {
    if (!picture->sha256.empty()) by_content_[picture->sha256] = id;
    times_[id].insert(time);
    pictures_[key] = std::make_shared<const Picture>(std::move(*picture));
    return;
  }
  const auto times = times_.find(id);
  if (times == times_.end()) return;
  times->second.erase(time);
  if (times->second.empty()) times_.erase(times);
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

std::vector<const PicturePtr*> PictureIndex::matching(const PictureQuery& query) const {
  const std::vector<std::string> words = words_of(query.words);
  std::vector<const PicturePtr*> found;
  for (const auto& [key, picture] : pictures_) {
    if (fits(*picture, query, words)) found.push_back(&picture);
  }
  return found;
}

PicturePage PictureIndex::search(const PictureQuery& query) const {
  PicturePage page;
  const std::lock_guard lock(mutex_);
  page.revision = revision_;
  page.complete = complete_;
  std::vector<const PicturePtr*> found = matching(query);
  page.total = found.size();
  const std::size_t from = std::min(query.from, found.size());
  const std::size_t to = from + std::min(query.limit, found.size() - from);
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(to);
  // Nobody looks beyond the page. Equal ones stand as they were uploaded.
  const auto sort = [&](const auto& before) {
    std::ranges::partial_sort(found, end, [&](const PicturePtr* a, const PicturePtr* b) {
      const Picture &one = **a, &other = **b;
      if (before(one, other) || before(other, one)) return before(one, other);
      return std::tie(one.uploaded, one.id) < std::tie(other.uploaded, other.id);
    });
  };
  switch (query.order) {
    case PictureQuery::Order::kOldest: break;
    case PictureQuery::Order::kNewest: std::ranges::reverse(found); break;
    case PictureQuery::Order::kName: sort([](const Picture& a, const Picture& b) { return a.name < b.name; }); break;
    case PictureQuery::Order::kLargest: sort([](const Picture& a, const Picture& b) { return a.bytes > b.bytes; }); break;
  }
  for (auto at = found.begin() + static_cast<std::ptrdiff_t>(from); at != end; ++at) page.pictures.push_back(**at);
  return page;
}

PicturePtr PictureIndex::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto times = times_.find(id);
  if (times == times_.end()) return nullptr;
  const auto found = pictures_.find({*times->second.rbegin(), id});
  return found == pictures_.end() ? nullptr : found->second;
}

PicturePtr PictureIndex::find_by_content(const std::string& sha256) const {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_content_.find(sha256);
    if (sha256.empty() || found == by_content_.end()) return nullptr;
    id = found->second;
  }
  return find(id);
}

PictureIndex::Counts PictureIndex::counts() const {
  Counts counts;
  std::unordered_map<std::string_view, std::size_t> labels;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, picture] : pictures_) {
    counts.bytes += picture->bytes;
    counts.flagged += picture->flagged ? 1 : 0;
    ++(picture->status == PictureStatus::kCompleted ? counts.completed : picture->status == PictureStatus::kFailed ? counts.failed : counts.pending);
    for (const PictureLabel& label : picture->labels) {
      if (label.confidence >= kSure) ++labels[label.name];
    }
  }
  std::vector<std::pair<std::string_view, std::size_t>> all(labels.begin(), labels.end());
  const auto most = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kMaxCounted));
  std::ranges::partial_sort(all, most, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  counts.labels.assign(all.begin(), most);
  return counts;
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
