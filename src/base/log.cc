#include "base/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/time/clock.h"
#include "base/json.h"

namespace eyrie {
namespace {

thread_local std::string current_request, current_trace;

constexpr std::size_t kLogFileBytes = 16U << 20;
constexpr std::size_t kLogFiles = 3;

// The pattern is bare: each line is a whole JSON object of our own making.
std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("eyrie", std::move(sink));
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::warn);
  return logger;
}

// The one in use, and those before it: they stay, since other threads may be writing by one while open_log() puts the next in its place.
class Loggers {
 public:
  Loggers() { use(make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>())); }

  void use(std::shared_ptr<spdlog::logger> logger) {
    const std::lock_guard lock(mutex_);
    current_ = logger.get();
    all_.push_back(std::move(logger));
  }
  spdlog::logger& current() { return *current_; }

 private:
  std::atomic<spdlog::logger*> current_ = nullptr;
  std::mutex mutex_;
  std::vector<std::shared_ptr<spdlog::logger>> all_;
};

Loggers& loggers() {
  static Loggers loggers;
  return loggers;
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
  spdlog::logger& logger = loggers().current();
  if (!logger.should_log(level)) return;
  json::object line;
  line["time"] = format_iso8601(Clock::system().now_ms());
  line["level"] = name;
  line["message"] = message;
  if (!current_request.empty()) line["request"] = current_request;
  if (!current_trace.empty()) line["trace"] = current_trace;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[field.name] = json::value_from(value); }, field.value);
  }
  logger.log(level, "{}", write_json(line));
}

}  // namespace

Status open_log(const std::string& path, LogLevel level) {
  try {
    if (path != "-") {
      const auto logger = make_logger(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, kLogFileBytes, kLogFiles));
      logger->set_level(to_spdlog(level));
      loggers().use(logger);
      // Lines of little weight may sit in the buffer this long.
      spdlog::flush_every(std::chrono::seconds(1));
      spdlog::drop(logger->name());
      spdlog::register_logger(logger);
    }
  } catch (const spdlog::spdlog_ex& e) {
    return fail(Code::kIo, std::string("cannot open the log: ") + e.what());
  }
  set_log_level(level);
  return {};
}

void set_log_level(LogLevel level) { loggers().current().set_level(to_spdlog(level)); }

void log_debug(std::string_view message, LogFields fields) { write(spdlog::level::debug, "debug", message, fields); }
void log_info(std::string_view message, LogFields fields) { write(spdlog::level::info, "info", message, fields); }
void log_warning(std::string_view message, LogFields fields) { write(spdlog::level::warn, "warning", message, fields); }
void log_error(std::string_view message, LogFields fields) { write(spdlog::level::err, "error", message, fields); }

LogContext::LogContext(std::string_view request_id, std::string_view trace_id)
    : previous_(std::move(current_request)), previous_trace_(std::move(current_trace)) {
  current_request = request_id;
  current_trace = trace_id;
}
LogContext::~LogContext() {
  current_request = std::move(previous_);
  current_trace = std::move(previous_trace_);
}
const std::string& LogContext::request_id() { return current_request; }

}  // namespace eyrie
