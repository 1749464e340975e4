#include "api/console/dashboard/range.h"

#include <algorithm>

#include "base/time/clock.h"

namespace eyrie::api::console {
namespace {

// Periods that people count in, as metrics are kept: the longest cuts the longest range into 228.
constexpr std::int64_t kPeriods_s[] = {kMinute_s,   5 * kMinute_s, 15 * kMinute_s, kHour_s,
                                       6 * kHour_s, kDay_s,        2 * kDay_s};
static_assert(kLongestRange_s / (2 * kDay_s) < kMostPeriods);

Result<std::int64_t> time_of(const std::optional<std::string>& text, const char* name,
                             std::int64_t otherwise) {
  if (!text) return otherwise;
  const auto ms = parse_iso8601(*text);
  if (!ms || *ms < 0)
    return fail(Code::kInvalidArgument, std::string("The query's ") + name + " is no time.");
  return *ms / 1000;
}

}  // namespace

Result<Range> range_of(const std::optional<std::string>& from, const std::optional<std::string>& to,
                       std::int64_t now_s) {
  EYRIE_TRY(const std::int64_t end, time_of(to, "to", now_s));
  EYRIE_TRY(const std::int64_t start, time_of(from, "from", std::max<std::int64_t>(0, end - kDay_s)));
  if (end - start < kMinute_s || end - start > kLongestRange_s)
    return fail(Code::kInvalidArgument, "from and to are 1 minute to 455 days apart.");
  if (start > now_s) return fail(Code::kInvalidArgument, "from is in the future.");
  std::int64_t period = kPeriods_s[0];
  for (const std::int64_t longer : kPeriods_s) {
    period = longer;
    if ((end - start) / longer < kMostPeriods) break;
  }
  return Range{.start_s = start - start % period, .end_s = end, .period_s = period, .now_s = now_s};
}

}  // namespace eyrie::api::console
