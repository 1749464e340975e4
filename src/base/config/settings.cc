#include "base/config/settings.h"

#include <algorithm>

namespace eyrie {
namespace {

struct Row {
  const char* name;
  json::value (*value)(const Config& config);
  bool secret = false;
};

std::string level_name(LogLevel level) {
  return std::string(std::ranges::find(kLogLevels, level, &std::pair<std::string_view, LogLevel>::second)->first);
}

std::string listen(const Config& config) {
  const bool v6 = config.host.contains(':');
  return (v6 ? "[" + config.host + "]" : config.host) + ":" + std::to_string(config.port);
}

// All that config.cc reads, but for the alert rules, which have a page of their own.
constexpr Row kRows[] = {
    {"listen", [](const Config& c) { return json::value(listen(c)); }},
    {"log.level", [](const Config& c) { return json::value(level_name(c.log_level)); }},
    {"log.path", [](const Config& c) { return json::value(c.log_path); }},
    {"server.workers", [](const Config& c) { return json::value(c.server_workers); }},
    {"server.rate_limit", [](const Config& c) { return json::value(c.rate_limit); }},
    {"server.rate_burst", [](const Config& c) { return json::value(c.rate_burst); }},
    {"server.signature_v2", [](const Config& c) { return json::value(c.signature_v2); }},
    {"tls.certificate", [](const Config& c) { return json::value(c.tls_certificate); }},
    {"tls.key", [](const Config& c) { return json::value(c.tls_key); }},
    {"tls.self_signed", [](const Config& c) { return json::value(c.tls_self_signed); }},
    {"master_key.source", [](const Config& c) { return json::value(c.key_source); }},
    {"master_key.kms_endpoint", [](const Config& c) { return json::value(c.kms_endpoint); }},
    {"master_key.kms_region", [](const Config& c) { return json::value(c.kms_region); }},
    {"master_key.kms_key", [](const Config& c) { return json::value(c.kms_key); }},
    {"master_key.kms_credentials", [](const Config& c) { return json::value(c.kms_credentials); }},
    {"master_key.kms_ca", [](const Config& c) { return json::value(c.kms_authorities); }},
    {"functions.workers", [](const Config& c) { return json::value(c.function_workers); }},
    {"functions.concurrency", [](const Config& c) { return json::value(c.function_concurrency); }},
    {"functions.idle_seconds", [](const Config& c) { return json::value(c.function_idle_s); }},
    {"functions.retry_seconds", [](const Config& c) { return json::value(json::array(c.function_retry_s.begin(), c.function_retry_s.end())); }},
    {"functions.isolate", [](const Config& c) { return json::value(c.function_isolate); }},
    {"lifecycle.cold", [](const Config& c) { return json::value(c.cold_path); }},
    {"lifecycle.interval_seconds", [](const Config& c) { return json::value(c.lifecycle_interval_s); }},
    {"lifecycle.day_seconds", [](const Config& c) { return json::value(c.lifecycle_day_s); }},
    {"models.set", [](const Config& c) { return json::value(c.model_set); }},
    {"models.path", [](const Config& c) { return json::value(c.model_path); }},
    {"analysis.min_confidence", [](const Config& c) { return json::value(c.min_confidence); }},
    {"analysis.max_bytes", [](const Config& c) { return json::value(c.max_image_bytes); }},
    {"analysis.retention_days", [](const Config& c) { return json::value(c.retention_days); }},
    {"topics.url", [](const Config& c) { return json::value(c.topics_url); }},
    {"topics.authorities", [](const Config& c) { return json::value(c.topics_authorities); }},
    {"topics.endpoints", [](const Config& c) { return json::value(c.topics_endpoints); }},
    {"mail.server", [](const Config& c) { return json::value(c.mail_server); }},
    {"mail.from", [](const Config& c) { return json::value(c.mail_from); }},
    {"mail.user", [](const Config& c) { return json::value(c.mail_user); }},
    {"mail.password", [](const Config& c) { return json::value(c.mail_password); }, true},
    {"mail.require_tls", [](const Config& c) { return json::value(c.mail_require_tls); }},
};

SettingFrom from_of(const Row& row, const Config& file, const Config& asked, const Config& effective) {
  static const Config kDefaults;
  if (row.value(effective) != row.value(asked)) return SettingFrom::kMachine;
  if (row.value(asked) != row.value(file)) return SettingFrom::kCommandLine;
  return row.value(file) != row.value(kDefaults) ? SettingFrom::kFile : SettingFrom::kDefault;
}

}  // namespace

std::string_view setting_from_name(SettingFrom from) {
  switch (from) {
    case SettingFrom::kDefault: return "default";
    case SettingFrom::kFile: return "file";
    case SettingFrom::kCommandLine: return "command line";
    case SettingFrom::kMachine: return "machine";
  }
  return "";
}

std::vector<Setting> shown_settings(const Config& file, const Config& asked, const Config& effective) {
  std::vector<Setting> settings;
  for (const Row& row : kRows) {
    Setting setting{.name = row.name, .value = row.value(effective), .secret = row.secret, .from = from_of(row, file, asked, effective)};
    if (row.secret) {
      setting.set = setting.value != json::value("");
      setting.value = nullptr;
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace eyrie
