// Queues as SQS's API and other services see them.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/encoding.h"
#include "notify/queues/local_queues.h"
#include "store/testing.h"

namespace eyrie::notify {
namespace {

class LocalQueuesTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    open();
  }
  void open() {
    queues_.reset();
    auto opened = LocalQueues::open(store_->messages(), {.max_waiting = 2, .clock = &clock_});
    ASSERT_TRUE(opened) << opened.error().message;
    queues_ = std::move(*opened);
  }
  LocalQueues& queues() { return *queues_; }
  void create(const std::string& name, const QueueTexts& attributes = {}) {
    const auto made = queues().create(name, attributes, {});
    ASSERT_TRUE(made) << made.error().message;
  }
  QueueOutcome<std::string> send(const std::string& name, const Message& message) { return queues().send_all(name, {&message, 1}).front(); }
  std::vector<Delivery> receive(const std::string& name, const ReceiveRequest& request = {.most = 10}) {
    auto received = queues().receive(name, request);
    EXPECT_TRUE(received) << received.error().message;
    return received ? std::move(*received) : std::vector<Delivery>();
  }

  std::unique_ptr<LocalQueues> queues_;
};

QueueProblem problem(const auto& outcome) {
  EXPECT_FALSE(outcome);
  return outcome ? QueueProblem::kInternal : outcome.error().problem;
}

TEST_F(LocalQueuesTest, AttributesAreCheckedAndKept) {
  create("q", {{"VisibilityTimeout", "5"}, {"DelaySeconds", "0"}});
  EXPECT_TRUE(queues().create("q", {{"VisibilityTimeout", "5"}}, {}));
  EXPECT_EQ(problem(queues().create("q", {{"VisibilityTimeout", "6"}}, {})), QueueProblem::kQueueExists);
  EXPECT_EQ(problem(queues().create("q.fifo", {{"FifoQueue", "true"}}, {})), QueueProblem::kUnsupported);
  EXPECT_EQ(problem(queues().create("q.fifo", {}, {})), QueueProblem::kParameter);
  EXPECT_EQ(problem(queues().create("a b", {}, {})), QueueProblem::kParameter);
  EXPECT_EQ(problem(queues().create(std::string(81, 'a'), {}, {})), QueueProblem::kParameter);
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"VisibilityTimeout", "43201"}, {"DelaySeconds", "-1"}, {"MaximumMessageSize", "1023"}, {"MessageRetentionPeriod", "59"},
           {"ReceiveMessageWaitTimeSeconds", "21"}, {"VisibilityTimeout", "1x"}, {"Policy", "{"}, {"RedrivePolicy", "[]"},
           {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":0})"},
           {"RedriveAllowPolicy", R"({"redrivePermission":"byQueue"})"}}) {
    EXPECT_EQ(problem(queues().set("q", {{name, value}})), QueueProblem::kAttributeValue) << name << "=" << value;
  }
  EXPECT_EQ(problem(queues().set("q", {{"Nonsense", "1"}})), QueueProblem::kAttributeName);
  EXPECT_EQ(problem(queues().set("q", {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":"3"})"}})), QueueProblem::kParameter);
  create("dead", {{"RedriveAllowPolicy", R"({"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:q"]})"}});
  const std::string redrive = R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":3})";
  ASSERT_TRUE(queues().set("q", {{"RedrivePolicy", redrive}, {"MessageRetentionPeriod", "60"}}));
  create("other");
  EXPECT_EQ(problem(queues().set("other", {{"RedrivePolicy", redrive}})), QueueProblem::kParameter);
  reopen();
  open();
  const auto attributes = queues().attributes("q").value();
  EXPECT_EQ(attributes.at("RedrivePolicy"), redrive);
  EXPECT_EQ(attributes.at("VisibilityTimeout"), "5");
  EXPECT_EQ(attributes.at("MessageRetentionPeriod"), "60");
  EXPECT_EQ(queues().dead_letter_sources("dead").at(0)->definition.name, "q");
}

