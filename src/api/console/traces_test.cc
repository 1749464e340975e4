#include "api/console/testing.h"

namespace eyrie::api::console {
namespace {

using iam::console::Role;
using testing::Browser;
using testing::ConsoleServiceTest;
using testing::Reply;

class ConsoleTracesTest : public ConsoleServiceTest {
 protected:
  void SetUp() override {
    ConsoleServiceTest::SetUp();
    auto opened = monitor::Traces::open(directory_.path() / "traces.db", {}, clock_);
    ASSERT_TRUE(opened);
    traces_ = std::move(*opened);
    begin_service();
    add("ann", Role::kAdmin);
    add("bob", Role::kAnalyst);
    add("eve", Role::kUploader);
  }
  Backend backend() override {
    Backend with = ConsoleServiceTest::backend();
    with.traces = traces_.get();
    return with;
  }
  std::unique_ptr<monitor::Traces> traces_;
};

TEST_F(ConsoleTracesTest, AreToldByRequestAndByTrace) {
  const TraceContext put = begin_trace(clock_.now_ms()), function = continue_trace(put);
  const std::int64_t began = clock_.now_ms();  // those that are old go
  traces_->add({.context = put, .name = "s3:PutObject", .request_id = "r1", .began_ms = began, .duration_ms = 2, .status = 200});
  traces_->add({.context = function, .parent = put.span_id, .kind = monitor::TraceSegment::Kind::kFunction, .name = "f", .request_id = "r2", .began_ms = began + 2, .duration_ms = 7.5, .waited_ms = 1,
                .steps = {{.name = "decode", .start_ms = 0.5, .duration_ms = 3}}});
  for (const std::string& name : {"ann", "bob"}) {
    Browser browser = signed_in(name);
    for (const std::string& query : {std::string("request_id=r1"), std::string("request_id=r2"), "trace_id=" + put.trace_id}) {
      const Reply reply = send(browser, "GET", "trace?" + query);
      ASSERT_EQ(reply.status, 200) << reply.text;
      const json::array segments = reply.body().at("segments").as_array();
      ASSERT_EQ(segments.size(), 2U) << query;
      EXPECT_EQ(segments[0].at("name").as_string(), "s3:PutObject");
      EXPECT_EQ(segments[1].at("parent_id").as_string(), put.span_id);
      EXPECT_EQ(segments[1].at("kind").as_string(), "function");
      EXPECT_EQ(segments[1].at("began").as_string(), format_iso8601(began + 2));
      EXPECT_EQ(write_json(segments[1].at("steps")), R"([{"name":"decode","start_ms":0.5,"duration_ms":3,"depth":0,"failed":false}])");
    }
    EXPECT_EQ(send(browser, "GET", "trace?request_id=other").code(), "NotFound");
    EXPECT_EQ(send(browser, "GET", "trace?trace_id=other").code(), "NotFound");
    EXPECT_EQ(send(browser, "GET", "trace?picture=other").code(), "NotFound") << "there is no gallery here";
    for (const std::string& query : {"", "request_id=", "other=1", "request_id=r1&trace_id=x"}) EXPECT_EQ(send(browser, "GET", "trace?" + query).code(), "InvalidRequest") << query;
    EXPECT_EQ(send(browser, "GET", "trace?request_id=" + std::string(129, 'x')).code(), "InvalidRequest");
  }
}

TEST_F(ConsoleTracesTest, AreNotForEverybody) {
  traces_->add({.context = begin_trace(clock_.now_ms()), .name = "s3:PutObject", .request_id = "r1"});
  Browser eve = signed_in("eve"), nobody;
  EXPECT_EQ(send(eve, "GET", "trace?request_id=r1").code(), "AccessDenied");
  EXPECT_EQ(send(nobody, "GET", "trace?request_id=r1").code(), "NotSignedIn");
}

}  // namespace
}  // namespace eyrie::api::console
