// Eyrie's settings: defaults, then the TOML file, then what the command line says. Each has a default that serves.
//
//   listen = "127.0.0.1:4566"
//   [log]
//   level = "info"            # debug, info, warning, error, off
//   path = "-"                # "-": standard error; default: eyrie.log in the data directory
//   [server]
//   workers = 8               # threads that run requests
//   rate_limit = 0            # requests a second for each access key; 0: no limit
//   rate_burst = 0            # of them at once; 0: what two seconds bring
//   signature_v2 = true       # S3 takes presigned URLs and forms of Signature Version 2
//   [tls]                     # any of it: nothing but TLS is served
//   certificate = ""          # PEM: the certificate, then its chain
//   key = ""                  # PEM: its private key
//   self_signed = false       # or a certificate of its own, kept in the data directory
//   [master_key]              # what seals master.key; docs/operations.md
//   source = ""               # file (nothing), environment or kms: refused where it is another; default: whatever it is
//   kms_endpoint = ""         # of the KMS elsewhere: "https://kms.us-east-1.amazonaws.com"
//   kms_region = "us-east-1"
//   kms_key = ""              # id, ARN or alias of its key
//   kms_credentials = ""      # file with aws_access_key_id and aws_secret_access_key, as AWS's tools have it
//   kms_ca = ""               # PEM of the authorities that vouch for it; default: the system's
//   [functions]
//   workers = 2               # threads that run functions; default: one a core
//   concurrency = 16          # invocations at once of the functions that were created; default: eight a core, at least 16
//   idle_seconds = 300        # how long a sandbox is kept for the next invocation
//   retry_seconds = [60, 120] # until an event whose function has failed is tried again: the second time, the third
//   isolate = true            # namespaces, a root and a /tmp of its own for each sandbox, where the system allows it
//   [lifecycle]
//   cold = ""                 # folder of archived objects; default: cold in the data directory
//   interval_seconds = 3600   # between two passes over all buckets that have rules
//   day_seconds = 86400       # how long a day of the rules is; shorter ones are for trying them out
//   [models]
//   set = "default"           # default, small, quality
//   path = ""
//   [analysis]
//   min_confidence = 80       # labels below this are not kept in the record
//   max_bytes = 52428800
//   retention_days = 0        # records get ExpiresAt this many days after the upload; 0: none
//   [topics]
//   url = ""                  # where subscribers reach this server, in links of messages; default: its endpoint
//   authorities = ""          # PEM file: trusted beside the system's when https endpoints are delivered to
//   endpoints = ""            # where http endpoints may be: any, lan (other machines), public; default: any where the server listens on loopback, else lan
//   [mail]
//   server = ""               # smtp://host:25 or smtps://host:465; empty: no mail
//   from = ""                 # the sender's address
//   user = ""                 # and password: for servers that want them
//   password = ""
//   require_tls = false       # STARTTLS, or no mail
//   [[alerts]]                # an alert rule; as many as wanted
//   name = "strangers"
//   when = { label = "Person" }   # or moderation, face = "COLLECTION", text = { contains = "..." } or { matches = "..." }
//   topic = "detections"
//   threshold = 80
//   quiet_seconds = 0
//
// An unknown key or a value out of range is refused, with its line, rather than guessed at.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace eyrie {

// As settings name them.
inline constexpr std::pair<std::string_view, LogLevel> kLogLevels[] = {{"debug", LogLevel::kDebug}, {"error", LogLevel::kError}, {"info", LogLevel::kInfo}, {"off", LogLevel::kOff}, {"warning", LogLevel::kWarning}};

struct Config {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4566;  // 0: the system picks one
  LogLevel log_level = LogLevel::kInfo;
  std::string log_path;
  unsigned server_workers = 0;    // 0: four times the cores, at least 8
  double rate_limit = 0;
  bool signature_v2 = true;
  double rate_burst = 0;
  std::string tls_certificate, tls_key;  // both or neither
  bool tls_self_signed = false;          // instead of them
  std::string key_source;         // of the master keys: "", "file", "environment", "kms"
  std::string kms_endpoint, kms_key, kms_credentials, kms_authorities;
  std::string kms_region = "us-east-1";
  unsigned function_workers = 0;  // 0: one a core
  unsigned function_concurrency = 0;  // 0: eight a core, at least 16
  int function_idle_s = 300;
  std::array<int, 2> function_retry_s = {60, 120};  // until the second and the third try of an event
  bool function_isolate = true;
  std::string cold_path;          // empty: in the data directory
  std::int64_t lifecycle_interval_s = 3600;
  std::int64_t lifecycle_day_s = 86400;
  std::string model_set = "default";
  std::string model_path;         // empty: the default folder
  double min_confidence = 80;
  std::uint64_t max_image_bytes = 50U << 20;
  int retention_days = 0;
  std::string topics_url;
  std::string topics_authorities;
  std::string topics_endpoints;  // "", "any", "lan", "public"
  std::string mail_server, mail_from, mail_user, mail_password;
  bool mail_require_tls = false;
  std::vector<std::string> alerts;  // each a rule as JSON (notify/rules/alert_rule.h)

  bool uses_tls() const { return tls_self_signed || !tls_certificate.empty(); }
};

// "127.0.0.1:4566", "[::1]:4566", "localhost:0".
Status parse_listen(std::string_view text, Config& config);
Result<Config> parse_config(std::string_view toml_text);
Result<Config> load_config(const std::string& path);

}  // namespace eyrie
