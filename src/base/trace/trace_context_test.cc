#include "base/trace/trace_context.h"

#include <gtest/gtest.h>

#include "base/trace/trace_cause.h"

namespace eyrie {
namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736", kSpan = "00f067aa0ba902b7";

TEST(Traceparent, IsReadAndWritten) {
  const std::string text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto read = parse_traceparent(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->trace_id, kTrace);
  EXPECT_EQ(read->span_id, kSpan);
  EXPECT_TRUE(read->sampled);
  EXPECT_EQ(write_traceparent(*read), text);
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")->sampled);
  // Level 2's flag of random ids, and others to come, say nothing of this one.
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")->sampled);
  EXPECT_TRUE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff")->sampled);
}

TEST(Traceparent, OfALaterVersionIsReadAsFarAsItIsKnown) {
  for (const char* text : {"cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings",
                           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-"}) {
    const auto read = parse_traceparent(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->trace_id, kTrace);
    EXPECT_TRUE(read->sampled);
  }
  EXPECT_FALSE(parse_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more"));
}

TEST(Traceparent, WhatIsMalformedIsNone) {
  for (const char* text : {"",
                           "00",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",      // no flags
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",    // half of them
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",  // version 00 ends there
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
                           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",  // capitals
                           "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011",
                           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                           "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                           "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                           " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    EXPECT_FALSE(parse_traceparent(text)) << text;
}

TEST(XrayHeader, IsReadAndWritten) {
  const std::string text = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1";
  const auto read = parse_xray_header(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read, parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")) << "the same trace in both";
  EXPECT_EQ(write_xray_header(*read), text);
  const auto root = parse_xray_header("Root=1-4BF92F35-77b34da6a3ce929d0e0e4736");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->trace_id, kTrace);
  EXPECT_EQ(root->span_id, "");
  EXPECT_EQ(write_xray_header({.trace_id = std::string(kTrace), .span_id = "", .sampled = false}), "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=0");
}

TEST(XrayHeader, TakesFieldsInAnyOrderAndPassesOverOthers) {
  // As a load balancer writes it, and as Lambda does.
  const auto read = parse_xray_header("Self=1-67891234-12456789abcdef012345678;Sampled=0; Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Lineage=a87bd80c:1|68fd508a:5;CalledFrom=app;");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->trace_id, kTrace);
  EXPECT_FALSE(read->sampled);
  EXPECT_TRUE(parse_xray_header("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=?")->sampled) << "the decision is ours";
}

TEST(XrayHeader, WhatIsMalformedIsNone) {
  for (const std::string& text : std::vector<std::string>{"",
                                                          "Root",
                                                          "Root=",
                                                          "Root=1",
                                                          "Root=2-4bf92f35-77b34da6a3ce929d0e0e4736",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e473",
                                                          "Root=1-4bf92f3577b34da6a3ce929d0e0e4736",
                                                          "Root=1-00000000-000000000000000000000000",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e473g",
                                                          "Parent=00f067aa0ba902b7;Sampled=1",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=0000000000000000",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=2",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Root=1-4bf92f35-77b34da6a3ce929d0e0e4737",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Parent=00f067aa0ba902b8",
                                                          "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;x=" + std::string(2000, 'x')})
    EXPECT_FALSE(parse_xray_header(text)) << text;
}

TEST(Traces, BeginWithTheTimeAndGoOnWithAnotherSpan) {
  const TraceContext begun = begin_trace(1'764'428'048'123);
  EXPECT_TRUE(is_trace_id(begun.trace_id));
  EXPECT_EQ(begun.trace_id.substr(0, 8), "692b0910");
  EXPECT_TRUE(begun.sampled);
  EXPECT_EQ(parse_traceparent(write_traceparent(begun)), begun);
  EXPECT_NE(begin_trace(1'764'428'048'123).trace_id, begun.trace_id);
  const TraceContext next = continue_trace(begun);
  EXPECT_EQ(next.trace_id, begun.trace_id);
  EXPECT_NE(next.span_id, begun.span_id);
  EXPECT_EQ(parse_traceparent(write_traceparent(next)), next);
}

TEST(TraceCause, IsReadAndWritten) {
  const TraceCause cause{.work = begin_trace(1'764'428'048'123), .began_ms = 1'764'428'048'123, .kind = TraceCause::Kind::kFunction, .name = "analyze-image"};
  const std::string text = write_trace_cause(cause);
  EXPECT_EQ(text, write_traceparent(cause.work) + " - 1764428048123 function analyze-image");
  EXPECT_EQ(parse_trace_cause(text), cause);
  TraceCause child = cause;
  child.parent = kSpan;
  EXPECT_EQ(write_trace_cause(child), write_traceparent(cause.work) + " 00f067aa0ba902b7 1764428048123 function analyze-image");
  EXPECT_EQ(parse_trace_cause(write_trace_cause(child)), child);
  EXPECT_EQ(trace_id_of_cause(text), cause.work.trace_id);
  EXPECT_EQ(write_trace_cause({}), "");
  EXPECT_EQ(parse_trace_cause(write_trace_cause({.work = cause.work, .began_ms = 1, .name = "a name"}))->name, "?");
}

TEST(TraceCause, WhatIsNoneIsNone) {
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (const std::string& text : {std::string(), parent, parent + " - 1 request", parent + " - 1 request ", parent + " - x request s3:PutObject", parent + " - 1 other s3:PutObject",
                                  parent + " - 1 request s3:PutObject more", "x" + parent + " - 1 request s3:PutObject", parent + "  1 request s3:PutObject",
                                  parent + " 1 request s3:PutObject", parent + " 0000000000000000 1 request s3:PutObject"}) {
    EXPECT_FALSE(parse_trace_cause(text)) << text;
    EXPECT_EQ(trace_id_of_cause(text), "");
  }
}

}  // namespace
}  // namespace eyrie
