// Trace headers come from whoever asks: what is read must be sound, and be read again from what is written of it.
#include "base/trace/trace_cause.h"
#include "base/trace/trace_context.h"

namespace {

void expect(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eyrie;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parent = parse_traceparent(text)) {
    expect(is_trace_id(parent->trace_id));
    expect(parse_traceparent(write_traceparent(*parent)) == parent);
    expect(parse_xray_header(write_xray_header(*parent)) == parent);
  }
  if (const auto parent = parse_xray_header(text)) {
    expect(is_trace_id(parent->trace_id));
    expect(parse_xray_header(write_xray_header(*parent)) == parent);
  }
  if (const auto cause = parse_trace_cause(text)) expect(parse_trace_cause(write_trace_cause(*cause)) == cause);
  return 0;
}
