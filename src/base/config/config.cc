#include "base/config/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/encoding.h"

namespace eyrie {
namespace {

// Reads the settings of one table, remembers which keys it knows, and refuses the rest.
class Section {
 public:
  Section(const toml::table& table, std::string prefix) : table_(table), prefix_(std::move(prefix)) {}

  void text(std::string_view key, std::string& into) {
    read<std::string>(key, "text", [&](const std::string& value) {
      into = value;
      return true;
    });
  }
  void flag(std::string_view key, bool& into) {
    read<bool>(key, "true or false", [&](bool value) {
      into = value;
      return true;
    });
  }
  void number(std::string_view key, double low, double high, auto& into) {
    read<double>(key, "a number from " + shown(low) + " to " + shown(high), [&](double value) {
      if (!(value >= low && value <= high)) return false;
      into = static_cast<std::remove_reference_t<decltype(into)>>(value);
      return true;
    });
  }
  // As many as there are in `into`.
  template <std::size_t N>
  void numbers(std::string_view key, double low, double high, std::array<int, N>& into) {
    known_.insert(std::string(key));
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::array* told = node->as_array();
    bool sound = told != nullptr && told->size() == N;
    std::array<int, N> values = into;
    for (std::size_t i = 0; sound && i < N; ++i) {
      const auto value = told->get(i)->value<double>();
      sound = value && *value >= low && *value <= high;
      if (sound) values[i] = static_cast<int>(*value);
    }
    if (!sound) return report(*node, prefix_ + std::string(key) + " must be " + std::to_string(N) + " numbers from " + shown(low) + " to " + shown(high) + " in brackets");
    into = values;
  }
  void one_of(std::string_view key, const std::set<std::string>& allowed, std::string& into) {
    std::string names;
    for (const std::string& name : allowed) names += (names.empty() ? "" : ", ") + name;
    read<std::string>(key, "one of " + names, [&](const std::string& value) {
      if (!allowed.contains(value)) return false;
      into = value;
      return true;
    });
  }
  void table(std::string_view key) { known_.insert(std::string(key)); }

  Status done() {
    for (const auto& [key, node] : table_) {
      if (!known_.contains(std::string(key.str()))) report(node, "unknown setting " + prefix_ + std::string(key.str()));
    }
    if (!problem_.empty()) return fail(Code::kInvalidArgument, problem_);
    return {};
  }

 private:
  static std::string shown(double value) {
    std::ostringstream out;
    out.precision(15);
    out << value;
    return out.str();
  }
  template <typename T, typename Accept>
  void read(std::string_view key, const std::string& expected, Accept accept) {
    known_.insert(std::string(key));
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->value<T>();
    if (!value || !accept(*value)) report(*node, prefix_ + std::string(key) + " must be " + expected);
  }
  void report(const toml::node& node, const std::string& what) {
    if (problem_.empty()) problem_ = "line " + std::to_string(node.source().begin.line) + ": " + what;
  }

