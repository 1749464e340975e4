#include "api/common/request_trace.h"

#include <gtest/gtest.h>

namespace eyrie::api {
namespace {

constexpr const char* kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kXray = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";

net::RequestHead head(std::initializer_list<std::pair<std::string, std::string>> headers) {
  net::RequestHead made{.received_ms = 1'764'428'048'123};
  for (const auto& [name, value] : headers) made.headers.add(name, value);
  return made;
}

TEST(RequestTrace, GoesOnFromWhatTheClientNames) {
  const RequestTrace w3c = trace_of(head({{"Traceparent", kParent}}));
  EXPECT_EQ(w3c.own.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(w3c.parent, "00f067aa0ba902b7");
  EXPECT_NE(w3c.own.span_id, w3c.parent);
  EXPECT_TRUE(w3c.own.sampled && w3c.is_named);
  const RequestTrace xray = trace_of(head({{"x-amzn-trace-id", kXray}}));
  EXPECT_EQ(xray.own.trace_id, "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(xray.parent, "53995c3f42cd8ad8");
  EXPECT_FALSE(xray.own.sampled);
  EXPECT_TRUE(xray.is_named);
  EXPECT_EQ(trace_of(head({{"X-Amzn-Trace-Id", kXray}, {"traceparent", kParent}})).own.trace_id, w3c.own.trace_id);
  EXPECT_EQ(trace_of(head({{"X-Amzn-Trace-Id", kXray}, {"traceparent", "00-bad"}})).own.trace_id, xray.own.trace_id);
}

TEST(RequestTrace, GoesOnWithTheLineage) {
  // As botocore sends it out of a function.
  const std::string lineage = std::string(kXray) + ";Lineage=a87bd80c:1%7C68fd508a:5";
  EXPECT_EQ(trace_of(head({{"X-Amzn-Trace-Id", lineage}})).own.lineage, "a87bd80c:1|68fd508a:5");
  const RequestTrace both = trace_of(head({{"X-Amzn-Trace-Id", lineage}, {"traceparent", kParent}}));
  EXPECT_EQ(both.own.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(both.own.lineage, "a87bd80c:1|68fd508a:5");
  EXPECT_EQ(trace_of(head({{"traceparent", kParent}})).own.lineage, "");
}

TEST(RequestTrace, BeginsWhereNothingSoundIsNamed) {
  for (const auto& made : {head({}), head({{"traceparent", ""}}), head({{"traceparent", kParent}, {"traceparent", kParent}}), head({{"X-Amzn-Trace-Id", "Root=1"}})}) {
    const RequestTrace begun = trace_of(made);
    EXPECT_EQ(begun.own.trace_id.substr(0, 8), "692b0910");
    EXPECT_EQ(begun.parent, "");
    EXPECT_FALSE(begun.is_named);
    EXPECT_TRUE(begun.own.sampled);
  }
}

}  // namespace
}  // namespace eyrie::api
