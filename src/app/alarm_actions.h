// What alarms do: publish to topics, invoke functions, and roll an alias of a function back.
//
//   arn:aws:sns:REGION:ACCOUNT:TOPIC                          once for each change of state: the topic's outbox knows what was said
//   arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]   an event of the queue, where the function's policy lets lambda.alarms.cloudwatch.amazonaws.com
//   arn:aws:automate:REGION:lambda:rollback:NAME:ALIAS        Eyrie's own: the alias goes back to where it stood before a deployment (functions/registry/alias.h)
//
// Thread safety: all of it.
#pragma once

#include "app/function_host.h"
#include "monitor/alarms/alarms.h"
#include "notify/topics/topics.h"

namespace eyrie::app {

class LocalAlarmActions final : public monitor::AlarmActions {
 public:
  // Both must outlive it.
  LocalAlarmActions(notify::topics::Topics& topics, FunctionHost& functions) : topics_(topics), functions_(functions) {}

  bool takes(const std::string& arn) const override;
  std::optional<Need> needs(const std::string& arn) const override;
  bool repeats(const std::string& arn) const override;
  Status act(const std::string& arn, const monitor::AlarmNotice& notice, const std::string& alarm_arn) override;

 private:
  Status publish(const std::string& topic, const std::string& arn, const monitor::AlarmNotice& notice, const std::string& alarm_arn);
  Status invoke(const std::string& function, const monitor::AlarmNotice& notice, const std::string& alarm_arn);
  Status roll_back(const std::string& function, const std::string& alias, const std::string& notice);

  notify::topics::Topics& topics_;
  FunctionHost& functions_;
};

}  // namespace eyrie::app
