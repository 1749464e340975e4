#include "monitor/traces/traces.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"

namespace eyrie::monitor {
namespace {

constexpr std::int64_t kTraced_ms = 1'764'428'048'000;

class TracesTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open(const TraceStore::Limits& limits = {}) {
    traces_.reset();
    auto opened = Traces::open(file(), limits, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    traces_ = std::move(*opened);
  }
  std::filesystem::path file() const { return folder_.path() / "traces.db"; }

  static TraceSegment segment(const TraceContext& context, const std::string& request, const std::string& parent = "", std::int64_t began_ms = kTraced_ms) {
    return {.context = context, .parent = parent, .name = "s3:PutObject", .request_id = request, .began_ms = began_ms, .duration_ms = 1.5};
  }
  std::vector<std::string> requests_of(const std::string& request) {
    const auto found = traces_->of_request(request);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> ids;
    for (const TraceSegment& one : *found) ids.push_back(one.request_id);
    return ids;
  }

  TemporaryDirectory folder_;
  FakeClock clock_{kTraced_ms};
  std::unique_ptr<Traces> traces_;
};

TEST_F(TracesTest, KeepsAllOfASegmentAcrossStarts) {
  const TraceContext context = begin_trace(kTraced_ms);
  TraceSegment kept = segment(context, "r1", "00f067aa0ba902b7");
  kept.kind = TraceSegment::Kind::kFunction;
  kept.name = "analyze-image";
  kept.waited_ms = 12.25;
  kept.attempt = 2;
  kept.status = 500;
  kept.error = "IO";
  kept.assumed = true;
  kept.context.sampled = false;
  kept.steps = {{.name = "recognize", .start_ms = 1, .duration_ms = 20.5, .depth = 0}, {.name = "faces", .start_ms = 2, .duration_ms = 8.125, .depth = 1, .failed = true}};
  traces_->add(kept);
  const auto before = traces_->of_trace(context.trace_id);
  ASSERT_TRUE(before);
  ASSERT_EQ(before->size(), 1U);
  EXPECT_EQ(segment_json(before->front()), segment_json(kept));
  EXPECT_EQ(before->front().context, kept.context);
  open();
  const auto after = traces_->of_request("r1");
  ASSERT_TRUE(after);
  ASSERT_EQ(after->size(), 1U);
  EXPECT_EQ(segment_json(after->front()), segment_json(kept));
}

TEST_F(TracesTest, ARequestIsToldWithWhatCameOfItAndWhatItCameOf) {
  // Somebody uploads two pictures in one trace; each upload's function asks for something itself.
  const TraceContext root = begin_trace(kTraced_ms);
  std::vector<std::string> expected;
  traces_->add(segment(root, "root", "00f067aa0ba902b7", kTraced_ms));
  for (const std::string name : {"a", "b"}) {
    const TraceContext put = continue_trace(root), function = continue_trace(root), call = continue_trace(root);
    traces_->add(segment(call, name + "-call", function.span_id, kTraced_ms + 3));
    traces_->add(segment(function, name, put.span_id, kTraced_ms + 2));
    traces_->add(segment(put, name, root.span_id, kTraced_ms + 1));
  }
  traces_->add(segment(begin_trace(kTraced_ms), "another"));
  EXPECT_EQ(requests_of("a"), (std::vector<std::string>{"root", "a", "a", "a-call"}));
  EXPECT_EQ(requests_of("b-call"), (std::vector<std::string>{"root", "b", "b", "b-call"}));
  EXPECT_EQ(requests_of("root").size(), 7U);
  EXPECT_EQ(requests_of("nobody"), std::vector<std::string>());
  EXPECT_EQ(requests_of(""), std::vector<std::string>());
  EXPECT_EQ(traces_->of_trace(root.trace_id)->size(), 7U);
  EXPECT_EQ(traces_->of_trace("no id")->size(), 0U);
}

TEST_F(TracesTest, WhatTheFirstProcessCouldNotWriteIsKnownByItsEvent) {
  const TraceContext put = begin_trace(kTraced_ms), other = begin_trace(kTraced_ms);
  clock_.advance_ms(1000);
  open();
  traces_->add_cause({.work = put, .began_ms = kTraced_ms + 5, .name = "s3:PutObject"}, "r", kTraced_ms + 9);
  traces_->add_cause({.work = other, .began_ms = kTraced_ms + 1001, .name = "s3:PutObject"}, "r2", kTraced_ms + 1002);
  const auto found = traces_->of_request("r");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_TRUE(found->front().assumed);
  EXPECT_EQ(found->front().name, "s3:PutObject");
  EXPECT_EQ(found->front().duration_ms, 4);
  EXPECT_EQ(found->front().status, 0);
  EXPECT_EQ(requests_of("r2"), std::vector<std::string>()) << "it tells of itself";
  // What was written stays, whatever is assumed later.
  traces_->add(segment(other, "r2"));
  traces_->add({.context = other, .name = "x", .request_id = "r3", .assumed = true});
  EXPECT_EQ(requests_of("r3"), std::vector<std::string>());
  EXPECT_EQ(requests_of("r2"), (std::vector<std::string>{"r2"}));
}

TEST_F(TracesTest, TheOldestGo) {
  open({.segments = 10, .age_ms = 1000});
  for (int i = 0; i < 15; ++i) traces_->add(segment(begin_trace(kTraced_ms), "r" + std::to_string(i)));
  ASSERT_TRUE(traces_->flush());
  EXPECT_EQ(requests_of("r4"), std::vector<std::string>());
  EXPECT_EQ(requests_of("r5"), (std::vector<std::string>{"r5"}));
  clock_.advance_ms(1001);
  traces_->add(segment(begin_trace(kTraced_ms), "new", "", kTraced_ms + 500));
  EXPECT_EQ(requests_of("new"), (std::vector<std::string>{"new"}));
  EXPECT_EQ(requests_of("r14"), std::vector<std::string>());
}

TEST_F(TracesTest, ALongTraceIsAnsweredInPart) {
  const TraceContext root = begin_trace(kTraced_ms);
  std::vector<TraceSegment> many;
  for (std::size_t i = 0; i < 2 * TraceStore::kMostAnswered; ++i) traces_->add(segment(continue_trace(root), "r", root.span_id));
  EXPECT_EQ(traces_->of_trace(root.trace_id)->size(), TraceStore::kMostAnswered);
  EXPECT_EQ(requests_of("r").size(), TraceStore::kMostAnswered);
}

TEST_F(TracesTest, WhatIsNoneIsNotKept) {
  traces_->add(segment({}, "r"));
  traces_->add(segment({.trace_id = begin_trace(kTraced_ms).trace_id, .span_id = "", .sampled = true}, "r"));
  EXPECT_EQ(requests_of("r"), std::vector<std::string>());
}

TEST_F(TracesTest, ADamagedFileIsPutAside) {
  traces_->add(segment(begin_trace(kTraced_ms), "r"));
  traces_.reset();
  std::ofstream(file(), std::ios::binary) << std::string(8192, 'x');
  open();
  EXPECT_EQ(requests_of("r"), std::vector<std::string>());
  EXPECT_TRUE(std::filesystem::exists(file().string() + ".damaged"));
  traces_->add(segment(begin_trace(kTraced_ms), "r"));
  EXPECT_EQ(requests_of("r"), (std::vector<std::string>{"r"}));
}

}  // namespace
}  // namespace eyrie::monitor
