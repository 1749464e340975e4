// Events of functions that were created: what is tried again and when, what is given up, where the record goes.
#include "functions/deployed_functions.h"

#include <gmock/gmock.h>

#include "base/trace/trace_lineage.h"
#include "functions/permission.h"
#include "monitor/series/recorder.h"
#include "monitor/traces/traces.h"
#include "functions/registry/testing.h"
#include "store/testing.h"

namespace eyrie::functions {
namespace {

using namespace std::chrono_literals;
using What = Retry::What;

constexpr std::string_view kCode =
    "def handler(event, context):\n"
    "    if event == 'fail': raise ValueError('no')\n"
    "    return {'got': event}\n";

class FakeDestinations final : public Destinations {
 public:
  Status may_send(const std::string& arn, const std::string& role) const override {
    if (arn != "arn:aws:sqs:us-east-1:000000000000:dead" || role != "r") return fail(Code::kNotFound, "");
    return {};
  }
  Status send(const std::string& arn, const std::string& role, const DestinationMessage& message) override {
    EXPECT_EQ(role, "r");
    sent.emplace_back(arn, message.body);
    attributes.clear();
    for (const auto& [name, type, value] : message.attributes) attributes += name + "/" + type + "=" + value + ";";
    return {};
  }
  std::vector<std::pair<std::string, std::string>> sent;
  std::string attributes;  // of the last
};

class DeployedFunctionsTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto registry = Registry::open(store_->records(), directory_.path() / "functions" / "code", clock_);
    ASSERT_TRUE(registry);
    registry_ = std::move(*registry);
    metrics_.keep_in(recorder_, clock_);
    auto pool = Pool::start({.directory = directory_.path() / "run", .hidden = directory_.path(), .concurrency = 2}, logs_);
    ASSERT_TRUE(pool) << pool.error().message;
    pool_ = std::move(*pool);
    deployed_ = std::make_unique<DeployedFunctions>(*registry_, *pool_, events(), metrics_, &destinations_, RetryWaits{}, clock_);
    ASSERT_TRUE(registry_->create("f", {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20}, {},
                                  testing::stored_zip("app.py", std::string(kCode)), true));
  }
  void configure(const std::string& qualifier, const EventInvokeConfig& config) {
    ASSERT_TRUE(registry_->change("f", [&](FunctionRecord& record) -> Status {
      record.invoke_configs[qualifier] = config;
      return {};
    }));
  }
  store::Event event(const std::string& payload, int attempts = 0, int deliveries = 0) {
    return {.function = "f", .payload = payload, .attempts = attempts, .deliveries = deliveries, .created_ms = clock_.now_ms(), .request_id = "r"};
  }
  Retry retry(const store::Event& event, Code code) {
    const auto told = deployed_->retry(event, {code, "why"});
    EXPECT_TRUE(told);
    return told.value_or(Retry{});
  }

  // The sum of a metric of AWS/Lambda.
  double counted(const std::string& metric, const std::string& function) {
    double sum = 0;
    for (const monitor::Datum& datum : recorder_.pending({.name_space = "AWS/Lambda", .name = metric, .dimensions = {{"FunctionName", function}}}, std::nullopt)) sum += datum.values.sum();
    return sum;
  }
  void make(const std::string& name, const std::string& code, const EventInvokeConfig& config, const std::string& dead_letter = "") {
    ASSERT_TRUE(registry_->create(name, {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20, .dead_letter = dead_letter}, {},
                                  testing::stored_zip("app.py", code), true));
    ASSERT_TRUE(registry_->change(name, [&](FunctionRecord& record) -> Status {
      record.invoke_configs["$LATEST"] = config;
      record.aliases["live"] = {.name = "live", .version = "1"};
      return {};
    }));
  }

  monitor::Recorder recorder_;
  monitor::Metrics metrics_;
  FakeDestinations destinations_;
  FunctionLogs logs_{directory_.path() / "logs"};
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<DeployedFunctions> deployed_;
};

