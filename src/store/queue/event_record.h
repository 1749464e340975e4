// S3 event records (version 2.1; 2.3 for tags, access lists, lifecycle and ended restores) and the rules that call for them. Source: S3 user guide, "Event message
// structure". Thread-safe: pure functions.
#pragma once

#include <string>
#include <vector>

#include "store/event_queue.h"
#include "store/object_store.h"

namespace eyrie::store {

// What happened: an event name without "s3:", and who did it. Of an object that is gone, a record tells neither size nor entity tag, as S3's.
struct ObjectEvent {
  std::string name;  // "ObjectCreated:Put"
  std::int64_t time_ms = 0;
  Requester by = {};
  std::string configuration = "eyrie";  // id of the rule that called for it
};

// {"Records":[...]}; the key is encoded as HTML forms do ('+' for a space).
std::string event_record(const ObjectInfo& object, const ObjectEvent& event);

bool matches(const NotificationRule& rule, const ObjectInfo& object, const std::string& event_name);

// Rules as kept in the bucket's row.
std::string write_rules(const std::vector<NotificationRule>& rules);
Result<std::vector<NotificationRule>> parse_rules(const std::string& bucket, const std::string& text);

}  // namespace eyrie::store
