// Which functions a bucket's events go to: PutBucketNotificationConfiguration, GetBucketNotificationConfiguration. A configuration
// replaces the one before as a whole, and only where all of it is sound.
//
// Targets are functions of this server that let S3 invoke them for the bucket. Queues and topics are refused as AWS refuses those it cannot reach. Functions get no test
// event, on AWS neither. Source: S3 API reference; S3 user guide, "Configuring notification filter". Thread-safe: plain functions.
#pragma once

#include "api/s3/service.h"
#include "store/event_queue.h"

namespace eyrie::api::s3 {

// <NotificationConfiguration> as rules.
std::expected<std::vector<store::NotificationRule>, aws::WireError> parse_notification(std::string_view xml, const std::string& bucket,
                                                                                      const FunctionFinder& finder);
// The inverse. A rule of several prefixes and suffixes is one configuration for each pair.
std::string write_notification(const std::vector<store::NotificationRule>& rules);

OperationResult put_bucket_notification(Backend& backend, const Request& request, const Bytes& body);
OperationResult get_bucket_notification(Backend& backend, const Request& request, const Bytes& body);

}  // namespace eyrie::api::s3
