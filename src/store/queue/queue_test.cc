#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "store/layout.h"
#include "store/sqlite/sqlite.h"
#include "store/testing.h"

namespace eyrie::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class QueueTest : public testing::StoreTest {
 protected:
  void push(const std::string& subject, const std::string& payload) {
    ASSERT_TRUE(events().push({.function = "f", .subject = subject, .payload = payload, .request_id = "r"}));
  }
  std::optional<Event> lease(milliseconds time = minutes(1)) {
    auto event = events().lease(time);
    EXPECT_TRUE(event) << event.error().message;
    return event ? *event : std::nullopt;
  }
  std::string next() {
    const auto event = lease();
    return event ? event->payload : "none";
  }
};

TEST_F(QueueTest, FirstInFirstOut) {
  EXPECT_EQ(next(), "none");
  for (const char* payload : {"1", "2", "3"}) push("subject-" + std::string(payload), payload);
  const auto first = lease();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->payload, "1");
  EXPECT_EQ(first->function, "f");
  EXPECT_EQ(first->request_id, "r");
  EXPECT_EQ(first->created_ms, clock_.now_ms());
  EXPECT_EQ(first->attempts, 0);
  EXPECT_EQ(first->deliveries, 0);
  EXPECT_EQ(next(), "2");
  EXPECT_EQ(next(), "3");
  EXPECT_EQ(next(), "none");
}

TEST_F(QueueTest, WhatLeftAnEventIsKeptWithIt) {
  ASSERT_TRUE(events().push({.function = "f", .subject = "s", .payload = "1", .request_id = "r", .trace = "what left it"}));
  push("other", "2");
  reopen();
  EXPECT_EQ(lease()->trace, "what left it");
  EXPECT_EQ(lease()->trace, "");
}

TEST_F(QueueTest, PuttingOffDoesNotCount) {
  push("s", "1");
  const auto first = lease();
  ASSERT_TRUE(first);
  ASSERT_TRUE(events().put_off(first->id, milliseconds(5000), "busy"));
  EXPECT_EQ(next(), "none");
  clock_.advance_ms(5000);
  const auto again = lease();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 0);
  EXPECT_EQ(again->deliveries, 1);
}

TEST_F(QueueTest, OneAtATimeAndInOrderWithinASubject) {
  push("s", "1");
  push("s", "2");
  push("s", "3");
  push("other", "4");
  push("", "5");
  push("", "6");
  const auto first = lease();
  EXPECT_EQ(first->payload, "1");
  EXPECT_EQ(next(), "4");
  EXPECT_EQ(next(), "5");
  EXPECT_EQ(next(), "6") << "events without a subject wait for none";
  EXPECT_EQ(next(), "none");
  ASSERT_TRUE(events().retry(first->id, milliseconds(500), "failed"));
  EXPECT_EQ(next(), "none") << "the one that waits for its retry holds the others back";
  clock_.advance_ms(500);
  auto again = lease();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->payload, "1");
  EXPECT_EQ(again->attempts, 1);
  EXPECT_EQ(again->deliveries, 1);
  ASSERT_TRUE(events().bury(again->id, "hopeless"));
  const auto second = lease();
  EXPECT_EQ(second->payload, "2");
  EXPECT_EQ(next(), "none");
  ASSERT_TRUE(events().acknowledge(second->id));
  EXPECT_EQ(next(), "3");
}

TEST_F(QueueTest, AnExpiredLeaseComesAgain) {
  push("s", "1");
  const auto first = lease(milliseconds(1000));
  ASSERT_TRUE(first);
  clock_.advance_ms(999);
  EXPECT_EQ(next(), "none");
  clock_.advance_ms(1);
  const auto second = lease();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->attempts, 0);
  EXPECT_EQ(second->deliveries, 1);
  ASSERT_TRUE(events().acknowledge(second->id));
  ASSERT_TRUE(events().acknowledge(second->id)) << "twice is harmless";
  EXPECT_EQ(events().depth()->leased, 0U);
}

