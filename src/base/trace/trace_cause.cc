#include "base/trace/trace_cause.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/trace/trace_lineage.h"

namespace eyrie {
namespace {

constexpr std::size_t kMaxName = 256;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

std::string write_trace_cause(const TraceCause& cause) {
  if (!cause.work || cause.work.span_id.empty()) return "";
  return write_traceparent(cause.work) + " " + (cause.parent.empty() ? "-" : cause.parent) + " " + std::to_string(cause.began_ms) + (cause.kind == TraceCause::Kind::kRequest ? " request " : " function ") +
         (is_name(cause.name) ? cause.name : "?") + (cause.work.lineage.empty() ? "" : " " + cause.work.lineage);
}

std::optional<TraceCause> parse_trace_cause(std::string_view text) {
  std::string_view parts[6];
  for (std::string_view& part : parts) {
    const std::size_t end = std::min(text.find(' '), text.size());
    part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  auto work = parse_traceparent(parts[0]);
  const auto began_ms = whole_number<std::int64_t>(parts[2]);
  const bool request = parts[3] == "request";
  if (!text.empty() || !work || !began_ms || (!request && parts[3] != "function") || !is_name(parts[4])) return std::nullopt;
  if (parts[1] != "-" && !is_span_id(parts[1])) return std::nullopt;
  work->lineage = parse_lineage(parts[5]);
  if (work->lineage != parts[5]) return std::nullopt;
  return TraceCause{.work = std::move(*work),
                    .parent = std::string(parts[1] == "-" ? std::string_view() : parts[1]),
                    .began_ms = *began_ms,
                    .kind = request ? TraceCause::Kind::kRequest : TraceCause::Kind::kFunction,
                    .name = std::string(parts[4])};
}

std::string trace_id_of_cause(std::string_view text) {
  auto cause = parse_trace_cause(text);
  return cause ? std::move(cause->work.trace_id) : std::string();
}

std::string xray_header_of_cause(std::string_view text) {
  const auto cause = parse_trace_cause(text);
  return cause ? write_xray_header(cause->work) : std::string();
}

}  // namespace eyrie