TEST_F(LocalQueuesTest, AMessageComesUntilItIsDeleted) {
  create("q", {{"VisibilityTimeout", "5"}});
  const Message sent{.body = "body \xC3\xA9", .attributes = {{"n", {.type = "Number", .value = "-1.5e3"}}, {"b", {.type = "Binary.png", .value = std::string("\0\xFF", 2)}}}, .trace_header = "Root=1"};
  const auto id = send("q", sent);
  ASSERT_TRUE(id);
  auto first = receive("q");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].message.body, sent.body);
  EXPECT_EQ(first[0].message.attributes, sent.attributes);
  EXPECT_EQ(first[0].message.trace_header, "Root=1");
  EXPECT_EQ(first[0].message_id, *id);
  EXPECT_TRUE(receive("q").empty());
  const LocalQueues::Hiding longer{.handle = first[0].receipt_handle, .seconds = 50};
  ASSERT_TRUE(queues().hide("q", {&longer, 1}).front());
  clock_.advance_ms(49'000);
  EXPECT_TRUE(receive("q").empty());
  const LocalQueues::Hiding now{.handle = first[0].receipt_handle, .seconds = 0};
  ASSERT_TRUE(queues().hide("q", {&now, 1}).front());
  EXPECT_EQ(problem(queues().hide("q", {&now, 1}).front()), QueueProblem::kNotInFlight);
  reopen();
  open();
  const auto second = receive("q");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].received, 2);
  create("other");
  EXPECT_EQ(problem(queues().remove_messages("other", {&second[0].receipt_handle, 1}).front()), QueueProblem::kReceiptHandle);
  const std::string nonsense = "nonsense";
  EXPECT_EQ(problem(queues().remove_messages("q", {&nonsense, 1}).front()), QueueProblem::kReceiptHandle);
  ASSERT_TRUE(queues().remove_messages("q", {&second[0].receipt_handle, 1}).front());
  ASSERT_TRUE(queues().remove_messages("q", {&second[0].receipt_handle, 1}).front());
  EXPECT_EQ(problem(queues().hide("q", {&now, 1}).front()), QueueProblem::kParameter);
  clock_.advance_ms(100'000);
  EXPECT_TRUE(receive("q").empty());
}

TEST_F(LocalQueuesTest, WhatSqsDoesNotTakeIsRefused) {
  create("q", {{"MaximumMessageSize", "1024"}});
  EXPECT_EQ(problem(send("q", {.body = ""})), QueueProblem::kMissingParameter);
  EXPECT_EQ(problem(send("q", {.body = std::string("a\0b", 3)})), QueueProblem::kMessageContents);
  EXPECT_EQ(problem(send("q", {.body = "\xEF\xBF\xBF"})), QueueProblem::kMessageContents);
  EXPECT_EQ(problem(send("q", {.body = "\xC0"})), QueueProblem::kMessageContents);
  EXPECT_TRUE(send("q", {.body = std::string(1024, 'x')}));
  EXPECT_EQ(problem(send("q", {.body = std::string(1025, 'x')})), QueueProblem::kParameter);
  EXPECT_EQ(problem(send("q", {.body = std::string(1020, 'x'), .attributes = {{"a", {.type = "String", .value = "b"}}}})), QueueProblem::kParameter);
  for (const auto& [name, type, value] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"aws.x", "String", "v"}, {".x", "String", "v"}, {"x..y", "String", "v"}, {"x y", "String", "v"}, {"x", "Strin", "v"}, {"x", "String", ""}, {"x", "Number", "1e"}, {"x", "Number", "one"}}) {
    EXPECT_EQ(problem(send("q", {.body = "b", .attributes = {{name, {.type = type, .value = value}}}})), QueueProblem::kParameter) << name << type << value;
  }
  EXPECT_EQ(problem(send("q", {.body = "b", .delay_s = 901})), QueueProblem::kParameter);
  EXPECT_EQ(problem(send("none", {.body = "b"})), QueueProblem::kNoSuchQueue);
  const Parcel large{.queue_arn = queue_arn("q"), .message = {.body = std::string(1025, 'x')}};
  EXPECT_EQ(queues().send({&large, 1}).front().error().code, Code::kTooLarge);
}