TEST_F(QueueTest, ARestartReleasesLeasesAndKeepsTheRest) {
  push("a", "leased");
  push("b", "ready");
  push("c", "dead");
  push("d", "delayed");
  std::map<std::string, std::int64_t> ids;
  for (int i = 0; i < 4; ++i) {
    const auto event = lease();
    ids[event->payload] = event->id;
  }
  ASSERT_TRUE(events().retry(ids["ready"], milliseconds(0), ""));
  ASSERT_TRUE(events().bury(ids["dead"], "why"));
  ASSERT_TRUE(events().retry(ids["delayed"], minutes(10), "later"));
  reopen();
  EXPECT_EQ(next(), "ready");
  EXPECT_EQ(next(), "none") << "a lease lives until release_all";
  ASSERT_TRUE(events().release_all());
  clock_.advance_ms(2000);
  auto event = lease();
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->payload == "leased" || event->payload == "ready");
  EXPECT_EQ(event->deliveries, event->payload == "ready" ? 2 : 1);
  EXPECT_TRUE(lease());
  EXPECT_FALSE(lease());
  const auto depth = events().depth();
  EXPECT_EQ(depth->dead, 1U);
  EXPECT_EQ(depth->delayed, 1U);
  EXPECT_EQ(depth->leased, 2U);
}

TEST_F(QueueTest, TheDeadTakeNoRoomAndGoAfterTwoWeeks) {
  const std::string large(900'000, 'x');
  push("a", large);
  push("b", "sound");
  ASSERT_TRUE(events().bury(lease()->id, large));
  store_.reset();
  {
    const auto connection = Connection::open(directory_.path() / kDatabaseFile, 1024);
    auto row = (*connection)->prepare("SELECT LENGTH(payload), LENGTH(reason) FROM events WHERE state = 2");
    ASSERT_TRUE(row->step().value());
    EXPECT_EQ(row->integer(0), 0);
    EXPECT_EQ(row->integer(1), 1024);
  }
  reopen();
  EXPECT_EQ(events().depth()->dead, 1U);
  clock_.advance_ms(14LL * 24 * 3600 * 1000 + 1);
  ASSERT_TRUE(events().bury(lease()->id, ""));
  EXPECT_EQ(events().depth()->dead, 1U) << "the second one";
}

TEST_F(QueueTest, Depth) {
  EXPECT_EQ(events().depth()->oldest_ms, 0);
  const std::int64_t start = clock_.now_ms();
  push("a", "1");
  clock_.advance_ms(10);
  push("a", "2");
  push("b", "3");
  push("c", "4");
  const auto first = lease();
  const auto third = lease();
  ASSERT_TRUE(events().bury(third->id, ""));
  const auto fourth = lease();
  ASSERT_TRUE(events().retry(fourth->id, minutes(1), ""));
  const auto depth = events().depth();
  ASSERT_TRUE(depth);
  EXPECT_EQ(depth->ready, 1U) << "the one behind its predecessor";
  EXPECT_EQ(depth->leased, 1U);
  EXPECT_EQ(depth->delayed, 1U);
  EXPECT_EQ(depth->dead, 1U);
  EXPECT_EQ(depth->oldest_ms, start);
  ASSERT_TRUE(events().acknowledge(first->id));
  EXPECT_EQ(events().depth()->oldest_ms, start + 10);
}

// A function that fails, or is throttled, holds up its own events of an object alone.
TEST_F(QueueTest, FunctionsDoNotWaitForEachOther) {
  const auto add = [&](const char* function, const char* payload) {
    ASSERT_TRUE(events().push({.function = function, .subject = "bucket/key", .payload = payload, .request_id = "r"}));
  };
  add("f", "f1");
  add("g", "g1");
  add("f", "f2");
  add("g", "g2");
  const auto first = lease();
  ASSERT_TRUE(first && first->payload == "f1");
  ASSERT_TRUE(events().retry(first->id, minutes(2), "poison"));
  for (const char* payload : {"g1", "g2"}) {
    const auto other = lease();
    ASSERT_TRUE(other);
    EXPECT_EQ(other->payload, payload);
    ASSERT_TRUE(events().acknowledge(other->id));
  }
  EXPECT_EQ(next(), "none");
  reopen();
  ASSERT_TRUE(events().bury(first->id, "poison"));
  EXPECT_EQ(next(), "f2");
}

// Until format 11 an event waited for those of all functions: what waits no more is ready after the step to 12.
TEST_F(QueueTest, FormatElevenIsBroughtForward) {
  for (const char* function : {"f", "g", "f"}) ASSERT_TRUE(events().push({.function = function, .subject = "s", .payload = function, .request_id = "r"}));
  store_.reset();
  {
    const auto connection = Connection::open(directory_.path() / kDatabaseFile, 1024);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("DROP INDEX events_line; CREATE INDEX events_subject ON events(subject, id) WHERE state <> 2;"
                                    "UPDATE events SET state = 4 WHERE id > 1; PRAGMA user_version = 11"));
  }
  reopen();
  EXPECT_EQ(next(), "f");
  EXPECT_EQ(next(), "g");
  EXPECT_EQ(next(), "none");
}

