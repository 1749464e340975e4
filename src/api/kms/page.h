// Limit and Marker in, NextMarker and Truncated out. Thread-safe: pure functions.
#pragma once

#include <algorithm>

#include "api/kms/members.h"
#include "base/encoding.h"

namespace eyrie::api::kms_api {

// {NAME: [...], "Truncated": ..., "NextMarker": ...}. `of_entry` makes an entry's JSON. A marker says where the page begins.
template <typename T, typename OfEntry>
JsonResult page_answer(const json::object& request, std::string_view name, const std::vector<T>& entries, int default_limit,
                       OfEntry of_entry) {
  EYRIE_TRY(const auto limit, integer_member(request, "Limit", 1, 1000));
  EYRIE_TRY(const auto marker, text_member(request, "Marker"));
  std::size_t begin = 0;
  if (marker) {
    const auto decoded = base64_decode(*marker);
    const std::string digits(decoded ? as_text(*decoded) : "");
    const bool sound = !digits.empty() && digits.size() < 10 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (!sound) return std::unexpected(aws::WireError{400, "InvalidMarkerException", "Could not deserialize marker"});
    begin = std::min<std::size_t>(std::stoul(digits), entries.size());
  }
  const std::size_t end = std::min(entries.size(), begin + static_cast<std::size_t>(limit.value_or(default_limit)));
  json::array listed;
  for (std::size_t i = begin; i < end; ++i) listed.push_back(of_entry(entries[i]));
  json::object answer;
  answer[name] = std::move(listed);
  answer["Truncated"] = end < entries.size();
  if (end < entries.size()) answer["NextMarker"] = base64_encode(as_bytes(std::to_string(end)));
  return answer;
}

// Times as KMS tells them: seconds since 1970.
inline double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

}  // namespace eyrie::api::kms_api
