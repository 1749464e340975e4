#include "api/console/administration/lifecycle_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/s3/lifecycle/rules_xml.h"
#include "base/bytes.h"

namespace eyrie::api::console {
namespace {

// As `aws s3api get-bucket-lifecycle-configuration` writes it.
constexpr const char* kAll = R"({"Rules": [
  {"ID": "old", "Filter": {"Prefix": "uploads/"}, "Status": "Enabled",
   "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
   "Expiration": {"Days": 365}},
  {"ID": "tagged", "Filter": {"Tag": {"Key": "k", "Value": "<v> & \"w\""}}, "Status": "Disabled", "Expiration": {"Date": "2030-01-01T00:00:00.000Z"}},
  {"ID": "both", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 500, "ObjectSizeLessThan": 64000}}, "Status": "Enabled", "Expiration": {"Days": 3}},
  {"ID": "parts", "Filter": {}, "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
   "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 2},
   "NoncurrentVersionTransitions": [{"NoncurrentDays": 4, "StorageClass": "GLACIER"}]},
  {"ID": "marker", "Filter": {"Prefix": ""}, "Status": "Enabled", "Expiration": {"ExpiredObjectDeleteMarker": true}}
]})";

std::expected<s3::LifecycleConfiguration, aws::WireError> parsed(std::string_view json) {
  const auto xml = lifecycle_xml_of(json);
  EXPECT_TRUE(xml) << xml.error().message;
  return s3::parse_lifecycle_xml(as_bytes(xml.value_or("")));
}

TEST(LifecycleJson, IsWhatS3Takes) {
  const auto configuration = parsed(kAll);
  ASSERT_TRUE(configuration) << configuration.error().message;
  ASSERT_EQ(configuration->rules.size(), 5U);
  const s3::LifecycleRule& old = configuration->rules[0];
  EXPECT_EQ(old.filter.prefix, "uploads/");
  EXPECT_EQ(old.transitions[1].storage_class, "GLACIER");
  EXPECT_EQ(old.expiration->days, 365);
  EXPECT_EQ(configuration->rules[1].filter.tags.at("k"), "<v> & \"w\"");
  EXPECT_FALSE(configuration->rules[1].enabled);
  EXPECT_EQ(configuration->rules[2].filter.less_than, 64000U);
  EXPECT_EQ(configuration->rules[3].abort_days, 7);
  EXPECT_TRUE(configuration->rules[4].expired_delete_marker);
}

TEST(LifecycleJson, ComesBackTheSame) {
  const auto configuration = parsed(kAll);
  ASSERT_TRUE(configuration);
  const json::object shown = lifecycle_json_of(s3::write_lifecycle_xml(*configuration));
  EXPECT_EQ(*parsed(write_json(shown)), *configuration);
  const json::object wanted = parse_json(kAll)->as_object();
  EXPECT_EQ(shown.at("Rules").as_array()[0], wanted.at("Rules").as_array()[0]);
  EXPECT_EQ(shown.at("Rules").as_array()[2], wanted.at("Rules").as_array()[2]);
  EXPECT_EQ(shown.at("Rules").as_array()[3], wanted.at("Rules").as_array()[3]);
}

TEST(LifecycleJson, WhatS3RefusesIsRefused) {
  for (const char* json : {R"({})", R"({"Rules": []})", R"({"Rules": [{"Status": "Enabled"}]})", R"({"Rules": [{"ID": "a", "Filter": {}, "Status": "On", "Expiration": {"Days": 1}}]})",
                           R"({"Rules": [{"ID": "a", "Filter": {}, "Status": "Enabled", "Expiration": {"Days": 1.5}}]})",
                           R"({"Rules": [{"ID": "a", "Filter": {}, "Status": "Enabled", "Expiration": {"Days": 1}, "Colour": "red"}]})"})
    EXPECT_FALSE(parsed(json)) << json;
}

TEST(LifecycleJson, WhatIsNoConfiguration) {
  for (const char* json : {"", "[]", "null", R"({"Rules": {}})", R"({"Rules": [1]})", R"({"Rules": null})", R"({"Rules": [{"ID": null}]})", R"({"Rules": [{"ID": [1]}]})",
                           R"({"a b": 1})", R"({"": 1})", R"({"a><b": 1})", R"({"Rules": [{"ID": "a\u0000b"}]})", R"({"Rules": [{"ID": "a\bb"}]})"}) {
    const auto xml = lifecycle_xml_of(json);
    ASSERT_FALSE(xml) << json;
    EXPECT_EQ(xml.error().code, Code::kInvalidArgument) << json;
  }
  EXPECT_EQ(lifecycle_json_of("no XML"), json::object());
}

}  // namespace
}  // namespace eyrie::api::console
