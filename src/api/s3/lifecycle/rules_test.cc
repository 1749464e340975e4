// When rules fall due, and that they survive being kept.
#include "api/s3/lifecycle/rules.h"

#include <gtest/gtest.h>

#include "api/s3/lifecycle/rules_xml.h"
#include "base/time/clock.h"

namespace eyrie::api::s3 {
namespace {

std::int64_t at(const char* iso) { return *parse_iso8601(iso); }

store::ObjectInfo object(const std::string& key, std::uint64_t size = 1 << 20, store::StringMap tags = {}) {
  store::ObjectInfo info{.bucket = "b", .key = key, .size = size};
  info.modified_ms = at("2026-01-15T10:30:00.000Z");
  info.tags = std::move(tags);
  return info;
}

LifecycleConfiguration parse_rules(const std::string& rules) {
  const std::string xml = "<LifecycleConfiguration>" + rules + "</LifecycleConfiguration>";
  auto configuration = parse_lifecycle_xml(as_bytes(xml));
  EXPECT_TRUE(configuration) << configuration.error().message;
  return configuration ? *configuration : LifecycleConfiguration{};
}

std::string rule(const std::string& filter, const std::string& actions, const std::string& id = "r") {
  return "<Rule><ID>" + id + "</ID>" + filter + "<Status>Enabled</Status>" + actions + "</Rule>";
}

const Calendar kCalendar;

TEST(Lifecycle, DaysEndAtTheNextMidnight) {
  EXPECT_EQ(kCalendar.after(at("2026-01-15T10:30:00.000Z"), 3), at("2026-01-19T00:00:00.000Z"));
  EXPECT_EQ(kCalendar.after(at("2026-01-15T00:00:00.000Z"), 3), at("2026-01-18T00:00:00.000Z"));
  const auto rules = parse_rules(rule("<Filter/>", "<Expiration><Days>3</Days></Expiration>"));
  EXPECT_FALSE(due_actions(rules, object("k"), at("2026-01-18T23:59:59.000Z"), kCalendar).expired);
  EXPECT_TRUE(due_actions(rules, object("k"), at("2026-01-19T00:00:00.000Z"), kCalendar).expired);
}

TEST(Lifecycle, FiltersChoose) {
  const std::int64_t later = at("2027-01-01T00:00:00.000Z");
  const char* expire = "<Expiration><Days>1</Days></Expiration>";
  const auto expires = [&](const std::string& filter, const store::ObjectInfo& info) {
    return due_actions(parse_rules(rule(filter, expire)), info, later, kCalendar).expired;
  };
  EXPECT_TRUE(expires("<Filter><Prefix>logs/</Prefix></Filter>", object("logs/a")));
  EXPECT_FALSE(expires("<Filter><Prefix>logs/</Prefix></Filter>", object("log")));
  EXPECT_TRUE(expires("<Prefix>logs/</Prefix>", object("logs/a")));
  const std::string tag = "<Tag><Key>a</Key><Value>1</Value></Tag>";
  EXPECT_TRUE(expires("<Filter>" + tag + "</Filter>", object("k", 1, {{"a", "1"}, {"b", "2"}})));
  EXPECT_FALSE(expires("<Filter>" + tag + "</Filter>", object("k", 1, {{"a", "2"}})));
  EXPECT_FALSE(expires("<Filter><ObjectSizeGreaterThan>10</ObjectSizeGreaterThan></Filter>", object("k", 10)));
  EXPECT_TRUE(expires("<Filter><ObjectSizeGreaterThan>10</ObjectSizeGreaterThan></Filter>", object("k", 11)));
  EXPECT_FALSE(expires("<Filter><ObjectSizeLessThan>10</ObjectSizeLessThan></Filter>", object("k", 10)));
  const std::string both = "<Filter><And><Prefix>p/</Prefix>" + tag + "</And></Filter>";
  EXPECT_TRUE(expires(both, object("p/k", 1, {{"a", "1"}})));
  EXPECT_FALSE(expires(both, object("k", 1, {{"a", "1"}})));
  auto disabled = parse_rules(rule("<Filter/>", expire));
  disabled.rules[0].enabled = false;
  EXPECT_FALSE(due_actions(disabled, object("k"), later, kCalendar).expired);
}

TEST(Lifecycle, TheColdestDueClassWinsAndNothingGrowsWarmer) {
  const auto rules = parse_rules(rule("<Filter/>",
                                "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
                                "<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>"));
  const auto moved = [&](const char* now, const char* from) {
    store::ObjectInfo info = object("k");
    info.storage_class = from;
    return due_actions(rules, info, at(now), kCalendar).storage_class;
  };
  EXPECT_EQ(moved("2026-02-14T00:00:00.000Z", "STANDARD"), "");
  EXPECT_EQ(moved("2026-02-15T00:00:00.000Z", "STANDARD"), "STANDARD_IA");
  EXPECT_EQ(moved("2026-02-15T00:00:00.000Z", "STANDARD_IA"), "");
  EXPECT_EQ(moved("2026-04-16T00:00:00.000Z", "STANDARD"), "GLACIER");
  EXPECT_EQ(moved("2026-04-16T00:00:00.000Z", "DEEP_ARCHIVE"), "");
}

TEST(Lifecycle, ExpirationComesBeforeTransition) {
  const auto rules =
      parse_rules(rule("<Filter/>", "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>", "a") +
            rule("<Filter/>", "<Expiration><Days>1</Days></Expiration>", "b"));
  EXPECT_TRUE(due_actions(rules, object("k"), at("2026-03-01T00:00:00.000Z"), kCalendar).expired);
  const auto told = expiration_of(rules, object("k"), kCalendar);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->rule_id, "b");
  EXPECT_EQ(told->time_ms, at("2026-01-17T00:00:00.000Z"));
}

TEST(Lifecycle, SmallObjectsStayWhereTheyAre) {
  auto rules = parse_rules(rule("<Filter/>", "<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition>"));
  const std::int64_t later = at("2026-03-01T00:00:00.000Z");
  EXPECT_EQ(due_actions(rules, object("k", 1000), later, kCalendar).storage_class, "");
  EXPECT_EQ(due_actions(rules, object("k", kSmallObject), later, kCalendar).storage_class, "GLACIER");
  rules.moves_small_objects = true;
  EXPECT_EQ(due_actions(rules, object("k", 1000), later, kCalendar).storage_class, "GLACIER");
  const auto told = parse_rules(rule("<Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>",
                               "<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition>"));
  EXPECT_EQ(due_actions(told, object("k", 1000), later, kCalendar).storage_class, "GLACIER");
}

TEST(Lifecycle, UploadsAreAbortedByPrefix) {
  const auto rules = parse_rules(rule("<Filter><Prefix>u/</Prefix></Filter>",
                                "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
                                "</AbortIncompleteMultipartUpload>"));
  const auto due = abortion_of(rules, "u/k", at("2026-01-15T10:30:00.000Z"), kCalendar);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->time_ms, at("2026-01-23T00:00:00.000Z"));
  EXPECT_FALSE(abortion_of(rules, "k", 0, kCalendar));
}