TEST_F(DeployedFunctionsTest, InvokesVersionsAndAliases) {
  const auto now = deployed_->invoke_now({.name = "f"}, {.request_id = "1", .payload = "[1]"});
  ASSERT_TRUE(now) << now.error().message;
  EXPECT_EQ(now->outcome.payload, R"({"got": [1]})");
  EXPECT_EQ(now->version, "$LATEST");
  EXPECT_EQ(deployed_->invoke_now({.name = "f", .qualifier = "1"}, {.request_id = "2", .payload = "1"})->version, "1");
  EXPECT_EQ(deployed_->invoke_now({.name = "f", .qualifier = "2"}, {}).error().code, Code::kNotFound);
  EXPECT_EQ(deployed_->invoke_now({.name = "g"}, {}).error().code, Code::kNotFound);
  ASSERT_TRUE(registry_->change("f", [](FunctionRecord& record) -> Status {
    record.aliases["all"] = {.name = "all", .version = "$LATEST", .weights = {{"1", 1.0}}};
    record.aliases["none"] = {.name = "none", .version = "$LATEST", .weights = {{"1", 0.0}}};
    return {};
  }));
  EXPECT_EQ(deployed_->invoke_now({.name = "f", .qualifier = "all"}, {.request_id = "3", .payload = "1"})->version, "1");
  EXPECT_EQ(deployed_->invoke_now({.name = "f", .qualifier = "none"}, {.request_id = "4", .payload = "1"})->version, "$LATEST");
}

TEST_F(DeployedFunctionsTest, AnInvocationIsAPartOfTheTraceOfWhatAsksForIt) {
  const auto traces = monitor::Traces::open(directory_.path() / "traces.db");
  ASSERT_TRUE(traces);
  metrics_.keep_traces_in(**traces);
  ASSERT_TRUE(registry_->create("t", {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20}, {},
                                testing::stored_zip("app.py", "import os\ndef handler(event, context):\n    if event: raise ValueError('no')\n    return os.environ['_X_AMZN_TRACE_ID']\n"), true));
  const TraceContext asks = begin_trace(1'764'428'048'000);
  const std::string cause = write_trace_cause({.work = asks, .began_ms = 1, .name = "lambda:Invoke"});
  const auto invoked = deployed_->invoke_now({.name = "t"}, {.request_id = "1", .payload = "0", .cause = cause});
  ASSERT_TRUE(invoked) << invoked.error().message;
  const auto told = parse_xray_header(parse_json(invoked->outcome.payload)->as_string());
  ASSERT_TRUE(told) << invoked->outcome.payload;
  EXPECT_EQ(told->trace_id, asks.trace_id);
  EXPECT_TRUE(told->sampled);
  auto segments = (*traces)->of_request("1");
  ASSERT_TRUE(segments && segments->size() == 1);
  EXPECT_EQ(write_traceparent(segments->front().context), write_traceparent(*told)) << "the function is told of its own invocation";
  EXPECT_EQ(passes_of(told->lineage, "t"), 1);
  EXPECT_EQ(segments->front().parent, asks.span_id);
  EXPECT_EQ(segments->front().name, "t");
  EXPECT_EQ(segments->front().error, "");
  ASSERT_EQ(segments->front().steps.size(), 2U);
  EXPECT_EQ(segments->front().steps[0].name, "init");
  EXPECT_EQ(segments->front().steps[1].name, "handler");
  EXPECT_GE(segments->front().steps[1].start_ms, segments->front().steps[0].start_ms);
  // An event, which tells how long it has waited; what fails says so.
  store::Event left = event("1", 1, 2);
  left.function = "t";
  left.created_ms = Clock::system().now_ms() - 5000;
  left.request_id = "0b5c1f9e-0000-4000-8000-00000000000a";
  const TraceContext put = begin_trace(1'764'428'048'000);
  left.trace = write_trace_cause({.work = put, .began_ms = left.created_ms - 1, .name = "s3:PutObject"});
  ASSERT_FALSE(deployed_->invoke(left));
  segments = (*traces)->of_request(left.request_id);
  ASSERT_TRUE(segments && segments->size() == 2) << "with what left it, before this process began";
  const auto& failed = segments->at(1);
  EXPECT_TRUE(segments->at(0).assumed);
  EXPECT_EQ(failed.parent, put.span_id);
  EXPECT_EQ(failed.attempt, 3);
  EXPECT_GE(failed.waited_ms, 5000);
  EXPECT_NE(failed.error, "");
  EXPECT_TRUE(failed.steps.back().failed);
  // One that is refused for want of room is none.
  ASSERT_TRUE(registry_->change("t", [](FunctionRecord& record) -> Status {
    record.reserved = 0;
    return {};
  }));
  EXPECT_EQ(deployed_->invoke_now({.name = "t"}, {.request_id = "3", .payload = "0"}).error().code, Code::kUnavailable);
  EXPECT_EQ((*traces)->of_request("3")->size(), 0U);
  ASSERT_TRUE(registry_->change("t", [](FunctionRecord& record) -> Status {
    record.reserved.reset();
    return {};
  }));
  // What nobody asked for in a trace begins one.
  ASSERT_TRUE(deployed_->invoke_now({.name = "t"}, {.request_id = "2", .payload = "0"}));
  segments = (*traces)->of_request("2");
  ASSERT_TRUE(segments && segments->size() == 1);
  EXPECT_EQ(segments->front().parent, "");
  EXPECT_NE(segments->front().context.trace_id, asks.trace_id);
}

