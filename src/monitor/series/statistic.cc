#include "monitor/series/statistic.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace eyrie::monitor {
namespace {

using StatisticKind = Statistic::Kind;

constexpr std::pair<std::string_view, StatisticKind> kSimple[] = {
    {"Average", StatisticKind::kAverage}, {"Sum", StatisticKind::kSum}, {"SampleCount", StatisticKind::kSampleCount}, {"Minimum", StatisticKind::kMinimum}, {"Maximum", StatisticKind::kMaximum}};
constexpr std::pair<std::string_view, StatisticKind> kShort[] = {
    {"p", StatisticKind::kPercentile}, {"tm", StatisticKind::kTrimmedMean}, {"wm", StatisticKind::kWinsorizedMean}, {"tc", StatisticKind::kTrimmedCount}, {"ts", StatisticKind::kTrimmedSum}};
constexpr std::pair<std::string_view, StatisticKind> kRanges[] = {
    {"TM", StatisticKind::kTrimmedMean}, {"WM", StatisticKind::kWinsorizedMean}, {"TC", StatisticKind::kTrimmedCount}, {"TS", StatisticKind::kTrimmedSum}, {"PR", StatisticKind::kPercentileRank}};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

struct Bound {
  std::optional<double> value;
  bool percent = false;
};

std::optional<Bound> bound(std::string_view text) {
  if (text.empty()) return Bound{};
  const bool percent = text.ends_with('%');
  const auto value = number(text.substr(0, text.size() - (percent ? 1 : 0)));
  if (!value || (percent && (*value < 0 || *value > 100))) return std::nullopt;
  return Bound{.value = value, .percent = percent};
}

// LOW:HIGH, both of one kind.
std::optional<Statistic> range(StatisticKind kind, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto low = bound(text.substr(0, colon)), high = bound(text.substr(colon + 1));
  if (!low || !high || (!low->value && !high->value)) return std::nullopt;
  if (low->value && high->value && (low->percent != high->percent || *low->value >= *high->value)) return std::nullopt;
  const bool percent = low->percent || high->percent;
  if (percent && kind == StatisticKind::kPercentileRank) return std::nullopt;
  return Statistic{.kind = kind, .by_value = !percent, .low = low->value, .high = high->value};
}

Distribution::Part inside(const Statistic& statistic, const Distribution& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (statistic.by_value) return values.between_values(statistic.low.value_or(-kInfinity), statistic.high.value_or(kInfinity));
  return values.between_percentiles(statistic.low.value_or(0), statistic.high.value_or(100));
}

// What lies outside the bounds counts as lying at them.
std::optional<double> winsorized_mean(const Statistic& statistic, const Distribution& values) {
  const auto limit = [&](double of) { return statistic.by_value ? of : values.percentile(of); };
  const double low = statistic.low ? limit(*statistic.low) : values.min(), high = statistic.high ? limit(*statistic.high) : values.max();
  const Distribution::Part middle = inside(statistic, values);
  const double below = statistic.low ? (statistic.by_value ? values.between_values(-std::numeric_limits<double>::infinity(), low).count
                                                           : values.between_percentiles(0, *statistic.low).count)
                                     : 0;
  const double above = std::max(0.0, values.count() - middle.count - below);
  return (middle.sum + below * low + above * high) / values.count();
}

}  // namespace

std::optional<Statistic> parse_statistic(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  if (text.size() > kLongest) return std::nullopt;
  for (const auto& [name, kind] : kSimple) {
    if (text == name) return Statistic{.kind = kind};
  }
  if (text == "IQM") return Statistic{.kind = StatisticKind::kTrimmedMean, .low = 25, .high = 75};
  for (const auto& [name, kind] : kRanges) {
    if (text.starts_with(name) && text.size() > name.size() + 2 && text[name.size()] == '(' && text.ends_with(')'))
      return range(kind, text.substr(name.size() + 1, text.size() - name.size() - 2));
  }
  for (const auto& [name, kind] : kShort) {
    if (!text.starts_with(name)) continue;
    const auto percent = number(text.substr(name.size()));
    if (!percent || *percent < 0 || *percent > 100) continue;
    return Statistic{.kind = kind, .high = percent};
  }
  return std::nullopt;
}

std::optional<double> value_of(const Statistic& statistic, const Distribution& values) {
  if (values.count() <= 0) return std::nullopt;
  switch (statistic.kind) {
    case StatisticKind::kAverage:
      return values.sum() / values.count();
    case StatisticKind::kSum:
      return values.sum();
    case StatisticKind::kSampleCount:
      return values.count();
    case StatisticKind::kMinimum:
      return values.min();
    case StatisticKind::kMaximum:
      return values.max();
    default:
      break;
  }
  if (!values.has_quantiles()) return std::nullopt;
  if (statistic.kind == StatisticKind::kPercentile) return values.percentile(*statistic.high);
  if (statistic.kind == StatisticKind::kWinsorizedMean) return winsorized_mean(statistic, values);
  const Distribution::Part part = inside(statistic, values);
  if (statistic.kind == StatisticKind::kTrimmedCount) return part.count;
  if (statistic.kind == StatisticKind::kPercentileRank) return 100 * part.count / values.count();
  if (part.count <= 0) return std::nullopt;
  return statistic.kind == StatisticKind::kTrimmedSum ? part.sum : part.sum / part.count;
}

}  // namespace eyrie::monitor
