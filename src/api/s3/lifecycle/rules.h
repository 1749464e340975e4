// A bucket's lifecycle rules and when they fall due. What concerns older versions is kept and shown, and never falls due here.
//
//   const Due due = due_actions(rules, object, now_ms, calendar);
//
// Time: an action of N days falls due at the first midnight (UTC) at or after N days have passed. Of several actions that are
// due, expiration comes before transitions, and of transitions the coldest class wins; nothing is ever made warmer.
// Source: S3 user guide, "Lifecycle configuration elements", "Lifecycle general considerations for transitions".
// Thread-safe: plain functions of their arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/object_store.h"

namespace eyrie::api::s3 {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
// Below this many bytes nothing is moved, unless a rule's own filter speaks of sizes or the configuration says otherwise.
constexpr std::uint64_t kSmallObject = 128U << 10;

// When: after so many days, or from a date (a midnight) on.
struct DueTime {
  std::optional<std::int64_t> days;
  std::optional<std::int64_t> date_ms;

  friend bool operator==(const DueTime&, const DueTime&) = default;
};

struct Transition {
  DueTime when;
  std::string storage_class;
  std::optional<std::int64_t> newer_versions;  // of noncurrent versions' transitions

  friend bool operator==(const Transition&, const Transition&) = default;
};

enum class FilterForm { kPrefix, kFilter };  // <Prefix> of old configurations, <Filter>

struct LifecycleFilter {
  FilterForm form = FilterForm::kFilter;
  std::optional<std::string> prefix;  // told, if only as ""
  store::StringMap tags;
  std::optional<std::uint64_t> greater_than, less_than;
  bool all_of = false;  // written as <And>

  friend bool operator==(const LifecycleFilter&, const LifecycleFilter&) = default;
};

struct LifecycleRule {
  std::string id;
  bool enabled = true;
  LifecycleFilter filter;
  std::optional<DueTime> expiration;
  bool expired_delete_marker = false;
  std::vector<Transition> transitions;
  std::optional<std::int64_t> noncurrent_days, noncurrent_newer;
  std::vector<Transition> noncurrent_transitions;
  std::optional<std::int64_t> abort_days;

  friend bool operator==(const LifecycleRule&, const LifecycleRule&) = default;
};

struct LifecycleConfiguration {
  std::vector<LifecycleRule> rules;
  bool moves_small_objects = false;  // x-amz-transition-default-minimum-object-size: varies_by_storage_class

  friend bool operator==(const LifecycleConfiguration&, const LifecycleConfiguration&) = default;
};

// How long a day is: shorter ones are for trying rules out.
struct Calendar {
  std::int64_t day_ms = kDayMs;
  // The first midnight at or after `days` have passed since `from_ms`.
  std::int64_t after(std::int64_t from_ms, std::int64_t days) const;
};

struct Due {
  bool expired = false;
  std::string storage_class;  // to move to; empty: stays
};
Due due_actions(const LifecycleConfiguration& configuration, const store::ObjectInfo& object, std::int64_t now_ms,
                const Calendar& calendar);

// When something will be done, and by which rule; the earliest.
struct Announced {
  std::int64_t time_ms = 0;
  std::string rule_id;
};
std::optional<Announced> expiration_of(const LifecycleConfiguration& configuration, const store::ObjectInfo& object,
                                       const Calendar& calendar);
// Of a multipart upload of this key, begun at `begun_ms`.
std::optional<Announced> abortion_of(const LifecycleConfiguration& configuration, const std::string& key,
                                     std::int64_t begun_ms, const Calendar& calendar);

// As kept in the bucket's settings.
std::string write_lifecycle(const LifecycleConfiguration& configuration);
Result<LifecycleConfiguration> read_lifecycle(const std::string& text);

}  // namespace eyrie::api::s3
