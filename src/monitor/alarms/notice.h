// What a change of an alarm's state tells topics and functions. Source: CloudWatch user guide, "Notifying users on alarm changes"; Lambda developer guide, "Invoke a Lambda
// function from an alarm". Thread safety: pure functions.
#pragma once

#include "monitor/alarms/alarm.h"

namespace eyrie::monitor {

// For the actions of `alarm.standing`; none where there are no actions, or they are disabled.
std::optional<AlarmNotice> notice_of(const Alarm& alarm, const AlarmStanding& before);

}  // namespace eyrie::monitor