// The example of SQS's developer guide is not given with its digest; these are what boto3 and the AWS CLI computed.
TEST_F(LocalQueuesTest, DigestsAreThoseThatClientsCompute) {
  EXPECT_EQ(md5_of_text("hello"), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(md5_of_attributes({}), "");
  // MD5 of 00000001 61 00000006 "String" 01 00000001 62, by hand.
  Bytes by_hand = hex_decode("0000000161" "00000006537472696e67" "01" "0000000162").value();
  EXPECT_EQ(md5_of_attributes({{"a", {.type = "String", .value = "b"}}}), md5_of_text(as_text(by_hand)));
  by_hand = hex_decode("0000000161" "0000000642696e617279" "02" "0000000162").value();
  EXPECT_EQ(md5_of_attributes({{"a", {.type = "Binary", .value = "b"}}}), md5_of_text(as_text(by_hand)));
}

TEST_F(LocalQueuesTest, OldMessagesGo) {
  create("q", {{"MessageRetentionPeriod", "60"}});
  ASSERT_TRUE(send("q", {.body = "old"}));
  clock_.advance_ms(59'999);
  EXPECT_EQ(queues().attributes("q").value().at("ApproximateNumberOfMessages"), "1");
  clock_.advance_ms(1);
  EXPECT_EQ(queues().attributes("q").value().at("ApproximateNumberOfMessages"), "0");
  EXPECT_TRUE(receive("q").empty());
  queues().tidy();
  ASSERT_TRUE(queues().set("q", {{"MessageRetentionPeriod", "1209600"}}));
  EXPECT_TRUE(receive("q").empty());
}

TEST_F(LocalQueuesTest, DeadLettersSayWhereTheyAreFrom) {
  create("dead");
  create("q", {{"VisibilityTimeout", "0"}, {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":2})"}});
  ASSERT_TRUE(send("q", {.body = "poison"}));
  EXPECT_EQ(receive("q").size(), 1U);
  EXPECT_EQ(receive("q").size(), 1U);
  EXPECT_TRUE(receive("q").empty());
  const auto letters = receive("dead");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].dead_letter_source, queue_arn("q"));
  EXPECT_EQ(letters[0].received, 3);
}

TEST_F(LocalQueuesTest, WhoWaitsIsWoken) {
  create("q");
  create("emptied");
  const ReceiveRequest patient{.most = 1, .wait = std::chrono::minutes(5)};
  std::thread sender([&] { EXPECT_TRUE(send("q", {.body = "at last"})); });
  EXPECT_EQ(receive("q", patient).at(0).message.body, "at last");
  sender.join();
  // Of two that wait one gets it, the other's wait ends with the queue.
  std::vector<std::thread> waiting;
  std::atomic<int> got{0}, none{0}, lost{0};
  for (int i = 0; i < 2; ++i) {
    waiting.emplace_back([&] {
      const auto received = queues().receive("q", patient);
      ++(received ? received->empty() ? none : got : lost);
    });
  }
  ASSERT_TRUE(queues().purge("q"));
  ASSERT_TRUE(send("q", {.body = "one"}));
  while (got == 0) std::this_thread::yield();
  ASSERT_TRUE(queues().remove("q"));
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(got, 1);
  EXPECT_EQ(lost, 1);
  std::thread stopped([&] { EXPECT_TRUE(receive("emptied", patient).empty()); });
  queues().stop();
  stopped.join();
}

TEST_F(LocalQueuesTest, ServicesNeedTheQueuesLeave) {
  const std::string arn = queue_arn("q");
  const ServiceCall call{.service = "s3.amazonaws.com", .source_arn = "arn:aws:s3:::images"};
  EXPECT_EQ(queues().may_send(arn, call).error().code, Code::kNotFound);
  create("q");
  EXPECT_EQ(queues().may_send(arn, call).error().code, Code::kPermissionDenied);
  const auto policy = [&](const std::string& principal, const std::string& condition) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)" + principal + R"(,"Action":"SQS:SendMessage","Resource":")" + arn +
           R"(","Condition":)" + condition + "}]}";
  };
  const std::string service = R"({"Service":"s3.amazonaws.com"})";
  const auto set = [&](const std::string& text) { ASSERT_TRUE(queues().set("q", {{"Policy", text}})); };
  for (const std::string& principal : {service, std::string("\"*\""), std::string(R"({"AWS":"*"})")}) {
    set(policy(principal, R"({"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:images"},"StringEquals":{"aws:SourceAccount":"000000000000"}})"));
    EXPECT_TRUE(queues().may_send(arn, call)) << principal;
    EXPECT_EQ(queues().may_send(arn, {.service = "s3.amazonaws.com", .source_arn = "arn:aws:s3:::other"}).error().code, Code::kPermissionDenied);
  }
  set(policy(service, R"({"StringEquals":{"aws:SourceAccount":"111111111111"}})"));
  EXPECT_FALSE(queues().may_send(arn, call));
  set(policy(R"({"Service":"sns.amazonaws.com"})", "{}"));
  EXPECT_FALSE(queues().publish(arn, {.subject = "", .text = "event"}, call));
  set(policy(service, "{}"));
  Publishers publishers;
  publishers.add(queues());
  EXPECT_FALSE(publishers.takes("arn:aws:sns:us-east-1:000000000000:topic"));
  ASSERT_TRUE(publishers.publish(arn, {.subject = "", .text = "event"}, call));
  EXPECT_EQ(receive("q").at(0).message.body, "event");
}

}  // namespace
}  // namespace eyrie::notify
