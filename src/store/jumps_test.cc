// What waits for a time while the time of day jumps: nothing waits for longer, and nothing goes for its age.
#include <gtest/gtest.h>

#include "store/testing.h"

namespace eyrie::store {
namespace {

using std::chrono::minutes;

constexpr std::int64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs;

class JumpsTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    settled_ = std::make_unique<SettledClock>(SettledClock::Sources{.wall_ms = [this] { return wall_; }, .elapsed_ms = [this] { return elapsed_; }});
    auto opened = EmbeddedStore::open({.directory = directory_.path(), .settled = settled_.get()});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
    ASSERT_TRUE(store_->events().release_all());
  }
  void pass(std::int64_t ms) {
    wall_ += ms;
    elapsed_ += ms;
  }
  // Until it is adopted.
  void jump_for_good(std::int64_t by_ms) {
    wall_ += by_ms;
    EXPECT_EQ(settled_->lasting_jump_ms(), std::nullopt);
    pass(kHourMs);
    const auto jump = settled_->lasting_jump_ms();
    ASSERT_EQ(jump, by_ms);
    const Status followed = store_->follow_jump(*settled_, *jump);
    ASSERT_TRUE(followed) << followed.error().message;
    EXPECT_EQ(now(), wall_);
  }
  std::int64_t now() const { return settled_->now_ms(); }

  // One of each that is due in so much.
  void put_off(std::int64_t ms) {
    ASSERT_TRUE(store_->events().push({.function = "f", .subject = "s", .payload = "{}", .request_id = "r"}));
    const auto event = store_->events().lease(minutes(1));
    ASSERT_TRUE(event && *event);
    ASSERT_TRUE(store_->events().retry((*event)->id, std::chrono::milliseconds(ms), "again"));
    ASSERT_TRUE(store_->outbox().publish({{"message", "content", {"subscriber"}}}, now()));
    const auto deliveries = store_->outbox().due("subscriber", now(), 10, {});
    ASSERT_TRUE(deliveries && deliveries->size() == 1);
    ASSERT_TRUE(store_->outbox().settle({{.id = deliveries->front().id, .again_ms = now() + ms, .reason = "again"}}));
    storage_ = store_->messages().create_queue("q", "{}").value();
    const NewMessage hidden{.storage = storage_, .content = "hidden", .sent_ms = now(), .due_ms = now() + ms};
    ASSERT_TRUE(store_->messages().add({&hidden, 1}).front());
  }
  // How many of the three are due.
  int due() {
    const auto depth = store_->events().depth();
    const auto deliveries = store_->outbox().due("subscriber", now(), 10, {});
    const auto counts = store_->messages().counts(storage_, now(), 0);
    EXPECT_TRUE(depth && deliveries && counts);
    return static_cast<int>(depth->ready + deliveries->size() + counts->visible);
  }

  const testing::TemporaryDirectory directory_;
  std::int64_t wall_ = 20'000 * kDayMs, elapsed_ = kHourMs;
  std::unique_ptr<SettledClock> settled_;
  std::unique_ptr<EmbeddedStore> store_;
  StorageId storage_ = 0;
};

TEST_F(JumpsTest, AJumpHoldsNothingUpAndHurriesNothing) {
  put_off(10 * kMinuteMs);
  for (const std::int64_t by : {10 * kDayMs, -10 * kDayMs, -400 * kDayMs, 400 * kDayMs}) {
    wall_ += by;
    pass(kMinuteMs);
    EXPECT_EQ(due(), 0);
  }
  pass(6 * kMinuteMs);
  EXPECT_EQ(due(), 3);
}

TEST_F(JumpsTest, WhatStaysIsFollowedByWhatWaits) {
  for (const std::int64_t by : {10 * kDayMs, -10 * kDayMs}) {
    SCOPED_TRACE(by);
    put_off(3 * kHourMs);
    jump_for_good(by);
    EXPECT_EQ(due(), 0);
    const auto aged = store_->waiting_events("f", 0, 10);
    ASSERT_TRUE(aged);
    EXPECT_EQ(now() - aged->front().created_ms, kHourMs);
    // A clock that went ahead has made nothing old.
    EXPECT_FALSE(store_->messages().expire(storage_, now() - kDayMs, 10).value());
    pass(2 * kHourMs);
    EXPECT_EQ(due(), 3);
    ASSERT_TRUE(store_->events().acknowledge(aged->front().id));
    ASSERT_TRUE(store_->outbox().drop("subscriber"));
    ASSERT_TRUE(store_->messages().drop_queue("q"));
  }
}

// Written by a process whose clock was ahead all its life.
TEST_F(JumpsTest, AStartWithTheRightTimeShowsWhatAWrongOneHid) {
  put_off(10 * kMinuteMs);
  wall_ -= 30 * kDayMs;
  open();
  EXPECT_EQ(due(), 3);
  // What may wait as long does.
  ASSERT_TRUE(store_->messages().drop_queue("q"));
  storage_ = store_->messages().create_queue("q", "{}").value();
  const NewMessage hidden{.storage = storage_, .content = "hidden", .sent_ms = now(), .due_ms = now() + 12 * kHourMs};
  ASSERT_TRUE(store_->messages().add({&hidden, 1}).front());
  open();
  EXPECT_EQ(store_->messages().counts(storage_, now(), 0).value().delayed, 1U);
}

}  // namespace
}  // namespace eyrie::store
