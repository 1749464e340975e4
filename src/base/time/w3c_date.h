// Dates as policies write them: the W3C's profile of ISO 8601, from a year down to fractions of a second.
//   2026   2026-11   2026-11-28   2026-11-28T10:15Z   2026-11-28T10:15:30+01:00   2026-11-28T10:15:30.25-05:30
// What is left out reads as the beginning; with a time of day comes Z or an offset from UTC. Thread-safe: a pure function.
// Source: W3C note "Date and Time Formats" (https://www.w3.org/TR/NOTE-datetime).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace eyrie {

// Milliseconds since 1970-01-01T00:00:00Z, negative before it; finer fractions are cut off. nullopt: not of the profile.
std::optional<std::int64_t> parse_w3c_date(std::string_view text);

}  // namespace eyrie
