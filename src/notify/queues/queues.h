// Queues as other services see them: send to one, by its ARN. What SQS's own API does besides is in local_queues.h.
//
//   std::vector<Parcel> parcels = {{.queue_arn = arn, .message = {.body = "..."}}, ...};
//   for (const Result<std::string>& sent : queues.send(parcels)) ...   // message ids, in the parcels' order
//
// Messages are stored sealed; send() returns once all that it took are on disk, with one sync for all parcels. Delivery is at least once.
// Limits: body and attributes of one message together kMaxMessageBytes. Source: SQS developer guide, "Amazon SQS quotas".
// Errors of a parcel: kNotFound - no such queue; kTooLarge; kInvalidArgument - characters that SQS does not take; others may pass.
// Thread safety: all of it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "notify/publisher.h"

namespace eyrie::notify {

inline constexpr std::size_t kMaxMessageBytes = 1 << 20;

struct MessageAttribute {
  std::string type;   // "String", "Number", "Binary", or one of them with a label: "String.csv"
  std::string value;  // text; of Binary the bytes themselves
  bool is_binary() const { return type.starts_with("Binary"); }
  bool operator==(const MessageAttribute&) const = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

struct Message {
  std::string body;
  MessageAttributes attributes = {};
  std::string trace_header = {};         // AWSTraceHeader; empty: none
  std::string group = {};                // MessageGroupId; empty: none
  std::string sender = {};               // SenderId; empty: the account
  std::optional<int> delay_s = {};       // 0 to 900; nullopt: the queue's
};

struct Parcel {
  std::string queue_arn;
  Message message;
};

// arn:aws:sqs:REGION:ACCOUNT:NAME
std::string queue_arn(std::string_view name);
// The name in the ARN of a queue that could be here; nullopt where it is none. Whether it is there: exists().
std::optional<std::string> queue_of_arn(std::string_view arn);

class Queues : public Publisher {
 public:
  virtual bool exists(const std::string& arn) const = 0;
  virtual std::vector<Result<std::string>> send(std::span<const Parcel> parcels) = 0;
  Status send_one(const Parcel& parcel);
};

}  // namespace eyrie::notify
