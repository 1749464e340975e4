#include "app/role_destinations.h"

namespace eyrie::app {

Status RoleDestinations::may_send(const std::string& arn, const std::string& role) const {
  if (!queues_.exists(arn)) return fail(Code::kNotFound, "no queue is called " + arn);
  if (!roles_.may(role, "sqs:SendMessage", arn)) return fail(Code::kPermissionDenied, "SendMessage");
  return {};
}

Status RoleDestinations::send(const std::string& arn, const std::string& role, const std::string& record) {
  EYRIE_CHECK_OK(may_send(arn, role));
  const notify::Parcel parcel{.queue_arn = arn, .message = {.body = record}};
  const auto sent = queues_.send({&parcel, 1});
  if (!sent.front()) return fail(sent.front().error());
  return {};
}

}  // namespace eyrie::app
