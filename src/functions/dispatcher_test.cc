#include "functions/dispatcher.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <latch>
#include <mutex>

namespace eyrie::functions {
namespace {

using namespace std::chrono_literals;

// A queue in memory that notes what became of each event.
class FakeQueue final : public store::EventQueue {
 public:
  Status push(const store::Event& event) override {
    const std::lock_guard lock(mutex_);
    ready_.push_back(event);
    changed_.notify_all();
    return {};
  }
  Result<std::optional<store::Event>> lease(std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    if (ready_.empty()) return std::nullopt;
    store::Event event = ready_.front();
    ready_.pop_front();
    return event;
  }
  Status acknowledge(std::int64_t id) override { return note(acknowledged, id); }
  Status retry(std::int64_t id, std::chrono::milliseconds delay, const std::string&) override {
    {
      const std::lock_guard lock(mutex_);
      delays.push_back(delay);
      const int before = static_cast<int>(delays.size());
      store::Event event{.id = id, .function = "f", .attempts = before, .deliveries = before};
      ready_.push_back(event);
    }
    changed_.notify_all();
    return {};
  }
  Status put_off(std::int64_t id, std::chrono::milliseconds delay, const std::string&) override {
    {
      const std::lock_guard lock(mutex_);
      put_off_for.push_back(delay);
      ready_.push_back({.id = id, .function = "f", .deliveries = static_cast<int>(put_off_for.size())});
    }
    changed_.notify_all();
    return {};
  }
  Status bury(std::int64_t id, const std::string&) override { return note(buried, id); }
  Status release_all() override { return {}; }
  Result<store::QueueDepth> depth() override { return store::QueueDepth{}; }
  void wait(std::chrono::milliseconds) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 5ms);
  }
  void wake() override { changed_.notify_all(); }

  // Waits until `list` holds `count` ids; the test's own time limit is CTest's.
  template <typename T>
  void await(const std::vector<T>& list, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return list.size() >= count; });
  }

  std::vector<std::int64_t> acknowledged, buried;
  std::vector<std::chrono::milliseconds> delays, put_off_for;

 private:
  Status note(std::vector<std::int64_t>& list, std::int64_t id) {
    const std::lock_guard lock(mutex_);
    list.push_back(id);
    changed_.notify_all();
    return {};
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<store::Event> ready_;
};

class FakeFunction final : public Function {
 public:
  explicit FakeFunction(int failures) : failures_(failures) {}
  const std::string& name() const override { return name_; }
  void received(const store::Event&) override { ++told; }
  Status invoke(const store::Event&) override {
    if (++invoked <= failures_) return fail(Code::kIo, "not yet");
    return {};
  }
  Status give_up(const store::Event&, const Error&) override {
    ++given_up;
    return {};
  }
  std::atomic<int> invoked{0}, given_up{0}, told{0};

 private:
  const std::string name_ = "f";
  const int failures_;
};

const DispatcherOptions kOptions{.workers = 2, .max_attempts = 4, .first_backoff = 10ms, .max_backoff = 25ms};

TEST(Dispatcher, AcknowledgesWhatSucceeds) {
  FakeQueue queue;
  FakeFunction function(0);
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {&function}, metrics);
  dispatcher.start();
  for (int i = 1; i <= 50; ++i) ASSERT_TRUE(queue.push({.id = i, .function = "f"}));
  queue.await(queue.acknowledged, 50);
  dispatcher.stop();
  EXPECT_EQ(function.invoked, 50);
  EXPECT_TRUE(queue.buried.empty());
}

TEST(Dispatcher, RetriesWithDoubledWaitsThenSucceeds) {
  FakeQueue queue;
  FakeFunction function(3);
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {&function}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 7, .function = "f"}));
  queue.await(queue.acknowledged, 1);
  dispatcher.stop();
  EXPECT_EQ(queue.delays, (std::vector<std::chrono::milliseconds>{10ms, 20ms, 25ms}));
  EXPECT_EQ(function.given_up, 0);
}

TEST(Dispatcher, GivesUpAfterTheLastAttempt) {
  FakeQueue queue;
  FakeFunction function(1000);
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {&function}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 7, .function = "f"}));
  queue.await(queue.buried, 1);
  dispatcher.stop();
  EXPECT_EQ(function.invoked, 4);
  EXPECT_EQ(function.given_up, 1);
  EXPECT_TRUE(queue.acknowledged.empty());
  EXPECT_EQ(metrics.counter("eyrie_function_dead_letters_total", "").value(), 1U);
}

