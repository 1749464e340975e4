// Which functions, queues and topics a bucket's events go to: PutBucketNotificationConfiguration, GetBucketNotificationConfiguration. A configuration
// replaces the one before as a whole, and only where all of it is sound.
//
// Targets are functions, queues and topics of this server that let S3 invoke them, or send to them, for the bucket; none else is taken. Queues and topics get
// s3:TestEvent before the configuration is set, functions do not, on AWS neither. Source: S3 API reference; S3 user guide, "Configuring notification filter",
// "Granting permissions to publish event notification messages". Thread-safe: plain functions.
#pragma once

#include "api/s3/service.h"
#include "store/event_queue.h"

namespace eyrie::api::s3 {

// What configurations may name.
struct NotificationTargets {
  const FunctionFinder& functions;
  const notify::Publisher* others;  // null: none
  bool unseen = false;              // x-amz-skip-destination-validation: queues and topics are taken as they are named
};
// <NotificationConfiguration> as rules. A rule's function is a function's name, or the ARN of a queue or topic.
std::expected<std::vector<store::NotificationRule>, aws::WireError> parse_notification(std::string_view xml, const std::string& bucket,
                                                                                      const NotificationTargets& targets);
// The inverse. A rule of several prefixes and suffixes is one configuration for each pair.
std::string write_notification(const std::vector<store::NotificationRule>& rules);

OperationResult put_bucket_notification(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_notification(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
