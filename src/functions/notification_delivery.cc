#include "functions/notification_delivery.h"

#include <algorithm>

#include "functions/traced_invocation.h"

namespace eyrie::functions {
namespace {

constexpr std::chrono::milliseconds kFirstWait{1000}, kLongestWait{60'000};

// An event's subject is BUCKET/KEY.
notify::ServiceCall call_of(const store::Event& event) {
  return {.service = "s3.amazonaws.com", .source_arn = "arn:aws:s3:::" + event.subject.substr(0, event.subject.find('/'))};
}

}  // namespace

Status NotificationDelivery::invoke(const store::Event& event) {
  TracedInvocation traced(metrics_, TracedInvocation::about(event, event.function, monitor::TraceSegment::Kind::kDelivery));
  Status sent = publisher_.publish(event.function, {.subject = "Amazon S3 Notification", .text = event.payload, .trace = traced.cause()}, call_of(event));
  if (!sent) traced.fail(sent.error());
  return sent;
}

std::optional<Retry> NotificationDelivery::retry(const store::Event& event, const Error& error) const {
  switch (error.code) {
    case Code::kTooLarge:
      return Retry{.what = Retry::What::kGiveUp};
    case Code::kNotFound:
    case Code::kPermissionDenied:
    case Code::kInvalidArgument:
      return std::nullopt;
    default:
      break;
  }
  // The disk is full, say: not the event's fault, and nothing is lost meanwhile.
  std::chrono::milliseconds wait = kFirstWait;
  for (int i = event.attempts; i < event.deliveries && wait < kLongestWait; ++i) wait *= 2;
  return Retry{.what = Retry::What::kLater, .after = std::min(wait, kLongestWait)};
}

}  // namespace eyrie::functions
