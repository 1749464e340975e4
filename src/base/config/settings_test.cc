#include "base/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/config/config_testing.h"

namespace eyrie {
namespace {

const Setting& named(const std::vector<Setting>& settings, std::string_view name) {
  return *std::ranges::find(settings, name, &Setting::name);
}

TEST(Settings, AllOfTheFileAreShownButSecrets) {
  const auto config = parse_config(kEverySetting);
  ASSERT_TRUE(config) << config.error().message;
  const auto settings = shown_settings(*config, *config, *config);
  for (const Setting& setting : settings) {
    // The one that excludes the certificate.
    const bool expected_default = setting.name == "tls.self_signed";
    EXPECT_EQ(setting.from, expected_default ? SettingFrom::kDefault : SettingFrom::kFile) << setting.name;
    EXPECT_FALSE(setting.value == json::value("very secret"));
  }
  EXPECT_EQ(named(settings, "listen").value, json::value("[::1]:9000"));
  EXPECT_EQ(named(settings, "server.rate_limit").value, json::value(5.5));
  EXPECT_EQ(named(settings, "functions.retry_seconds").value, *parse_json("[1, 0]"));
  EXPECT_TRUE(named(settings, "mail.password").secret);
  EXPECT_TRUE(named(settings, "mail.password").set);
  EXPECT_TRUE(named(settings, "mail.password").value.is_null());
  EXPECT_FALSE(named(shown_settings({}, {}, {}), "mail.password").set);
}

// Whoever copies a name into the file finds it known there.
TEST(Settings, NamesAreThoseOfTheFile) {
  for (const Setting& setting : shown_settings({}, {}, {})) {
    const std::size_t dot = setting.name.find('.');
    const std::string table = dot == std::string::npos ? "" : "[" + setting.name.substr(0, dot) + "]\n";
    // Of no kind that any setting has: known names are refused for their value, others for their name.
    const auto config = parse_config(table + setting.name.substr(dot + 1) + " = 1979-05-27");
    ASSERT_FALSE(config) << setting.name;
    EXPECT_THAT(config.error().message, ::testing::HasSubstr(setting.name + " must be ")) << setting.name;
  }
}

TEST(Settings, SayWhenceTheyCome) {
  const Config file = *parse_config("[server]\nworkers = 3\n[models]\nset = \"default\"");
  Config asked = file;
  asked.log_path = "-";
  Config effective = asked;
  effective.function_workers = 4;
  const auto settings = shown_settings(file, asked, effective);
  EXPECT_EQ(named(settings, "server.workers").from, SettingFrom::kFile);
  EXPECT_EQ(named(settings, "log.path").from, SettingFrom::kCommandLine);
  EXPECT_EQ(named(settings, "functions.workers").from, SettingFrom::kMachine);
  EXPECT_EQ(named(settings, "functions.workers").value, json::value(4U));
  EXPECT_EQ(named(settings, "listen").from, SettingFrom::kDefault);
  EXPECT_EQ(setting_from_name(named(settings, "log.path").from), "command line");
}

}  // namespace
}  // namespace eyrie
