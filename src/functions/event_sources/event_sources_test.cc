// Messages on their way from queues to functions: who keeps whom waiting, and what makes a batch.
#include "functions/event_sources/event_sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/encoding.h"
#include "functions/registry/testing.h"
#include "store/testing.h"

namespace eyrie::functions {
namespace {

class EventSourcesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto registry = Registry::open(store_->records(), directory_.path() / "functions" / "code");
    ASSERT_TRUE(registry) << registry.error().message;
    registry_ = std::move(*registry);
    auto pool = Pool::start({.directory = directory_.path() / "run", .hidden = directory_.path(), .concurrency = 4}, logs_);
    ASSERT_TRUE(pool) << pool.error().message;
    pool_ = std::move(*pool);
    deployed_ = std::make_unique<DeployedFunctions>(*registry_, *pool_, events(), metrics_);
    auto queues = notify::LocalQueues::open(store_->messages(), {});
    ASSERT_TRUE(queues) << queues.error().message;
    queues_ = std::move(*queues);
    auto sources = EventSources::open({.records = store_->records(),
                                       .functions = *deployed_,
                                       .queues = *queues_,
                                       .may = [](const std::string&, std::string_view, const std::string&) { return true; },
                                       .concurrency = 1});
    ASSERT_TRUE(sources) << sources.error().message;
    sources_ = std::move(*sources);
    sources_->start();
  }

  // A function that takes batches whose messages were received so many times, as a list of Python's. Its sandbox is warm, so that no
  // visibility timeout is spent on its start.
  void make_function(const std::string& name, const std::string& counts = "['1']", int timeout_s = 20) {
    const std::string code = "def handler(event, context):\n"
                             "    counts = [record['attributes']['ApproximateReceiveCount'] for record in event['Records']]\n"
                             "    if counts != " + counts + ": raise ValueError(counts)\n";
    ASSERT_TRUE(registry_->create(name, {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = timeout_s}, {},
                                  testing::stored_zip("app.py", code), false));
    const auto warm = deployed_->invoke_now({.name = name}, {.request_id = "warm", .payload = R"({"Records": []})"});
    ASSERT_TRUE(warm) << warm.error().message;
  }
  void reserve(const std::string& name, std::optional<unsigned> concurrency) {
    ASSERT_TRUE(registry_->change(name, [&](FunctionRecord& record) -> Status {
      record.reserved = concurrency;
      return {};
    }));
  }
  void make_queue(const std::string& name, const notify::QueueTexts& attributes) {
    const auto made = queues_->create(name, attributes, {});
    ASSERT_TRUE(made) << made.error().message;
  }
  // The mapping's id.
  std::string connect(const std::string& queue, const std::string& function, int window_s = 0) {
    const auto made = sources_->create({.function = function, .queue = queue, .window_s = window_s});
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->source.id : "";
  }
  // The message's id.
  std::string send(const std::string& queue) {
    const notify::Message message{.body = "m"};
    const auto sent = queues_->send_all(queue, {&message, 1}).front();
    EXPECT_TRUE(sent);
    return sent.value_or("");
  }
  std::string count(const std::string& queue, const std::string& which = "ApproximateNumberOfMessagesNotVisible") {
    const auto told = queues_->attributes(queue);
    return told ? told->at(which) : "";
  }
  std::string result(const std::string& mapping) {
    const auto known = sources_->find(mapping);
    return known ? known->last_result : "";
  }
  bool is_throttled() const { return throttles_.value() > 0; }
  // Waits for what another thread will soon make true.
  static bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 6000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  monitor::Metrics metrics_;
  monitor::Counter& throttles_ = metrics_.counter("eyrie_function_throttles_total", "Invocations refused for the limits of concurrency");
  FunctionLogs logs_{directory_.path() / "logs"};
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<DeployedFunctions> deployed_;
  std::unique_ptr<notify::LocalQueues> queues_;
  std::unique_ptr<EventSources> sources_;
};

TEST_F(EventSourcesTest, AThrottledFunctionKeepsNoOtherWaiting) {
  make_function("paused");
  make_function("sound");
  reserve("paused", 0U);
  make_queue("held", {{"VisibilityTimeout", "600"}});
  make_queue("free", {{"VisibilityTimeout", "600"}});
  const std::string paused = connect("held", "paused");
  send("held");
  ASSERT_TRUE(soon([&] { return is_throttled(); }));
  // There is one place in all; whoever waits for the next try does not have it.
  const std::string sound = connect("free", "sound");
  send("free");
  EXPECT_TRUE(soon([&] { return result(sound) == "OK"; })) << result(sound);
  EXPECT_EQ(count("held"), "1");
  EXPECT_EQ(result(paused), "No records processed");
  // The same receipt goes through once it may.
  reserve("paused", std::nullopt);
  EXPECT_TRUE(soon([&] { return result(paused) == "OK"; })) << result(paused);
  EXPECT_EQ(count("held"), "0");
}

