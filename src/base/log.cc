#include "base/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "base/clock.h"
#include "base/json.h"

namespace eyrie {
namespace {

thread_local std::string current_request;

constexpr std::size_t kLogFileBytes = 16U << 20;
constexpr std::size_t kLogFiles = 3;

// The pattern is bare: each line is a whole JSON object of our own making.
std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("eyrie", std::move(sink));
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::warn);
  return logger;
}

std::shared_ptr<spdlog::logger>& slot() {
  static std::shared_ptr<spdlog::logger> logger = make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: return spdlog::level::off;
  }
  return spdlog::level::info;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view message, LogFields fields) {
  auto& logger = slot();
  if (!logger->should_log(level)) return;
  json::object line;
  line["time"] = format_iso8601(Clock::system().now_ms());
  line["level"] = name;
  line["message"] = message;
  if (!current_request.empty()) line["request"] = current_request;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[field.name] = json::value_from(value); }, field.value);
  }
  logger->log(level, "{}", write_json(line));
}

}  // namespace

Status open_log(const std::string& path, LogLevel level) {
  try {
    if (path != "-") {
      slot() = make_logger(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, kLogFileBytes, kLogFiles));
      // Lines of little weight may sit in the buffer this long.
      spdlog::flush_every(std::chrono::seconds(1));
      spdlog::register_logger(slot());
    }
  } catch (const spdlog::spdlog_ex& e) {
    return fail(Code::kIo, std::string("cannot open the log: ") + e.what());
  }
  set_log_level(level);
  return {};
}

void set_log_level(LogLevel level) { slot()->set_level(to_spdlog(level)); }

void log_debug(std::string_view message, LogFields fields) { write(spdlog::level::debug, "debug", message, fields); }
void log_info(std::string_view message, LogFields fields) { write(spdlog::level::info, "info", message, fields); }
void log_warning(std::string_view message, LogFields fields) { write(spdlog::level::warn, "warning", message, fields); }
void log_error(std::string_view message, LogFields fields) { write(spdlog::level::err, "error", message, fields); }

LogContext::LogContext(std::string_view request_id) : previous_(std::move(current_request)) {
  current_request = request_id;
}
LogContext::~LogContext() { current_request = std::move(previous_); }
const std::string& LogContext::request_id() { return current_request; }

}  // namespace eyrie
