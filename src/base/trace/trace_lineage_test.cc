#include "base/trace/trace_lineage.h"

#include <gtest/gtest.h>

#include "base/trace/trace_cause.h"
#include "base/trace/trace_context.h"

namespace eyrie {
namespace {

TEST(TraceLineage, CountsPasses) {
  EXPECT_EQ(passes_of("", "f"), 0);
  std::string lineage = with_pass("", "f");
  EXPECT_EQ(lineage.size(), 10U);
  EXPECT_EQ(parse_lineage(lineage), lineage);
  EXPECT_EQ(passes_of(lineage, "f"), 1);
  lineage = with_pass(with_pass(lineage, "g"), "f");
  EXPECT_EQ(passes_of(lineage, "f"), 2);
  EXPECT_EQ(passes_of(lineage, "g"), 1);
  EXPECT_EQ(passes_of(lineage, "h"), 0);
  for (int i = 0; i < 2000; ++i) lineage = with_pass(lineage, "g");
  EXPECT_EQ(passes_of(lineage, "g"), kMostPassesTold);
}

TEST(TraceLineage, IsReadAsItComes) {
  EXPECT_EQ(parse_lineage("a87bd80c:1|68fd508a:5"), "a87bd80c:1|68fd508a:5");
  EXPECT_EQ(parse_lineage("a87bd80c:1%7C68fd508a:5%7cc512fbe3:2"), "a87bd80c:1|68fd508a:5|c512fbe3:2") << "as clients encode it";
  EXPECT_EQ(parse_lineage("a87bd80c:5|a87bd80c:2"), "a87bd80c:5");
  EXPECT_EQ(parse_lineage("a87bd80c:1000000"), "a87bd80c:999");
  for (const char* text : {"", "|", "a87bd80c", "a87bd80c:", ":1", "a87bd80c:0", "a87bd80c:-1", "a87bd80c:1x", "A87BD80C:1", "a87bd80:1", "a87bd80cc:1", "25:a87bd80c:1", "a87bd80c:99999999999", "a87bd80g:1"})
    EXPECT_EQ(parse_lineage(text), "") << text;
}

TEST(TraceLineage, IsBounded) {
  std::string lineage;
  for (int i = 0; i < 100; ++i) lineage = with_pass(lineage, "f" + std::to_string(i));
  EXPECT_EQ(passes_of(lineage, "f0"), 1);
  EXPECT_EQ(passes_of(lineage, "f" + std::to_string(kMostInLineage - 1)), 1);
  EXPECT_EQ(passes_of(lineage, "f" + std::to_string(kMostInLineage)), 0);
  EXPECT_EQ(passes_of(with_pass(lineage, "f0"), "f0"), 2) << "those that are in it go on being counted";
  for (int i = 0; i < 2000; ++i) lineage = with_pass(lineage, "f" + std::to_string(i % 100));
  EXPECT_LT(lineage.size(), 600U) << "X-Ray's header is read up to 1,024 characters";
}

TEST(TraceLineage, GoesWithATrace) {
  TraceContext work = begin_trace(1'764'428'048'123);
  EXPECT_EQ(work.lineage, "");
  work.lineage = "a87bd80c:1|68fd508a:5";
  const std::string header = write_xray_header(work);
  EXPECT_TRUE(header.ends_with(";Sampled=1;Lineage=a87bd80c:1|68fd508a:5")) << header;
  EXPECT_EQ(parse_xray_header(header), work);
  EXPECT_EQ(continue_trace(work).lineage, work.lineage);
  const TraceCause cause{.work = work, .began_ms = 1, .name = "s3:PutObject"};
  const std::string text = write_trace_cause(cause);
  EXPECT_EQ(text, write_traceparent(work) + " - 1 request s3:PutObject a87bd80c:1|68fd508a:5");
  EXPECT_EQ(parse_trace_cause(text), cause);
  EXPECT_EQ(xray_header_of_cause(text), header);
  // Of a row that has none.
  const auto before = parse_trace_cause(write_traceparent(work) + " - 1 request s3:PutObject");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->work.lineage, "");
  EXPECT_FALSE(parse_trace_cause(text + "|x"));
  EXPECT_FALSE(parse_trace_cause(text + " more"));
}

}  // namespace
}  // namespace eyrie
