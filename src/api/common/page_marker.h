// Pages of lists whose entries have an order: a page begins behind the entry that its marker names, the last one of the page before, so that what is
// deleted or made meanwhile neither hides an entry nor shows one twice. Clients take a marker as it is. Thread-safe: pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace eyrie::api {

// Names the entry of this key: its name, ARN or the like.
std::string page_marker(std::string_view key);
// The key. nullopt where page_marker() made no such marker.
std::optional<std::string> marked_key(std::string_view marker);

// Keys of entries that are in the order of numbers (0 or more): they compare as the numbers do.
std::string number_key(std::int64_t number);

struct PageSpan {
  std::size_t begin = 0, end = 0;
  std::string next;  // marker of the page after this one; empty: there is none
};

// The `most` (1 or more) entries behind the one of the key `after`, or, without, from the first on. `entries` are in the order of what `key_of` answers for them, no two alike.
template <typename Entries, typename KeyOf>
PageSpan page_span(const Entries& entries, const std::optional<std::string>& after, std::size_t most, KeyOf key_of) {
  PageSpan span;
  if (after) {
    const auto first = std::ranges::partition_point(entries, [&](const auto& entry) { return key_of(entry) <= *after; });
    span.begin = static_cast<std::size_t>(std::distance(std::ranges::begin(entries), first));
  }
  span.end = span.begin + std::min(most, std::size(entries) - span.begin);
  if (span.end < std::size(entries)) span.next = page_marker(key_of(entries[span.end - 1]));
  return span;
}

}  // namespace eyrie::api