TEST_F(DeployedFunctionsTest, ErrorsAreTriedAgainTwice) {
  EXPECT_EQ(deployed_->invoke(event("\"fail\"")).error().code, Code::kFailedPrecondition);
  EXPECT_TRUE(deployed_->invoke(event("1")));
  const Retry first = retry(event("1"), Code::kFailedPrecondition);
  EXPECT_EQ(first.what, What::kAgain);
  EXPECT_EQ(first.after, 60s);
  const Retry second = retry(event("1", 1), Code::kFailedPrecondition);
  EXPECT_EQ(second.what, What::kAgain);
  EXPECT_EQ(second.after, 120s);
  EXPECT_EQ(retry(event("1", 2), Code::kFailedPrecondition).what, What::kGiveUp);
  configure("$LATEST", {.retries = 0});
  EXPECT_EQ(retry(event("1"), Code::kFailedPrecondition).what, What::kGiveUp);
  configure("$LATEST", {.age_s = 60});
  store::Event old = event("1");
  EXPECT_EQ(retry(old, Code::kFailedPrecondition).what, What::kAgain);
  clock_.advance_ms(1);
  EXPECT_EQ(retry(old, Code::kFailedPrecondition).what, What::kGiveUp) << "the next attempt would come after the greatest age";
}

TEST_F(DeployedFunctionsTest, RetriesWaitAsLongAsIsSaid) {
  const DeployedFunctions quick(*registry_, *pool_, events(), metrics_, &destinations_, RetryWaits{.first = 0ms, .second = 5s}, clock_);
  EXPECT_EQ(quick.retry(event("1"), {Code::kFailedPrecondition, ""})->after, 0ms);
  EXPECT_EQ(quick.retry(event("1", 1), {Code::kFailedPrecondition, ""})->after, 5s);
  EXPECT_EQ(quick.retry(event("1", 2), {Code::kFailedPrecondition, ""})->what, What::kGiveUp);
}

