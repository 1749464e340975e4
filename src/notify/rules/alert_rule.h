// An alert rule: what must be found in a picture for a topic to hear of it. As the console's API and the settings write it:
//
//   {"name": "strangers", "topic": "detections", "when": {"label": "Person"}, "threshold": 90, "quiet_seconds": 60, "enabled": true}
//
// `when` has one member: {"label": NAME} - found so, or of that kind (its parent); {"moderation": NAME} - the same of moderation labels; {"face": COLLECTION} - a face of the
// collection; {"text": {"contains": TEXT}} - in a line, whatever the case; {"text": {"matches": EXPRESSION}} - RE2's syntax, which is searched in linear time. Names are compared without
// case. `threshold`: the least confidence, of faces the least similarity, 0 to 100. `quiet_seconds`: after an alert the rule keeps quiet for so long.
//
// Errors: kInvalidArgument. Thread safety: plain data; the expression is immutable.
#pragma once

#include <memory>
#include <string>

#include "base/json.h"

namespace re2 {
class RE2;
}

namespace eyrie::notify::rules {

struct AlertRule {
  enum class What { kLabel, kModeration, kFace, kTextContains, kTextMatches };

  std::string name;  // 1 to 64 of a-z 0-9 -
  std::string topic = "detections";
  What what = What::kLabel;
  std::string sought;  // label, collection, text or expression
  double threshold = 80;
  std::int64_t quiet_s = 0;
  bool enabled = true;
  bool configured = false;  // from the settings: cannot be changed in the console
  std::shared_ptr<const re2::RE2> expression = {};
};

bool is_rule_name(std::string_view name);

// `name`: of the path; empty where the object has it as a member.
Result<AlertRule> parse_rule(std::string_view name, const json::object& object);
json::object rule_json(const AlertRule& rule);

}  // namespace eyrie::notify::rules
