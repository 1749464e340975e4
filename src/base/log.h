// The log: one JSON object a line on standard error (or a file), with the ids of the request at hand and of its trace in each.
//
//   LogContext context(request_id, trace_id);  // for this thread, until the end of the scope
//   log_info("object stored", {{"bucket", bucket}, {"bytes", size}});
//   -> {"time":"2026-11-24T10:18:21.000Z","level":"info","message":"object stored","request":"…","trace":"…","bucket":"images",…}
//
// Thread-safe. Secrets and image content never belong in a field.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace eyrie {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;

  LogField(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, const std::string& v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  template <std::integral T>
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
};
using LogFields = std::initializer_list<LogField>;

// Where the log goes: standard error until this is called, and with path "-". Files rotate at 16 MiB, three are kept.
Status open_log(const std::string& path, LogLevel level);
void set_log_level(LogLevel level);

void log_debug(std::string_view message, LogFields fields = {});
void log_info(std::string_view message, LogFields fields = {});
void log_warning(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

// Names the request that this thread works for, and the trace that it is part of (base/trace; empty: none).
class LogContext {
 public:
  explicit LogContext(std::string_view request_id, std::string_view trace_id = {});
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;
  static const std::string& request_id();

 private:
  std::string previous_, previous_trace_;
};

}  // namespace eyrie