TEST_F(DeployedFunctionsTest, ThrottledEventsWaitLongerAndLonger) {
  store::Event waiting = event("1");
  std::vector<std::chrono::milliseconds> waits;
  for (waiting.deliveries = 0; waiting.deliveries < 10; ++waiting.deliveries) {
    const Retry told = retry(waiting, Code::kUnavailable);
    EXPECT_EQ(told.what, What::kLater);
    waits.push_back(told.after);
  }
  EXPECT_EQ(waits, (std::vector<std::chrono::milliseconds>{1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s}));
  // Failures of the function itself do not lengthen that wait.
  EXPECT_EQ(retry(event("1", 2, 2), Code::kUnavailable).after, 1s);
  clock_.advance_ms(6 * 3600 * 1000 + 1);
  EXPECT_EQ(retry(waiting, Code::kUnavailable).what, What::kGiveUp);
  EXPECT_EQ(retry(event("1"), Code::kIo).what, What::kLater);
}

TEST_F(DeployedFunctionsTest, WhoIsNotToRunIsGivenUp) {
  ASSERT_TRUE(registry_->change("f", [](FunctionRecord& record) -> Status {
    record.reserved = 0;
    return {};
  }));
  const auto refused = deployed_->invoke(event("1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "ReservedFunctionConcurrentInvocationLimitExceeded");
  EXPECT_EQ(retry(event("1"), Code::kUnavailable).what, What::kGiveUp);
  ASSERT_TRUE(registry_->remove("f"));
  EXPECT_EQ(retry(event("1"), Code::kNotFound).what, What::kGiveUp);
  EXPECT_TRUE(deployed_->give_up(event("1"), {Code::kNotFound, "gone"}));
  EXPECT_EQ(metrics_.counter("eyrie_function_throttles_total", "").value(), 1U);
}

TEST_F(DeployedFunctionsTest, WhatIsAtWorkAtTheStopComesAgain) {
  pool_->stop();
  const auto refused = deployed_->invoke(event("1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(retry(event("1"), refused.error().code).what, What::kLeave);
}

TEST_F(DeployedFunctionsTest, RecordsGoToDestinations) {
  const std::string dead = "arn:aws:sqs:us-east-1:000000000000:dead";
  ASSERT_TRUE(registry_->create("keep", {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20}, {},
                                testing::stored_zip("app.py", std::string(kCode)), true));
  configure("$LATEST", {.retries = 0, .on_success = "arn:aws:lambda:us-east-1:000000000000:function:keep:1", .on_failure = dead});
  ASSERT_TRUE(deployed_->invoke(event("7")));
  const auto forwarded = events().lease(1min);
  ASSERT_TRUE(forwarded && *forwarded);
  EXPECT_EQ((*forwarded)->function, "keep:1");
  const auto record = *parse_json((*forwarded)->payload);
  EXPECT_EQ(record.at("requestContext").at("condition"), "Success");
  EXPECT_EQ(record.at("requestPayload"), 7);
  EXPECT_EQ(record.at("responsePayload").at("got"), 7);
  const auto failed = deployed_->invoke(event("\"fail\""));
  ASSERT_TRUE(deployed_->give_up(event("\"fail\""), failed.error()));
  ASSERT_EQ(destinations_.sent.size(), 1U);
  EXPECT_EQ(destinations_.sent[0].first, dead);
  const auto told = *parse_json(destinations_.sent[0].second);
  EXPECT_EQ(told.at("requestContext").at("condition"), "RetriesExhausted");
  EXPECT_EQ(told.at("responsePayload").at("errorType"), "ValueError");
  // For its age alone.
  ASSERT_TRUE(deployed_->give_up(event("1", 0, 5), {Code::kUnavailable, "busy"}));
  const auto aged = *parse_json(destinations_.sent.at(1).second);
  EXPECT_EQ(aged.at("requestContext").at("condition"), "EventAgeExceeded");
  EXPECT_EQ(aged.at("responseContext"), json::value({{"statusCode", 429}}));
  EXPECT_TRUE(aged.at("responsePayload").is_null());
  EXPECT_EQ(aged.at("requestContext").at("approximateInvokeCount"), 0);
  // What never ran.
  ASSERT_TRUE(registry_->change("f", [](FunctionRecord& record) -> Status {
    record.reserved = 0;
    return {};
  }));
  ASSERT_TRUE(deployed_->give_up(event("1"), {Code::kUnavailable, "busy"}));
  const auto never = *parse_json(destinations_.sent.at(2).second);
  EXPECT_EQ(never.at("requestContext").at("condition"), "ZeroReservedConcurrency");
  EXPECT_FALSE(never.get_object().contains("responseContext"));
  EXPECT_TRUE(never.at("responsePayload").is_null());
  EXPECT_TRUE(deployed_->reaches(dead, "r"));
  EXPECT_FALSE(deployed_->reaches("arn:aws:sqs:us-east-1:000000000000:other", "r"));
  EXPECT_TRUE(deployed_->reaches("arn:aws:lambda:us-east-1:000000000000:function:f:1", "r"));
  EXPECT_FALSE(deployed_->reaches("arn:aws:lambda:us-east-1:000000000000:function:f:2", "r"));
}

TEST_F(DeployedFunctionsTest, AnEventOutlivesItsAlias) {
  const std::string dead = "arn:aws:sqs:us-east-1:000000000000:dead";
  make("g", std::string(kCode), {.on_failure = dead}, dead);
  store::Event left = event("\"fail\"");
  left.function = "g:live";
  EXPECT_EQ(deployed_->invoke(left).error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(registry_->change("g", [](FunctionRecord& record) -> Status {
    record.aliases.erase("live");
    return {};
  }));
  left.attempts = left.deliveries = 1;
  const Status gone = deployed_->invoke(left);
  ASSERT_FALSE(gone);
  EXPECT_EQ(retry(left, gone.error().code).what, What::kGiveUp);
  ASSERT_TRUE(deployed_->give_up(left, gone.error()));
  ASSERT_EQ(destinations_.sent.size(), 2U);
  EXPECT_EQ(destinations_.sent[0].first, dead);
  const auto record = *parse_json(destinations_.sent[0].second);
  EXPECT_EQ(record.at("requestContext").at("functionArn"), "arn:aws:lambda:us-east-1:000000000000:function:g:$LATEST");
  EXPECT_EQ(record.at("requestContext").at("condition"), "RetriesExhausted");
  EXPECT_EQ(record.at("requestContext").at("approximateInvokeCount"), 1);
  EXPECT_EQ(record.at("requestPayload"), "fail");
  EXPECT_EQ(record.at("responseContext"), json::value({{"statusCode", 404}}));
  EXPECT_TRUE(record.at("responsePayload").is_null());
  EXPECT_EQ(destinations_.sent[1], std::pair(dead, std::string("\"fail\"")));
  EXPECT_TRUE(destinations_.attributes.starts_with("RequestID/String=r;ErrorCode/Number=404;ErrorMessage/String=Function not found: ")) << destinations_.attributes;
  EXPECT_EQ(counted("AsyncEventsDropped", "g"), 1);
  // It was deleted while the function ran, whose answer is what there is to tell.
  ASSERT_TRUE(deployed_->give_up(left, {Code::kFailedPrecondition, R"({"errorMessage":"no"})"}));
  const auto failed = *parse_json(destinations_.sent.at(2).second);
  EXPECT_EQ(failed.at("requestContext").at("condition"), "RetriesExhausted");
  EXPECT_EQ(failed.at("responsePayload").at("errorMessage"), "no");
  EXPECT_EQ(failed.at("responseContext"), json::value({{"statusCode", 200}, {"functionError", "Unhandled"}})) << "by which version, nobody knows any more";
  // Nobody is left to say where.
  ASSERT_TRUE(registry_->remove("g"));
  ASSERT_TRUE(deployed_->give_up(left, gone.error()));
  EXPECT_EQ(destinations_.sent.size(), 4U);
  EXPECT_EQ(counted("AsyncEventsDropped", "g"), 3);
}

TEST_F(DeployedFunctionsTest, NoRecordIsLongerThanAnEventMayBe) {
  make("keep", std::string(kCode), {});
  configure("$LATEST", {.retries = 0, .on_success = "arn:aws:lambda:us-east-1:000000000000:function:keep"});
  // The record has it twice.
  ASSERT_TRUE(deployed_->invoke(event("\"" + std::string(600'000, 'x') + "\"")));
  auto forwarded = events().lease(1min);
  ASSERT_TRUE(forwarded);
  EXPECT_FALSE(*forwarded);
  EXPECT_EQ(counted("DestinationDeliveryFailures", "f"), 1);
  ASSERT_TRUE(deployed_->invoke(event("\"" + std::string(500'000, 'x') + "\"")));
  forwarded = events().lease(1min);
  ASSERT_TRUE(forwarded);
  EXPECT_TRUE(*forwarded);
  EXPECT_EQ(counted("DestinationDeliveryFailures", "f"), 1);
}

TEST_F(DeployedFunctionsTest, FunctionsThatAreEachOthersDestinationsStop) {
  const std::string dead = "arn:aws:sqs:us-east-1:000000000000:dead", arn = "arn:aws:lambda:us-east-1:000000000000:function:";
  const std::string code = "def handler(event, context): return 1\n";
  make("a", code, {.retries = 0, .on_success = arn + "b", .on_failure = dead}, dead);
  make("b", code, {.retries = 0, .on_success = arn + "a:live"});
  ASSERT_TRUE(registry_->change("a", [&](FunctionRecord& record) -> Status {
    record.invoke_configs["live"] = record.invoke_configs["$LATEST"];
    return {};
  }));
  ASSERT_TRUE(deployed_->invoke_later({.name = "a", .qualifier = ""}, "1", "0b5c1f9e-0000-4000-8000-00000000000a", ""));
  std::map<std::string, int> runs;
  for (int i = 0; i < 100; ++i) {
    const auto leased = events().lease(1min);
    ASSERT_TRUE(leased);
    if (!*leased) break;
    const store::Event& next = **leased;
    const Status done = deployed_->invoke(next);
    if (done) {
      ++runs[target_of(next.function).name];
      ASSERT_TRUE(events().acknowledge(next.id));
      continue;
    }
    EXPECT_EQ(next.function, "a:live");
    EXPECT_EQ(retry(next, done.error().code).what, What::kGiveUp);
    // Whatever it was refused for: threads that were all taken, say.
    EXPECT_EQ(retry(next, Code::kUnavailable).what, What::kGiveUp);
    ASSERT_TRUE(deployed_->give_up(next, done.error()));
    ASSERT_TRUE(events().bury(next.id, done.error().message));
  }
  EXPECT_EQ(runs, (std::map<std::string, int>{{"a", DeployedFunctions::kMostPasses}, {"b", DeployedFunctions::kMostPasses}}));
  ASSERT_EQ(destinations_.sent.size(), 2U);
  const auto record = *parse_json(destinations_.sent[0].second, kMaxPayloadDepth);
  EXPECT_EQ(record.at("requestContext").at("condition"), "RecursiveInvocation");
  EXPECT_EQ(record.at("requestContext").at("approximateInvokeCount"), 0);
  EXPECT_EQ(record.at("responseContext"), json::value({{"statusCode", 400}}));
  EXPECT_TRUE(destinations_.attributes.contains("ErrorCode/Number=400;ErrorMessage/String=Lambda has detected")) << destinations_.attributes;
  EXPECT_EQ(counted("RecursiveInvocationsDropped", "a"), 1);
  EXPECT_EQ(counted("AsyncEventsDropped", "a"), 1);
  EXPECT_EQ(counted("RecursiveInvocationsDropped", "b"), 0);
}

TEST_F(DeployedFunctionsTest, ALoopIsRefusedUnlessItIsAllowed) {
  TraceContext deep = begin_trace(1'764'428'048'000);
  for (int i = 0; i < DeployedFunctions::kMostPasses; ++i) deep.lineage = with_pass(deep.lineage, "f");
  const Invocation invocation{.request_id = "1", .payload = "1", .cause = write_trace_cause({.work = deep, .began_ms = 1, .name = "lambda:Invoke"})};
  const auto refused = deployed_->invoke_now({.name = "f"}, invocation);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
  EXPECT_EQ(counted("RecursiveInvocationsDropped", "f"), 1);
  EXPECT_EQ(counted("Invocations", "f"), 0);
  make("other", std::string(kCode), {});
  EXPECT_TRUE(deployed_->invoke_now({.name = "other"}, invocation)) << "the function itself counts";
  ASSERT_TRUE(registry_->change("f", [](FunctionRecord& record) -> Status {
    record.allows_loops = true;
    return {};
  }));
  EXPECT_TRUE(deployed_->invoke_now({.name = "f"}, invocation));
  store::Event again = event("\"fail\"");
  again.trace = invocation.cause;
  EXPECT_EQ(deployed_->invoke(again).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(retry(again, Code::kFailedPrecondition).what, What::kAgain);
}

// However it came into the queue.
TEST_F(DeployedFunctionsTest, EventsAreCountedAsTheyCome) {
  ASSERT_TRUE(deployed_->invoke_later({.name = "f", .qualifier = ""}, "1", "r", ""));
  EXPECT_EQ(counted("AsyncEventsReceived", "f"), 0);
  deployed_->received(event("1"));
  store::Event of_alias = event("1");
  of_alias.function = "f:live";
  deployed_->received(of_alias);
  EXPECT_EQ(counted("AsyncEventsReceived", "f"), 2);
}

TEST_F(DeployedFunctionsTest, RecordsKeepNumbersAndDepths) {
  const std::string deep = std::string(200, '[') + "12345678901234567890123" + std::string(200, ']');
  configure("$LATEST", {.retries = 0, .on_failure = "arn:aws:sqs:us-east-1:000000000000:dead"});
  ASSERT_TRUE(deployed_->give_up(event(deep), {Code::kFailedPrecondition, deep}));
  const std::string& record = destinations_.sent.at(0).second;
  EXPECT_TRUE(record.contains("\"requestPayload\":" + deep + ",")) << record;
  EXPECT_TRUE(record.contains("\"responsePayload\":" + deep + "}")) << record;
}

TEST_F(DeployedFunctionsTest, WhoIsToldToHaveFailedIsWhoDid) {
  ASSERT_TRUE(registry_->update_code("f", testing::stored_zip("app.py", "def handler(event, context):\n    return 'fine'\n"), "", ""));
  ASSERT_TRUE(registry_->publish("f", std::nullopt, "", ""));
  ASSERT_TRUE(registry_->change("f", [](FunctionRecord& record) -> Status {
    record.aliases["live"] = {.name = "live", .version = "1", .weights = {{"2", 0.5}}};
    return {};
  }));
  configure("live", {.retries = 0, .on_failure = "arn:aws:sqs:us-east-1:000000000000:dead"});
  std::size_t failures = 0;
  for (int id = 1; id <= 20; ++id) {
    store::Event asked = event("\"fail\"");
    asked.id = id;
    asked.function = "f:live";
    const Status done = deployed_->invoke(asked);
    if (done) continue;
    ++failures;
    ASSERT_TRUE(deployed_->give_up(asked, done.error()));
    EXPECT_EQ(parse_json(destinations_.sent.back().second)->at("responseContext").at("executedVersion"), "1");
  }
  EXPECT_EQ(destinations_.sent.size(), failures);
  EXPECT_GT(failures, 2U);
  EXPECT_LT(failures, 18U);
}

// The API refuses it; older servers did not.
TEST_F(DeployedFunctionsTest, ARecordIsNeverForTheFunctionItself) {
  const std::string itself = "arn:aws:lambda:us-east-1:000000000000:function:f:1";
  configure("$LATEST", {.retries = 0, .on_success = itself, .on_failure = itself});
  ASSERT_TRUE(deployed_->invoke(event("7")));
  ASSERT_TRUE(deployed_->give_up(event("\"fail\""), deployed_->invoke(event("\"fail\"")).error()));
  const auto left = events().lease(0ms);
  ASSERT_TRUE(left);
  EXPECT_FALSE(*left);
}

TEST_F(DeployedFunctionsTest, DeadLettersSayWhy) {
  const std::string dead = "arn:aws:sqs:us-east-1:000000000000:dead";
  ASSERT_TRUE(registry_->create("g", {.runtime = "python3.11", .handler = "app.handler", .role = "r", .timeout_s = 20, .dead_letter = dead}, {},
                                testing::stored_zip("app.py", std::string(kCode)), true));
  store::Event letter = event("\"fail\"");
  letter.function = "g";
  ASSERT_TRUE(deployed_->give_up(letter, {Code::kFailedPrecondition, R"({"errorMessage":"no","errorType":"ValueError"})"}));
  EXPECT_EQ(destinations_.sent.at(0), std::pair(dead, std::string("\"fail\"")));
  EXPECT_EQ(destinations_.attributes, "RequestID/String=r;ErrorCode/Number=200;ErrorMessage/String=no;");
  ASSERT_TRUE(deployed_->give_up(letter, {Code::kUnavailable, "busy"}));
  EXPECT_EQ(destinations_.attributes, "RequestID/String=r;ErrorCode/Number=429;ErrorMessage/String=busy;");
  // 1 KiB at most, and no half of a character.
  std::string long_text;
  for (int i = 0; i < 600; ++i) long_text += "\xC3\xA4";
  ASSERT_TRUE(deployed_->give_up(letter, {Code::kUnavailable, "x" + long_text}));
  EXPECT_EQ(destinations_.attributes, "RequestID/String=r;ErrorCode/Number=429;ErrorMessage/String=x" + long_text.substr(0, 1022) + ";");
}

TEST(Permission, Services) {
  FunctionRecord function{.name = "f"};
  auto allows = [&](Permission permission, const std::string& source, std::string_view service = "s3.amazonaws.com") {
    permission.id = "s";
    if (permission.action.empty()) permission.action = "lambda:InvokeFunction";
    if (permission.principal.empty()) permission.principal = "s3.amazonaws.com";
    function.policies[""].statements = {{"s", statement_of(permission)}};
    return allows_service(function, "", service, source);
  };
  EXPECT_TRUE(allows({}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({}, "arn:aws:s3:::b", "sns.amazonaws.com"));
  EXPECT_TRUE(allows({.source_arn = "arn:aws:s3:::b"}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({.source_arn = "arn:aws:s3:::b"}, "arn:aws:s3:::bb"));
  EXPECT_TRUE(allows({.source_arn = "arn:aws:s3:::b*"}, "arn:aws:s3:::bb"));
  EXPECT_TRUE(allows({.source_account = "000000000000"}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({.source_account = "111111111111"}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({.action = "lambda:GetFunction"}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({.event_source_token = "t"}, "arn:aws:s3:::b"));
  EXPECT_FALSE(allows({.principal = "111111111111"}, "arn:aws:s3:::b"));
  EXPECT_TRUE(policy_of_principals(function, ""));
  EXPECT_TRUE(allows({}, "arn:aws:s3:::b"));
  EXPECT_FALSE(policy_of_principals(function, ""));
  EXPECT_FALSE(allows_service(function, "live", "s3.amazonaws.com", "arn:aws:s3:::b")) << "an alias has a policy of its own";
}

}  // namespace
}  // namespace eyrie::functions
