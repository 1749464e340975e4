#include "base/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config/config_testing.h"
#include "base/json.h"

namespace eyrie {
namespace {

using testing::HasSubstr;

TEST(Config, EmptyIsDefaults) {
  auto config = parse_config("");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->port, 4566);
  EXPECT_FALSE(config->uses_tls());
  EXPECT_TRUE(parse_config("[tls]\nself_signed = true")->uses_tls());
  EXPECT_EQ(config->model_set, "default");
  EXPECT_EQ(config->min_confidence, 80);
  EXPECT_EQ(config->function_retry_s, (std::array{60, 120}));
}

TEST(Config, ReadsEverySection) {
  auto config = parse_config(kEverySetting);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->host, "::1");
  EXPECT_EQ(config->port, 9000);
  EXPECT_EQ(config->log_level, LogLevel::kDebug);
  EXPECT_EQ(config->log_path, "-");
  EXPECT_EQ(config->server_workers, 3U);
  EXPECT_EQ(config->tls_certificate, "/c.pem");
  EXPECT_EQ(config->tls_key, "/k.pem");
  EXPECT_TRUE(config->uses_tls());
  EXPECT_EQ(config->key_source, "kms");
  EXPECT_EQ(config->kms_endpoint, "https://kms.example");
  EXPECT_EQ(config->kms_region, "eu-west-1");
  EXPECT_EQ(config->kms_key, "alias/eyrie");
  EXPECT_EQ(config->kms_credentials, "/credentials");
  EXPECT_EQ(config->kms_authorities, "/ca.pem");
  EXPECT_EQ(config->function_workers, 1U);
  EXPECT_EQ(config->function_concurrency, 7U);
  EXPECT_EQ(config->function_idle_s, 9);
  EXPECT_EQ(config->function_retry_s, (std::array{1, 0}));
  EXPECT_FALSE(config->function_isolate);
  EXPECT_EQ(config->model_set, "small");
  EXPECT_EQ(config->model_path, "/models");
  EXPECT_EQ(config->min_confidence, 55.5);
  EXPECT_EQ(config->max_image_bytes, 1000U);
  EXPECT_EQ(config->retention_days, 30);
}

TEST(Config, TopicsMailAndAlerts) {
  auto config = parse_config(R"(
    [topics]
    url = "https://pictures.example.com/"
    endpoints = "lan"
    [mail]
    server = "smtp://mail:25"
    from = "eyrie@example.com"
    require_tls = true
    [[alerts]]
    name = "cats"
    when = { label = "Cat" }
    [[alerts]]
    name = "plates"
    when = { text = { matches = "[A-Z]+" } }
    threshold = 90.5
  )");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->topics_url, "https://pictures.example.com");
  EXPECT_EQ(config->topics_endpoints, "lan");
  EXPECT_EQ(config->mail_server, "smtp://mail:25");
  EXPECT_EQ(config->mail_from, "eyrie@example.com");
  EXPECT_TRUE(config->mail_require_tls);
  ASSERT_EQ(config->alerts.size(), 2U);
  const auto second = parse_json(config->alerts[1]);
  ASSERT_TRUE(second) << config->alerts[1];
  EXPECT_EQ(text_of(second->get_object(), "name"), "plates");
  EXPECT_EQ(second->at("when").at("text").at("matches").as_string(), "[A-Z]+");
  EXPECT_EQ(second->at("threshold").as_double(), 90.5);
}

TEST(Config, RefusesWithTheLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"\nlissten = 1", "line 2: unknown setting lissten"},
      {"[analysis]\nmin_confidence = 101", "line 2: analysis.min_confidence must be a number from 0 to 100"},
      {"[models]\nset = \"huge\"", "line 2: models.set must be one of"},
      {"[server]\nworkers = \"many\"", "line 2: server.workers must be a number"},
      {"[functions]\nretry_seconds = 60", "line 2: functions.retry_seconds must be 2 numbers from 0 to 3600"},
      {"[functions]\nretry_seconds = [60]", "line 2: functions.retry_seconds must be 2 numbers"},
      {"[functions]\nretry_seconds = [60, 120, 240]", "line 2: functions.retry_seconds must be 2 numbers"},
      {"[functions]\nretry_seconds = [60, 3601]", "line 2: functions.retry_seconds must be 2 numbers"},
      {"[functions]\nretry_seconds = [-1, 60]", "line 2: functions.retry_seconds must be 2 numbers"},
      {"[functions]\nretry_seconds = [60, \"120\"]", "line 2: functions.retry_seconds must be 2 numbers"},
      {"listen = \"nowhere\"", "HOST:PORT"},
      {"listen = \"a:99999\"", "port must be"},
      {"x = = 1", "line 1"},
      {"[tls]\nself_signed = \"yes\"", "line 2: tls.self_signed must be true or false"},
      {"[tls]\ncertificate = \"c\"", "belong together"},
      {"[topics]\nurl = \"here\"", "topics.url must begin with"},
      {"[topics]\nendpoints = \"all\"", "line 2: topics.endpoints must be one of"},
      {"[mail]\nserver = \"mail:25\"", "mail.server must begin with"},
      {"[mail]\nserver = \"smtp://mail\"", "mail.from must be"},
      {"[mail]\nserver = \"smtp://mail\"\nfrom = \"a@b\\r\\nX: y\"", "mail.from must be"},
      {"\nalerts = 5", "line 2: alerts must be tables"},
      {"[tls]\nself_signed = true\ncertificate = \"c\"\nkey = \"k\"", "exclude each other"},
  };
  for (const auto& [text, message] : cases) {
    auto config = parse_config(text);
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message, HasSubstr(message));
  }
}

}  // namespace
}  // namespace eyrie
