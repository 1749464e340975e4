#include "app/alarm_actions.h"

#include "aws/account.h"
#include "base/log.h"
#include "base/time/settled_clock.h"
#include "functions/permission.h"
#include "functions/registry/alias.h"
#include "notify/publisher.h"

namespace eyrie::app {
namespace {

constexpr const char* kTopicService = "cloudwatch.amazonaws.com";
constexpr const char* kFunctionService = "lambda.alarms.cloudwatch.amazonaws.com";

struct RolledBack {
  std::string function, alias;
};

std::optional<RolledBack> rollback_of(std::string_view arn) {
  const std::string prefix = "arn:aws:automate:" + std::string(aws::kRegion) + ":lambda:rollback:";
  if (!arn.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = arn.substr(prefix.size());
  const std::size_t colon = rest.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == rest.size() || rest.find(':', colon + 1) != std::string_view::npos) return std::nullopt;
  return RolledBack{.function = std::string(rest.substr(0, colon)), .alias = std::string(rest.substr(colon + 1))};
}

}  // namespace

bool LocalAlarmActions::takes(const std::string& arn) const {
  return notify::topics::topic_of_arn(arn) || functions::function_of_arn(arn) || rollback_of(arn);
}

std::optional<monitor::AlarmActions::Need> LocalAlarmActions::needs(const std::string& arn) const {
  const auto rollback = rollback_of(arn);
  if (!rollback) return std::nullopt;
  return Need{.action = "lambda:UpdateAlias", .resource = aws::regional_arn("lambda", "function:" + rollback->function)};
}

bool LocalAlarmActions::repeats(const std::string& arn) const { return rollback_of(arn).has_value(); }

Status LocalAlarmActions::act(const std::string& arn, const monitor::AlarmNotice& notice, const std::string& alarm_arn) {
  if (const auto topic = notify::topics::topic_of_arn(arn)) return publish(*topic, arn, notice, alarm_arn);
  if (const auto function = functions::function_of_arn(arn)) return invoke(*function, notice, alarm_arn);
  if (const auto rollback = rollback_of(arn)) return roll_back(rollback->function, rollback->alias, notice.id);
  return fail(Code::kInvalidArgument, "alarms cannot do " + arn);
}

Status LocalAlarmActions::publish(const std::string& topic, const std::string& arn, const monitor::AlarmNotice& notice, const std::string& alarm_arn) {
  EYRIE_TRY(const notify::topics::TopicPtr found, topics_.topic(topic));
  // A topic without a policy is open to its own account's alarms, as AWS's default policy says.
  const bool allowed = !found->policy || notify::allows_service(found->policy.get(), "sns:Publish", arn, {.service = kTopicService, .source_arn = alarm_arn});
  if (!allowed) return fail(Code::kPermissionDenied, "the policy of " + arn + " does not let " + kTopicService + " publish for " + alarm_arn);
  const store::Once once{.subject = "alarm\n" + notice.id + "\n" + topic, .speaker = "alarm"};
  const auto published = topics_.publish(topic, {{.subject = notice.subject, .texts = {{"default", notice.message}}}}, once);
  return published ? Status() : fail(published.error());
}

Status LocalAlarmActions::invoke(const std::string& function, const monitor::AlarmNotice& notice, const std::string& alarm_arn) {
  const functions::FunctionTarget target = functions::target_of(function);
  EYRIE_CHECK_OK(functions_.deployed().check(target));
  if (!functions_.allows(target, kFunctionService, alarm_arn)) return fail(Code::kPermissionDenied, "the policy of " + function + " does not let " + kFunctionService + " invoke it for " + alarm_arn);
  return functions_.deployed().invoke_later(target, notice.event, notice.id, "");
}

Status LocalAlarmActions::roll_back(const std::string& function, const std::string& alias, const std::string& notice) {
  const auto changed = functions_.registry().change(
      function, [&](functions::FunctionRecord& record) { return functions::roll_alias_back(record, alias, notice, SettledClock::system().now_ms()); });
  if (!changed) return fail(changed.error());
  log_warning("an alias was rolled back", {{"function", function}, {"alias", alias}, {"version", (*changed)->aliases.at(alias).version}});
  return {};
}

}  // namespace eyrie::app
