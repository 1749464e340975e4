#include "notify/queues/queues.h"

#include "aws/account.h"

namespace eyrie::notify {

std::string queue_arn(std::string_view name) {
  return aws::regional_arn("sqs", name);
}

std::optional<std::string> queue_of_arn(std::string_view arn) {
  static const std::string kPrefix = aws::regional_arn("sqs", "");
  if (!arn.starts_with(kPrefix) || arn.size() == kPrefix.size()) return std::nullopt;
  return std::string(arn.substr(kPrefix.size()));
}

Status Queues::send_one(const Parcel& parcel) {
  const auto sent = send({&parcel, 1});
  return sent.front() ? Status() : fail(sent.front().error());
}

}  // namespace eyrie::notify
