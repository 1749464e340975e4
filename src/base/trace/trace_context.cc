#include "base/trace/trace_context.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/trace/trace_lineage.h"

namespace eyrie {
namespace {

constexpr std::size_t kTraceDigits = 32, kSpanDigits = 16, kTimeDigits = 8;
constexpr std::size_t kTraceparent = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;
constexpr std::size_t kMaxXray = 1024;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

unsigned value_of(char digit) { return digit <= '9' ? static_cast<unsigned>(digit - '0') : static_cast<unsigned>(digit - 'a') + 10; }

// "1-5759e988-bd862e3fe1be46a994272793"; "" where it is not of that form.
std::string trace_of_root(std::string_view root) {
  constexpr std::size_t kLength = 2 + kTimeDigits + 1 + (kTraceDigits - kTimeDigits);
  if (root.size() != kLength || !root.starts_with("1-") || root[2 + kTimeDigits] != '-') return "";
  std::string id = lower_case(root.substr(2, kTimeDigits));
  id += lower_case(root.substr(2 + kTimeDigits + 1));
  return is_id(id, kTraceDigits) ? id : "";
}

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> bytes;
  do {
    fill_random(bytes);
  } while (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }));
  return bytes;
}

}  // namespace

bool is_trace_id(std::string_view text) { return is_id(text, kTraceDigits); }
bool is_span_id(std::string_view text) { return is_id(text, kSpanDigits); }

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < kTraceparent || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, kTraceDigits), span = text.substr(36, kSpanDigits), flags = text.substr(53, 2);
  if (!is_hex(version) || version == "ff" || !is_id(trace, kTraceDigits) || !is_id(span, kSpanDigits) || !is_hex(flags)) return std::nullopt;
  // Of a later version more may follow, behind a dash.
  if (text.size() > kTraceparent && (version == "00" || text[kTraceparent] != '-')) return std::nullopt;
  return TraceContext{.trace_id = std::string(trace), .span_id = std::string(span), .sampled = (value_of(flags[1]) & 1) != 0};
}

std::string write_traceparent(const TraceContext& context) { return "00-" + context.trace_id + "-" + context.span_id + (context.sampled ? "-01" : "-00"); }

std::optional<TraceContext> parse_xray_header(std::string_view text) {
  if (text.size() > kMaxXray) return std::nullopt;
  TraceContext context{.trace_id = {}, .span_id = {}, .sampled = true};
  bool has_parent = false, has_sampled = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    std::string_view field = text.substr(at, end - at);
    at = end + 1;
    while (field.starts_with(' ')) field.remove_prefix(1);
    while (field.ends_with(' ')) field.remove_suffix(1);
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view name = field.substr(0, equals), value = field.substr(std::min(equals + 1, field.size()));
    if (name == "Root") {
      if (!context.trace_id.empty()) return std::nullopt;
      context.trace_id = trace_of_root(value);
      if (context.trace_id.empty()) return std::nullopt;
    } else if (name == "Parent") {
      if (std::exchange(has_parent, true)) return std::nullopt;
      context.span_id = lower_case(value);
      if (!is_id(context.span_id, kSpanDigits)) return std::nullopt;
    } else if (name == "Sampled") {
      if (std::exchange(has_sampled, true) || (value != "0" && value != "1" && value != "?")) return std::nullopt;
      context.sampled = value != "0";
    } else if (name == "Lineage") {
      context.lineage = parse_lineage(value);
    }
  }
  if (context.trace_id.empty()) return std::nullopt;
  return context;
}

std::string write_xray_header(const TraceContext& context) {
  const std::string_view id = context.trace_id;
  std::string text = "Root=1-" + std::string(id.substr(0, kTimeDigits)) + "-" + std::string(id.substr(std::min(kTimeDigits, id.size())));
  if (!context.span_id.empty()) text += ";Parent=" + context.span_id;
  text += context.sampled ? ";Sampled=1" : ";Sampled=0";
  return context.lineage.empty() ? text : text + ";Lineage=" + context.lineage;
}

TraceContext begin_trace(std::int64_t now_ms) {
  const auto seconds = static_cast<std::uint32_t>(now_ms / 1000);
  std::array<std::uint8_t, 4> time{};
  for (std::size_t i = 0; i < time.size(); ++i) time[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  const auto random = random_bytes<(kTraceDigits - kTimeDigits) / 2 + kSpanDigits / 2>();
  const std::string digits = hex_encode(time) + hex_encode(random);
  TraceContext begun{.trace_id = digits.substr(0, kTraceDigits), .span_id = digits.substr(kTraceDigits), .sampled = true};
  // One chance in 2^64.
  return is_id(begun.span_id, kSpanDigits) ? begun : continue_trace(begun);
}

TraceContext continue_trace(const TraceContext& parent) {
  return {.trace_id = parent.trace_id, .span_id = hex_encode(random_bytes<kSpanDigits / 2>()), .sampled = parent.sampled, .lineage = parent.lineage};
}

}  // namespace eyrie