TEST(Lifecycle, WhatIsKeptIsWhatWasSet) {
  const auto rules = parse_rules(
      rule("<Filter><And><Prefix>p</Prefix><Tag><Key>a</Key><Value>&lt;</Value></Tag><ObjectSizeGreaterThan>1"
           "</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>",
           "<Transition><Date>2026-06-01T00:00:00.000Z</Date><StorageClass>GLACIER_IR</StorageClass></Transition>"
           "<Expiration><Date>2027-06-01</Date></Expiration>"
           "<NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays><NewerNoncurrentVersions>2"
           "</NewerNoncurrentVersions></NoncurrentVersionExpiration>"
           "<NoncurrentVersionTransition><NoncurrentDays>40</NoncurrentDays><StorageClass>STANDARD_IA</StorageClass>"
           "</NoncurrentVersionTransition>") +
      rule("<Prefix/>", "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
                        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
                        "</AbortIncompleteMultipartUpload>", "other"));
  EXPECT_EQ(read_lifecycle(write_lifecycle(rules)), rules);
  const std::string xml = write_lifecycle_xml(rules);
  const auto again = parse_lifecycle_xml(as_bytes(xml));
  ASSERT_TRUE(again) << xml;
  EXPECT_EQ(*again, rules);
}

}  // namespace
}  // namespace eyrie::api::s3
