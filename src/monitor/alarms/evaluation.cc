#include "monitor/alarms/evaluation.h"

#include <algorithm>

#include "base/time/clock.h"

namespace eyrie::monitor {
namespace {

bool breaches(const AlarmDefinition& alarm, double value) {
  switch (alarm.comparison) {
    case Comparison::kGreaterOrEqual:
      return value >= alarm.threshold;
    case Comparison::kGreater:
      return value > alarm.threshold;
    case Comparison::kLess:
      return value < alarm.threshold;
    case Comparison::kLessOrEqual:
      return value <= alarm.threshold;
  }
  return false;
}

std::string_view words(Comparison comparison) {
  switch (comparison) {
    case Comparison::kGreaterOrEqual:
      return "greater than or equal to";
    case Comparison::kGreater:
      return "greater than";
    case Comparison::kLess:
      return "less than";
    default:
      return "less than or equal to";
  }
}

std::string_view words(MissingData missing) { return missing == MissingData::kBreaching ? "Breaching" : missing == MissingData::kNotBreaching ? "NonBreaching" : missing == MissingData::kIgnore ? "Ignore" : "Missing"; }

std::string plural(std::int64_t number, const std::string& noun) { return std::to_string(number) + " " + noun + (number == 1 ? "" : "s"); }

// "29/11/26 10:45:00"
std::string short_time(std::int64_t time_s) {
  const std::string iso = format_iso8601(time_s * 1000);
  return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(2, 2) + " " + iso.substr(11, 8);
}

// The last `most` with values, the newest first.
std::vector<Watched> newest(const std::vector<Watched>& periods, std::int64_t most) {
  std::vector<Watched> found;
  for (auto it = periods.rbegin(); it != periods.rend() && std::ssize(found) < most; ++it) {
    if (it->value) found.push_back(*it);
  }
  return found;
}

std::string reason_of(const AlarmDefinition& alarm, const std::vector<Watched>& decisive, std::int64_t missing, bool alarming) {
  const auto filled = [&] {
    return plural(missing, "missing datapoint") + (missing == 1 ? " was" : " were") + " treated as [" + std::string(words(alarm.missing_data.value_or(MissingData::kMissing))) + "]";
  };
  if (decisive.empty()) return "Threshold Crossed: no datapoints were received for " + plural(alarm.evaluation_periods, "period") + " and " + filled() + ".";
  const auto agrees = [&](const Watched& one) { return breaches(alarm, *one.value) == alarming; };
  std::int64_t count = 0;
  std::string shown;
  for (const Watched& one : decisive) {
    if (!agrees(one)) continue;
    ++count;
    constexpr std::int64_t kShown = 10;
    if (count <= kShown) shown += (shown.empty() ? "" : ", ") + with_point(*one.value) + " (" + short_time(one.time_s) + ")";
  }
  const std::string ends = alarming ? "OK -> ALARM" : "ALARM -> OK";
  const std::int64_t needed = alarming ? alarm.needed() : alarm.evaluation_periods - alarm.needed() + 1;
  return "Threshold Crossed: " + std::to_string(count) + " out of the last " + std::to_string(alarm.evaluation_periods) + " datapoints [" + shown + "] " + (count == 1 ? "was" : "were") +
         (alarming ? " " : " not ") + std::string(words(alarm.comparison)) + " the threshold (" + with_point(alarm.threshold) + ") (minimum " + plural(needed, "datapoint") + " for " + ends + " transition)" +
         (missing > 0 && alarm.missing_data.value_or(MissingData::kMissing) != MissingData::kMissing ? " and " + filled() + "." : ".");
}

// What `decisive` values, fewer than the alarm evaluates, and missing ones come to; nullopt: nothing certain.
std::optional<AlarmState> with_missing(const AlarmDefinition& alarm, const std::vector<Watched>& periods, const std::vector<Watched>& decisive) {
  const std::int64_t breaching = std::ranges::count_if(decisive, [&](const Watched& one) { return breaches(alarm, *one.value); });
  const std::int64_t missing = alarm.evaluation_periods - std::ssize(decisive);
  const MissingData treat = alarm.missing_data.value_or(MissingData::kMissing);
  const auto state = [](bool alarming) { return alarming ? AlarmState::kAlarm : AlarmState::kOk; };
  if (treat == MissingData::kBreaching) return state(breaching + missing >= alarm.needed());
  if (treat == MissingData::kNotBreaching) return state(breaching >= alarm.needed());
  if (breaching >= alarm.needed()) return AlarmState::kAlarm;
  if (breaching < std::ssize(decisive)) return AlarmState::kOk;
  if (treat == MissingData::kIgnore) return std::nullopt;
  if (decisive.empty()) return AlarmState::kInsufficientData;
  // Only breaching ones, too few of them: the alarm fires once the oldest is as old as so many would be, not before.
  const auto oldest = std::ranges::find_if(periods, [](const Watched& one) { return one.value.has_value(); });
  if (periods.end() - oldest >= alarm.needed()) return AlarmState::kAlarm;
  return std::nullopt;
}

}  // namespace

std::string alarm_time(std::int64_t ms) {
  std::string text = format_iso8601(ms);
  text.pop_back();  // Z
  return text + "+0000";
}

std::string with_point(double value) {
  std::string text = write_json(value);
  return text.find_first_of(".eE") == std::string::npos ? text + ".0" : text;
}

std::string reason_data(const AlarmDefinition& alarm, const std::vector<Watched>& periods, std::int64_t now_ms) {
  json::object data{{"version", "1.0"}, {"queryDate", alarm_time(now_ms)}};
  const auto first = std::ranges::find_if(periods, [](const Watched& one) { return one.value.has_value(); });
  if (first != periods.end()) data["startDate"] = alarm_time(first->time_s * 1000);
  if (alarm.stat) {
    data["statistic"] = alarm.stat->statistic;
    if (alarm.stat->unit) data["unit"] = *alarm.stat->unit;
  }
  data["period"] = alarm.period_s();
  json::array recent, evaluated;
  for (const Watched& one : periods) {
    if (one.value) recent.push_back(*one.value);
  }
  const auto oldest = periods.end() - std::min<std::ptrdiff_t>(std::ssize(periods), alarm.evaluation_periods);
  for (auto it = periods.end(); it != oldest;) {
    --it;
    json::object point{{"timestamp", alarm_time(it->time_s * 1000)}};
    if (it->value && it->samples > 0) point["sampleCount"] = it->samples;
    if (it->value) point["value"] = *it->value;
    evaluated.push_back(std::move(point));
  }
  data["recentDatapoints"] = std::move(recent);
  data["threshold"] = alarm.threshold;
  data["evaluatedDatapoints"] = std::move(evaluated);
  return write_json(data);
}

std::optional<AlarmStanding> judge(const AlarmDefinition& alarm, const std::vector<Watched>& periods, std::int64_t now_ms) {
  const std::vector<Watched> decisive = newest(periods, alarm.evaluation_periods);
  const std::int64_t missing = alarm.evaluation_periods - std::ssize(decisive);
  std::optional<AlarmState> state;
  if (missing == 0) {
    const auto breaching = std::ranges::count_if(decisive, [&](const Watched& one) { return breaches(alarm, *one.value); });
    state = breaching >= alarm.needed() ? AlarmState::kAlarm : AlarmState::kOk;
  } else {
    state = with_missing(alarm, periods, decisive);
  }
  if (!state) return std::nullopt;
  AlarmStanding standing{.state = *state, .reason_data = reason_data(alarm, periods, now_ms), .updated_ms = now_ms};
  if (*state == AlarmState::kInsufficientData) {
    standing.reason = "Insufficient Data: " + plural(missing, "datapoint") + (missing == 1 ? " was unknown." : " were unknown.");
  } else {
    standing.reason = reason_of(alarm, decisive, missing, *state == AlarmState::kAlarm);
  }
  return standing;
}

}  // namespace eyrie::monitor
