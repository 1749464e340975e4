// What an event source mapping is kept as, the event it makes, and what is read of a function's answer.
#include "functions/event_sources/event_source.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace eyrie::functions {
namespace {

TEST(EventSourceTest, IsKeptWhole) {
  const EventSource source{.id = "id", .function = "f:live", .queue = "q", .enabled = false, .batch = 7, .window_s = 3, .reports_failures = true, .concurrency = 5, .modified_ms = 9};
  const auto read = read_event_source({.name = "id", .value = write_event_source(source)});
  ASSERT_TRUE(read);
  EXPECT_EQ(write_event_source(*read), write_event_source(source));
  EXPECT_EQ(read->function, "f:live");
  EXPECT_FALSE(read->enabled);
  EXPECT_EQ(read->concurrency, 5);
  EXPECT_FALSE(read_event_source({.name = "id", .value = "[]"}));
}

std::vector<notify::Delivery> two() {
  notify::Delivery one{.message = {.body = "line\n", .attributes = {{"b", {.type = "Binary", .value = std::string("\xFF", 1)}}}, .trace_header = "Root=1", .sender = "AIDA"},
                       .message_id = "a",
                       .receipt_handle = "h",
                       .sent_ms = 5,
                       .first_received_ms = 6,
                       .received = 2};
  notify::Delivery other = one;
  other.message_id = "b";
  return {one, other};
}

TEST(EventSourceTest, EventIsLambdas) {
  const auto event = parse_json(sqs_event("arn:aws:sqs:us-east-1:000000000000:q", two())).value();
  const json::value& record = event.at("Records").at(0);
  EXPECT_EQ(event.at("Records").as_array().size(), 2U);
  EXPECT_EQ(record.at("body"), "line\n");
  EXPECT_EQ(record.at("attributes"), parse_json(R"({"ApproximateReceiveCount":"2","SentTimestamp":"5","SenderId":"AIDA","ApproximateFirstReceiveTimestamp":"6","AWSTraceHeader":"Root=1"})").value());
  EXPECT_EQ(record.at("messageAttributes").at("b"), parse_json(R"({"binaryValue":"/w==","stringListValues":[],"binaryListValues":[],"dataType":"Binary"})").value());
  EXPECT_EQ(std::string(record.at("md5OfBody").as_string()), notify::md5_of_text("line\n"));
  EXPECT_GE(2 * size_in_event(two()[0]), sqs_event("arn:aws:sqs:us-east-1:000000000000:q", two()).size());
}

TEST(EventSourceTest, WhatFailed) {
  const auto deliveries = two();
  const auto failed = [&](const std::string& answer) { return failed_items(answer, deliveries); };
  for (const char* all_well : {"", "null", "{}", R"({"batchItemFailures":[]})", R"({"batchItemFailures":null})", "3"}) {
    ASSERT_TRUE(failed(all_well)) << all_well;
    EXPECT_TRUE(failed(all_well)->empty()) << all_well;
  }
  EXPECT_EQ(failed(R"({"batchItemFailures":[{"itemIdentifier":"b"}]})"), std::set<std::string>{"b"});
  for (const char* all_bad : {"{", R"({"batchItemFailures":[{"itemIdentifier":""}]})", R"({"batchItemFailures":[{"itemIdentifier":null}]})",
                              R"({"batchItemFailures":[{"itemIdentifier":"c"}]})", R"({"batchItemFailures":[{"item":"a"}]})", R"({"batchItemFailures":"a"})"}) {
    EXPECT_FALSE(failed(all_bad)) << all_bad;
  }
}

}  // namespace
}  // namespace eyrie::functions