TEST(Dispatcher, TellsOfAnEventOnce) {
  FakeQueue queue;
  FakeFunction function(2);
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {&function}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 7, .function = "f"}));
  queue.await(queue.acknowledged, 1);
  EXPECT_EQ(function.invoked, 3);
  EXPECT_EQ(function.told, 1);
  // Of one that was at work when the process before this one ended, that one has told.
  ASSERT_TRUE(queue.push({.id = 8, .function = "f", .deliveries = 1}));
  queue.await(queue.acknowledged, 2);
  dispatcher.stop();
  EXPECT_EQ(function.told, 1);
}

// Waits for other processes, and is busy a few times first.
class BusyFunction final : public Function {
 public:
  const std::string& name() const override { return name_; }
  bool waits() const override { return true; }
  Status invoke(const store::Event& event) override {
    ++begun;
    if (event.deliveries < 2) return fail(Code::kUnavailable, "busy");
    std::unique_lock lock(mutex_);
    open_.wait(lock, [this] { return let_go_; });
    return {};
  }
  std::optional<Retry> retry(const store::Event& event, const Error&) const override {
    return Retry{.what = Retry::What::kLater, .after = std::chrono::milliseconds(event.deliveries + 1)};
  }
  Status give_up(const store::Event&, const Error&) override { return {}; }
  void let_go() {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
    open_.notify_all();
  }
  std::atomic<int> begun{0};

 private:
  const std::string name_ = "g";
  std::mutex mutex_;
  std::condition_variable open_;
  bool let_go_ = false;
};

TEST(Dispatcher, WhoWaitsHoldsNobodyUp) {
  FakeQueue queue;
  FakeFunction quick(0);
  BusyFunction slow;
  monitor::Metrics metrics;
  Dispatcher dispatcher({.workers = 1}, queue, {&quick}, metrics, &slow);
  dispatcher.start();
  for (int i = 1; i <= 8; ++i) ASSERT_TRUE(queue.push({.id = i, .function = "g", .deliveries = 2}));
  while (slow.begun < 8) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(queue.push({.id = 9, .function = "f"}));
  queue.await(queue.acknowledged, 1);
  EXPECT_EQ(queue.acknowledged.front(), 9);
  slow.let_go();
  queue.await(queue.acknowledged, 9);
  dispatcher.stop();
}

// Computes until it is let go, on the worker itself.
class LongFunction final : public Function {
 public:
  const std::string& name() const override { return name_; }
  Status invoke(const store::Event&) override {
    begun.count_down();
    let_go.wait();
    return {};
  }
  Status give_up(const store::Event&, const Error&) override { return {}; }
  std::latch begun{1}, let_go{1};

 private:
  const std::string name_ = "f";
};

TEST(Dispatcher, BeginsNoMoreWhileOneIsStillAtWork) {
  FakeQueue queue;
  LongFunction function;
  monitor::Metrics metrics;
  Dispatcher dispatcher({.workers = 1}, queue, {&function}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 1, .function = "f"}));
  ASSERT_TRUE(queue.push({.id = 2, .function = "f"}));
  function.begun.wait();
  dispatcher.begin_no_more();
  function.let_go.count_down();
  dispatcher.stop();
  EXPECT_EQ(queue.acknowledged, std::vector<std::int64_t>{1});
}

TEST(Dispatcher, BusyIsNoFailure) {
  FakeQueue queue;
  BusyFunction busy;
  busy.let_go();
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {&busy}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 1, .function = "g"}));
  queue.await(queue.put_off_for, 1);
  dispatcher.stop();
  EXPECT_TRUE(queue.delays.empty());
  EXPECT_EQ(metrics.counter("eyrie_function_errors_total", "").value(), 0U);
}

TEST(Dispatcher, BuriesEventsOfUnknownFunctions) {
  FakeQueue queue;
  monitor::Metrics metrics;
  Dispatcher dispatcher(kOptions, queue, {}, metrics);
  dispatcher.start();
  ASSERT_TRUE(queue.push({.id = 9, .function = "nobody"}));
  queue.await(queue.buried, 1);
  dispatcher.stop();
  EXPECT_EQ(queue.buried.front(), 9);
}

}  // namespace
}  // namespace eyrie::functions
