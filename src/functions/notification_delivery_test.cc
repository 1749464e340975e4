// Events whose function is an ARN, from the queue of events to whoever takes them.
#include "functions/notification_delivery.h"

#include <gtest/gtest.h>

#include <mutex>

#include "functions/dispatcher.h"
#include "monitor/traces/traces.h"
#include "store/testing.h"

namespace eyrie::functions {
namespace {

using namespace std::chrono_literals;
using What = Retry::What;

class FakePublisher final : public notify::Publisher {
 public:
  bool takes(std::string_view) const override { return true; }
  Status may_send(const std::string&, const notify::ServiceCall&) const override { return {}; }
  Status publish(const std::string& arn, const notify::Publication& publication, const notify::ServiceCall& call) override {
    const std::lock_guard lock(mutex);
    if (failures > 0) {
      --failures;
      return fail(Code::kUnavailable, "the disk is full");
    }
    sent.push_back(arn + " " + publication.text + " " + call.service + " " + call.source_arn);
    return {};
  }
  std::mutex mutex;
  std::vector<std::string> sent;
  int failures = 0;
};

class NotificationDeliveryTest : public store::testing::StoreTest {
 protected:
  FakePublisher publisher_;
  monitor::Metrics metrics_;
  NotificationDelivery delivery_{publisher_, metrics_};
};

TEST_F(NotificationDeliveryTest, AnEventIsPublishedOnce) {
  const auto traces = monitor::Traces::open(directory_.path() / "traces.db");
  ASSERT_TRUE(traces);
  metrics_.keep_traces_in(**traces);
  Dispatcher dispatcher({.workers = 1}, events(), {}, metrics_, nullptr, &delivery_);
  const std::string arn = "arn:aws:sqs:us-east-1:000000000000:q";
  ASSERT_TRUE(events().push({.function = arn, .subject = "images/up/a.jpg", .payload = "{}", .request_id = "r", .trace = write_trace_cause({.work = begin_trace(1), .parent = "00f067aa0ba902b7", .began_ms = 1, .name = "s3:PutObject"})}));
  dispatcher.start();
  for (bool done = false; !done; std::this_thread::yield()) {
    const auto depth = events().depth().value();
    done = depth.ready + depth.leased + depth.delayed + depth.dead == 0;
  }
  dispatcher.stop();
  EXPECT_EQ(publisher_.sent, std::vector<std::string>{arn + " {} s3.amazonaws.com arn:aws:s3:::images"});
  const auto segments = (*traces)->of_request("r");
  ASSERT_TRUE(segments);
  ASSERT_EQ(segments->size(), 1U);
  EXPECT_EQ(segments->front().kind, monitor::TraceSegment::Kind::kDelivery);
  EXPECT_EQ(segments->front().name, arn);
  EXPECT_EQ(segments->front().error, "");
  EXPECT_NE(segments->front().parent, "");
}

TEST_F(NotificationDeliveryTest, WhatMayPassIsTriedForAsLongAsItTakes) {
  const store::Event event{.function = "arn:aws:sqs:us-east-1:000000000000:q", .subject = "images/a", .attempts = 0, .deliveries = 0};
  EXPECT_EQ(delivery_.retry(event, {Code::kUnavailable, ""})->what, What::kLater);
  store::Event late = event;
  late.deliveries = 1000;
  EXPECT_EQ(delivery_.retry(late, {Code::kIo, ""})->what, What::kLater);
  EXPECT_EQ(delivery_.retry(late, {Code::kIo, ""})->after, 60s);
  EXPECT_EQ(delivery_.retry(event, {Code::kTooLarge, ""})->what, What::kGiveUp);
  // As the dispatcher says: a few times.
  EXPECT_FALSE(delivery_.retry(event, {Code::kNotFound, ""}));
  EXPECT_FALSE(delivery_.retry(event, {Code::kPermissionDenied, ""}));
}

}  // namespace
}  // namespace eyrie::functions
