// Which trace a piece of work belongs to, as it goes over the wire: W3C Trace Context's `traceparent` (version 00, and what later versions keep of it)
// and AWS X-Ray's `X-Amzn-Trace-Id`. A trace's id is the same in both: Root=1-AAAAAAAA-BBBBBBBBBBBBBBBBBBBBBBBB is AAAAAAAABBBBBBBBBBBBBBBBBBBBBBBB.
//
//   const TraceContext own = parent ? continue_trace(*parent) : begin_trace(now_ms);
//   headers.add("X-Amzn-Trace-Id", write_xray_header(own));
//
// Sources: W3C Trace Context level 2, section 3.2; X-Ray developer guide, "Tracing header". Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eyrie {

struct TraceContext {
  std::string trace_id;  // 32 lower-case hexadecimal digits, not all zero; empty: there is none
  std::string span_id;   // 16 of them: the piece of work itself. Empty where an X-Ray header names none
  bool sampled = false;  // whether it is asked to be kept
  std::string lineage = {};  // which functions it has gone through (trace_lineage.h); X-Ray's header alone tells it

  explicit operator bool() const { return !trace_id.empty(); }
  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// nullopt where it is malformed, an id is all zero, or its version is ff: as if it were not there.
std::optional<TraceContext> parse_traceparent(std::string_view text);
std::string write_traceparent(const TraceContext& context);

// Root, Parent, Sampled and Lineage in any order; others are passed over. Where Sampled is absent or "?" the decision is ours: it is kept.
std::optional<TraceContext> parse_xray_header(std::string_view text);
std::string write_xray_header(const TraceContext& context);

// Whether it is an id as written here.
bool is_trace_id(std::string_view text);
bool is_span_id(std::string_view text);

// A new one, kept. The first four bytes are the time in seconds, as X-Ray has them; the rest is random.
TraceContext begin_trace(std::int64_t now_ms);
// Another piece of work of the same trace, and of the same lineage.
TraceContext continue_trace(const TraceContext& parent);

}  // namespace eyrie
