#include "api/console/dashboard/prices.h"

#include <algorithm>
#include <chrono>

#include "base/time/clock.h"

namespace eyrie::api::console {

std::string month_of(std::int64_t time_s) {
  return format_iso8601(time_s * 1000).substr(0, 7);
}

std::int64_t month_seconds(std::int64_t time_s) {
  using namespace std::chrono;
  const year_month_day day(floor<days>(sys_seconds(seconds(time_s))));
  const sys_days begin = day.year() / day.month() / 1;
  const sys_days end = (day.year() / day.month() + months(1)) / 1;
  return duration_cast<seconds>(end - begin).count();
}

CostLine cost_of(const Price& price, std::vector<UsagePart> parts) {
  CostLine line{.price = &price, .parts = std::move(parts), .units = 0, .at = {}, .cost = 0};
  Monthly units;
  for (const UsagePart& part : line.parts) {
    for (const auto& [month, count] : part.counts) units[month] += count * part.factor;
  }
  std::array<double, std::tuple_size_v<decltype(price.tiers)>> in_tier{};
  for (const auto& [month, count] : units) {
    double below = 0;
    for (std::size_t i = 0; i < price.tiers.size() && below < count; ++i) {
      const double up_to = std::min(count, price.tiers[i].up_to);
      in_tier[i] += up_to - below;
      below = up_to;
    }
    line.units += count;
  }
  for (std::size_t i = 0; i < in_tier.size(); ++i) {
    if (in_tier[i] <= 0) continue;
    line.at.push_back({.usd = price.tiers[i].usd, .units = in_tier[i]});
    line.cost += in_tier[i] * price.tiers[i].usd;
  }
  return line;
}

}  // namespace eyrie::api::console
