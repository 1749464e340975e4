// For tests of settings.
#pragma once

namespace eyrie {

// Every setting, none as it is by default.
inline constexpr const char* kEverySetting = R"(
listen = "[::1]:9000"
[log]
level = "debug"
path = "-"
[server]
workers = 3
rate_limit = 5.5
rate_burst = 7
signature_v2 = false
[tls]
certificate = "/c.pem"
key = "/k.pem"
[master_key]
source = "kms"
kms_endpoint = "https://kms.example"
kms_region = "eu-west-1"
kms_key = "alias/eyrie"
kms_credentials = "/credentials"
kms_ca = "/ca.pem"
[functions]
workers = 1
concurrency = 7
idle_seconds = 9
retry_seconds = [1, 0]
isolate = false
[lifecycle]
cold = "/cold"
interval_seconds = 60
day_seconds = 10
[models]
set = "small"
path = "/models"
[analysis]
min_confidence = 55.5
max_bytes = 1000
retention_days = 30
[topics]
url = "https://pictures.example.com"
authorities = "/authorities.pem"
endpoints = "lan"
[mail]
server = "smtp://mail:25"
from = "eyrie@example.com"
user = "eyrie"
password = "very secret"
require_tls = true
)";

}  // namespace eyrie
