#include "monitor/traces/trace_segment.h"

#include <array>

#include "base/time/clock.h"

namespace eyrie::monitor {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"request", "function", "delivery"};
constexpr int kDecimals = 3;  // microseconds

double number(const json::value& value) { return value.is_number() ? value.to_number<double>() : 0; }
double number_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? 0 : number(*value);
}

json::array steps_json(const std::vector<TraceStep>& steps) {
  json::array list;
  for (const TraceStep& step : steps) {
    list.push_back(json::object{{"name", step.name},
                                {"start_ms", rounded(step.start_ms, kDecimals)},
                                {"duration_ms", rounded(step.duration_ms, kDecimals)},
                                {"depth", step.depth},
                                {"failed", step.failed}});
  }
  return list;
}

}  // namespace

std::string_view kind_name(TraceSegment::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

json::object segment_json(const TraceSegment& segment) {
  return {{"trace_id", segment.context.trace_id},
          {"span_id", segment.context.span_id},
          {"parent_id", segment.parent},
          {"kind", kind_name(segment.kind)},
          {"name", segment.name},
          {"request_id", segment.request_id},
          {"began", format_iso8601(segment.began_ms)},
          {"duration_ms", rounded(segment.duration_ms, kDecimals)},
          {"waited_ms", rounded(segment.waited_ms, kDecimals)},
          {"attempt", segment.attempt},
          {"status", segment.status},
          {"error", segment.error},
          {"assumed", segment.assumed},
          {"steps", steps_json(segment.steps)}};
}

std::string write_segment(const TraceSegment& segment) {
  json::object kept{{"kind", kind_name(segment.kind)}, {"name", segment.name}, {"ms", rounded(segment.duration_ms, kDecimals)}};
  if (!segment.context.sampled) kept["sampled"] = false;
  if (segment.waited_ms > 0) kept["waited_ms"] = rounded(segment.waited_ms, kDecimals);
  if (segment.attempt != 1) kept["attempt"] = segment.attempt;
  if (segment.status != 0) kept["status"] = segment.status;
  if (!segment.error.empty()) kept["error"] = segment.error;
  if (segment.assumed) kept["assumed"] = true;
  json::array steps;
  for (const TraceStep& step : segment.steps) {
    json::array one{json::value(step.name), json::value(rounded(step.start_ms, kDecimals)), json::value(rounded(step.duration_ms, kDecimals)), json::value(step.depth)};
    if (step.failed) one.push_back(json::value(true));
    steps.push_back(std::move(one));
  }
  if (!steps.empty()) kept["steps"] = std::move(steps);
  return write_json(kept);
}

Status read_segment(std::string_view text, TraceSegment& into) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(Code::kCorrupt, "a part of a trace is damaged");
  const json::object& kept = parsed->get_object();
  const std::string kind = text_of(kept, "kind");
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kind == kKinds[i]) into.kind = static_cast<TraceSegment::Kind>(i);
  }
  into.name = text_of(kept, "name");
  into.duration_ms = number_in(kept, "ms");
  into.context.sampled = !kept.contains("sampled");
  into.waited_ms = number_in(kept, "waited_ms");
  into.attempt = kept.contains("attempt") ? static_cast<int>(number_of(kept, "attempt")) : 1;
  into.status = static_cast<int>(number_of(kept, "status"));
  into.error = text_of(kept, "error");
  into.assumed = flag_of(kept, "assumed");
  into.steps.clear();
  const json::value* steps = kept.if_contains("steps");
  if (steps == nullptr || !steps->is_array()) return {};
  for (const json::value& one : steps->get_array()) {
    if (!one.is_array() || one.get_array().size() < 4 || !one.get_array()[0].is_string()) return fail(Code::kCorrupt, "a step of a trace is damaged");
    const json::array& members = one.get_array();
    into.steps.push_back({.name = std::string(members[0].get_string()),
                          .start_ms = number(members[1]),
                          .duration_ms = number(members[2]),
                          .depth = static_cast<int>(number(members[3])),
                          .failed = members.size() > 4});
  }
  return {};
}

}  // namespace eyrie::monitor