TEST_F(QueueTest, AClockSetBackHoldsNothingUp) {
  push("a", "1");
  clock_.advance_ms(-3'600'000);
  EXPECT_EQ(next(), "1");
  push("b", "2");
  auto second = lease();
  ASSERT_TRUE(events().retry(second->id, minutes(1), ""));
  // The clock was years ahead when the retry was set; it is put right, and the program starts anew.
  clock_.advance_ms(-100'000'000'000);
  reopen();
  ASSERT_TRUE(events().release_all());
  EXPECT_TRUE(lease());
  clock_.advance_ms(60'000);
  EXPECT_TRUE(lease());
}

TEST_F(QueueTest, WaitingEnds) {
  // wake() before wait() is not lost.
  events().wake();
  events().wait(minutes(10));
  // Something due is never waited for.
  push("a", "1");
  events().wait(minutes(10));
  events().wait(minutes(10));
  // Nor is a push while waiting missed.
  const auto leased = lease();
  while (events().depth()->ready != 0) (void)lease();
  std::atomic<bool> stop = false;
  std::atomic<int> got = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (!stop) {
        const auto event = events().lease(minutes(1));
        if (event && *event) {
          (void)events().acknowledge((*event)->id);
          ++got;
        } else {
          events().wait(minutes(10));
        }
      }
    });
  }
  for (int i = 0; i < 50; ++i) push(i % 3 == 0 ? "same" : "subject" + std::to_string(i), "x");
  while (got < 50) std::this_thread::sleep_for(milliseconds(1));
  stop = true;
  events().wake();
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(got, 50);
}

// Many workers, few subjects: no two events of one subject at once, none out of order, none lost.
TEST_F(QueueTest, OrderHoldsUnderConcurrency) {
  constexpr int kSubjects = 5, kEach = 30, kWorkers = 8;
  std::vector<std::thread> pushers;
  for (int s = 0; s < kSubjects; ++s) {
    pushers.emplace_back([&, s] {
      for (int i = 0; i < kEach; ++i) push("s" + std::to_string(s), std::to_string(i));
    });
  }
  std::mutex mutex;
  std::map<std::string, int> expected, busy;
  std::atomic<int> done = 0, wrong = 0;
  std::vector<std::thread> workers;
  for (int w = 0; w < kWorkers; ++w) {
    workers.emplace_back([&] {
      while (done < kSubjects * kEach) {
        const auto event = events().lease(minutes(1));
        if (!event || !*event) {
          events().wait(milliseconds(20));
          continue;
        }
        const std::string& subject = (*event)->subject;
        {
          const std::lock_guard lock(mutex);
          if (busy[subject]++ != 0) ++wrong;
          if ((*event)->payload != std::to_string(expected[subject])) ++wrong;
        }
        const bool fails = (*event)->attempts == 0 && ((*event)->id % 7) == 0;
        {
          const std::lock_guard lock(mutex);
          --busy[subject];
          if (!fails) ++expected[subject];
        }
        if (fails) {
          EXPECT_TRUE(events().retry((*event)->id, milliseconds(0), "once more"));
        } else {
          EXPECT_TRUE(events().acknowledge((*event)->id));
          ++done;
        }
      }
    });
  }
  for (std::thread& thread : pushers) thread.join();
  for (std::thread& thread : workers) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(done, kSubjects * kEach);
  EXPECT_EQ(events().depth()->oldest_ms, 0);
}

}  // namespace
}  // namespace eyrie::store