TEST_F(EventSourcesTest, AMappingEndsWhileItsFunctionIsThrottled) {
  make_function("paused");
  reserve("paused", 0U);
  make_queue("held", {{"VisibilityTimeout", "43200"}});
  const std::string paused = connect("held", "paused");
  send("held");
  ASSERT_TRUE(soon([&] { return is_throttled(); }));
  EXPECT_TRUE(sources_->remove(paused));
  sources_->stop();
  EXPECT_EQ(count("held"), "1");
}

TEST_F(EventSourcesTest, MessagesDoNotComeBackWhileTheirBatchIsGathered) {
  make_function("f", "['1']", 2);
  make_queue("dead", {});
  make_queue("q", {{"VisibilityTimeout", "2"},
                   {"RedrivePolicy", R"({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 1})"}});
  const std::string mapping = connect("q", "f", 5);
  send("q");
  EXPECT_TRUE(soon([&] { return result(mapping) != "No records processed"; }));
  EXPECT_EQ(result(mapping), "OK");
  EXPECT_EQ(count("q"), "0");
  EXPECT_EQ(count("dead", "ApproximateNumberOfMessages"), "0");
}

TEST_F(EventSourcesTest, ABatchHasNoMessageTwice) {
  make_function("f", "['2']");
  make_queue("q", {{"VisibilityTimeout", "600"}});
  const std::string mapping = connect("q", "f", 5);
  std::string digits = send("q");
  ASSERT_TRUE(soon([&] { return count("q") == "1"; }));
  // Somebody shows it again within the window.
  std::erase(digits, '-');
  const auto bytes = hex_decode(digits);
  ASSERT_TRUE(bytes && bytes->size() == sizeof(store::MessageId));
  store::MessageReceipt receipt{.storage = (*queues_->find("q"))->storage, .row = 1, .received = 1};
  std::ranges::copy(*bytes, receipt.id.begin());
  const notify::LocalQueues::Hiding shown{.handle = notify::write_receipt(receipt), .seconds = 0};
  ASSERT_TRUE(queues_->hide("q", {&shown, 1}).front());
  EXPECT_TRUE(soon([&] { return result(mapping) != "No records processed"; }));
  EXPECT_EQ(result(mapping), "OK");
  EXPECT_EQ(count("q"), "0");
}

TEST_F(EventSourcesTest, WhatIsGoneCanStillBeDisabled) {
  const auto make = [&](const std::string& name) {
    ASSERT_TRUE(registry_->create(name, {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20}, {}, testing::stored_zip("app.py", "handler = print"), false));
  };
  make("f");
  make("g");
  make_queue("gone", {});
  make_queue("there", {});
  const std::string without_queue = connect("gone", "f"), without_function = connect("there", "g");
  ASSERT_TRUE(queues_->remove("gone"));
  ASSERT_TRUE(registry_->remove("g"));
  const auto enable = [&](const std::string& mapping, bool enabled) { return sources_->update(mapping, [&](EventSource& source) { source.enabled = enabled; }); };
  for (const std::string& mapping : {without_queue, without_function}) {
    const auto disabled = enable(mapping, false);
    ASSERT_TRUE(disabled) << disabled.error().message;
    EXPECT_FALSE(sources_->find(mapping)->source.enabled);
    EXPECT_FALSE(enable(mapping, true));
    EXPECT_FALSE(sources_->find(mapping)->source.enabled);
  }
  EXPECT_EQ(enable(without_queue, true).error().code, Code::kInvalidArgument);
  EXPECT_EQ(enable(without_function, true).error().code, Code::kNotFound);
  // What the change does touch is looked at.
  EXPECT_FALSE(sources_->update(without_function, [](EventSource& source) { source.batch = 11; }));
  EXPECT_FALSE(sources_->update(without_function, [](EventSource& source) { source.function = "none"; }));
  EXPECT_TRUE(sources_->update(without_function, [](EventSource& source) { source.function = "f"; }));
  EXPECT_TRUE(enable(without_function, true));
}

}  // namespace
}  // namespace eyrie::functions