  const toml::table& table_;
  std::string prefix_;
  std::set<std::string> known_;
  std::string problem_;
};

template <typename SectionOf>
Status read_topics(const SectionOf& section, Config& config) {
  Section topics = section("topics");
  topics.text("url", config.topics_url);
  topics.text("authorities", config.topics_authorities);
  topics.one_of("endpoints", {"", "any", "lan", "public"}, config.topics_endpoints);
  EYRIE_CHECK_OK(topics.done());
  if (!config.topics_url.empty() && !config.topics_url.starts_with("http://") && !config.topics_url.starts_with("https://"))
    return fail(Code::kInvalidArgument, "topics.url must begin with http:// or https://");
  while (config.topics_url.ends_with('/')) config.topics_url.pop_back();
  Section mail = section("mail");
  mail.text("server", config.mail_server);
  mail.text("from", config.mail_from);
  mail.text("user", config.mail_user);
  mail.text("password", config.mail_password);
  mail.flag("require_tls", config.mail_require_tls);
  EYRIE_CHECK_OK(mail.done());
  if (!config.mail_server.empty() && !config.mail_server.starts_with("smtp://") && !config.mail_server.starts_with("smtps://"))
    return fail(Code::kInvalidArgument, "mail.server must begin with smtp:// or smtps://");
  const bool plain = config.mail_from.find_first_of(" <>\r\n\t") == std::string::npos;
  if (!config.mail_server.empty() && (config.mail_from.find('@') == std::string::npos || !plain))
    return fail(Code::kInvalidArgument, "mail.from must be the sender's address where mail.server is set");
  return {};
}

Status read_alerts(const toml::table& root, Config& config) {
  const toml::node* const node = root.get("alerts");
  if (node == nullptr) return {};
  const toml::array* const rules = node->as_array();
  const std::string line = "line " + std::to_string(node->source().begin.line) + ": ";
  if (rules == nullptr || !rules->is_array_of_tables()) return fail(Code::kInvalidArgument, line + "alerts must be tables: [[alerts]]");
  for (const toml::node& rule : *rules) {
    std::ostringstream text;
    text << toml::json_formatter(*rule.as_table());
    config.alerts.push_back(text.str());
  }
  return {};
}

Status read_settings(const toml::table& root, Config& config) {
  std::string listen;
  std::string level = "info";
  Section top(root, "");
  top.text("listen", listen);
  for (const char* name : {"log", "server", "tls", "master_key", "functions", "lifecycle", "models", "analysis", "topics", "mail", "alerts"}) top.table(name);
  EYRIE_CHECK_OK(top.done());
  if (!listen.empty()) EYRIE_CHECK_OK(parse_listen(listen, config));

  static const toml::table kEmpty;
  auto section = [&](const char* name) {
    const toml::table* table = root[name].as_table();
    return Section(table == nullptr ? kEmpty : *table, std::string(name) + ".");
  };
  Section log = section("log");
  std::set<std::string> levels;
  for (const auto& [name, known] : kLogLevels) levels.emplace(name);
  log.one_of("level", levels, level);
  log.text("path", config.log_path);
  EYRIE_CHECK_OK(log.done());
  config.log_level = std::ranges::find(kLogLevels, level, &std::pair<std::string_view, LogLevel>::first)->second;
  Section server = section("server");
  server.number("workers", 1, 1024, config.server_workers);
  server.number("rate_limit", 0, 1e6, config.rate_limit);
  server.number("rate_burst", 0, 1e6, config.rate_burst);
  server.flag("signature_v2", config.signature_v2);
  EYRIE_CHECK_OK(server.done());
  Section tls = section("tls");
  tls.text("certificate", config.tls_certificate);
  tls.text("key", config.tls_key);
  tls.flag("self_signed", config.tls_self_signed);
  EYRIE_CHECK_OK(tls.done());
  if (config.tls_certificate.empty() != config.tls_key.empty())
    return fail(Code::kInvalidArgument, "tls.certificate and tls.key belong together");
  if (config.tls_self_signed && !config.tls_key.empty())
    return fail(Code::kInvalidArgument, "tls.self_signed and tls.certificate exclude each other");
  Section master_key = section("master_key");
  master_key.one_of("source", {"", "file", "environment", "kms"}, config.key_source);
  master_key.text("kms_endpoint", config.kms_endpoint);
  master_key.text("kms_region", config.kms_region);
  master_key.text("kms_key", config.kms_key);
  master_key.text("kms_credentials", config.kms_credentials);
  master_key.text("kms_ca", config.kms_authorities);
  EYRIE_CHECK_OK(master_key.done());
  Section functions = section("functions");
  functions.number("workers", 1, 1024, config.function_workers);
  functions.number("concurrency", 1, 1000, config.function_concurrency);
  functions.number("idle_seconds", 1, 86400, config.function_idle_s);
  functions.numbers("retry_seconds", 0, 3600, config.function_retry_s);
  functions.flag("isolate", config.function_isolate);
  EYRIE_CHECK_OK(functions.done());
  Section lifecycle = section("lifecycle");
  lifecycle.text("cold", config.cold_path);
  lifecycle.number("interval_seconds", 1, 86400, config.lifecycle_interval_s);
  lifecycle.number("day_seconds", 1, 86400, config.lifecycle_day_s);
  EYRIE_CHECK_OK(lifecycle.done());
  EYRIE_CHECK_OK(read_topics(section, config));
  EYRIE_CHECK_OK(read_alerts(root, config));
  Section models = section("models");
  models.one_of("set", {"default", "small", "quality"}, config.model_set);
  models.text("path", config.model_path);
  EYRIE_CHECK_OK(models.done());
  Section analysis = section("analysis");
  analysis.number("min_confidence", 0, 100, config.min_confidence);
  analysis.number("max_bytes", 1, 1e9, config.max_image_bytes);
  analysis.number("retention_days", 0, 36500, config.retention_days);
  return analysis.done();
}

}  // namespace

Status parse_listen(std::string_view text, Config& config) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(Code::kInvalidArgument, "listen address must be HOST:PORT, not \"" + std::string(text) + "\"");
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const auto number = whole_number<unsigned>(port);
  if (!number || *number > 65535) {
    return fail(Code::kInvalidArgument, "port must be 0 to 65535, not \"" + std::string(port) + "\"");
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  config.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  config.port = static_cast<std::uint16_t>(*number);
  return {};
}

Result<Config> parse_config(std::string_view toml_text) {
  Config config;
  try {
    const toml::table root = toml::parse(toml_text);
    EYRIE_CHECK_OK(read_settings(root, config));
  } catch (const toml::parse_error& e) {
    return fail(Code::kInvalidArgument,
                "line " + std::to_string(e.source().begin.line) + ": " + std::string(e.description()));
  }
  return config;
}

Result<Config> load_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  auto config = parse_config(text.str());
  if (!config) return fail(config.error().code, path + ": " + config.error().message);
  return config;
}

}  // namespace eyrie
