#include "app/role_destinations.h"

namespace eyrie::app {

Status RoleDestinations::may_send(const std::string& arn, const std::string& role) const {
  if (!queues_.exists(arn)) return fail(Code::kNotFound, "no queue is called " + arn);
  if (!roles_.may(role, "sqs:SendMessage", arn)) return fail(Code::kPermissionDenied, "SendMessage");
  return {};
}

Status RoleDestinations::send(const std::string& arn, const std::string& role, const std::string& record) {
  EYRIE_CHECK_OK(may_send(arn, role));
  return queues_.send_one({.queue_arn = arn, .message = {.body = record}});
}

}  // namespace eyrie::app
