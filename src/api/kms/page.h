// Limit and Marker in, NextMarker and Truncated out. Thread-safe: pure functions.
#pragma once

#include <functional>

#include "api/common/page_marker.h"
#include "api/kms/members.h"

namespace eyrie::api::kms_api {

// {NAME: [...], "Truncated": ..., "NextMarker": ...}. `of_entry` makes an entry's JSON; `key_of`: as of page_span().
template <typename T, typename KeyOf, typename OfEntry>
JsonResult page_answer(const json::object& request, std::string_view name, const std::vector<T>& entries, int default_limit, KeyOf key_of,
                       OfEntry of_entry) {
  EYRIE_TRY(const auto limit, integer_member(request, "Limit", 1, 1000));
  EYRIE_TRY(const auto marker, text_member(request, "Marker"));
  const auto after = marker ? marked_key(*marker) : std::nullopt;
  if (marker && !after) return std::unexpected(aws::WireError{400, "InvalidMarkerException", "Could not deserialize marker"});
  const PageSpan page = page_span(entries, after, static_cast<std::size_t>(limit.value_or(default_limit)), key_of);
  json::array listed;
  for (std::size_t i = page.begin; i < page.end; ++i) listed.push_back(of_entry(entries[i]));
  json::object answer;
  answer[name] = std::move(listed);
  answer["Truncated"] = !page.next.empty();
  if (!page.next.empty()) answer["NextMarker"] = page.next;
  return answer;
}

// Times as KMS tells them: seconds since 1970.
inline double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

}  // namespace eyrie::api::kms_api
