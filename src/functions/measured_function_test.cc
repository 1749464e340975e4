#include "functions/measured_function.h"

#include <gtest/gtest.h>

#include "monitor/series/recorder.h"

namespace eyrie::functions {
namespace {

class QuietFunction final : public Function {
 public:
  const std::string& name() const override { return name_; }
  Status invoke(const store::Event&) override { return {}; }
  Status give_up(const store::Event&, const Error&) override { return {}; }

 private:
  const std::string name_ = "quiet";
};

TEST(MeasuredFunction, CountsWhatComesAndWhatIsDropped) {
  monitor::Recorder recorder;
  monitor::Metrics metrics;
  const FakeClock clock(1'764'428'048'000);
  metrics.keep_in(recorder, clock);
  QuietFunction function;
  MeasuredFunction measured(function, metrics, clock);
  const auto counted = [&](const std::string& metric) {
    double sum = 0;
    for (const monitor::Datum& datum : recorder.pending({.name_space = "AWS/Lambda", .name = metric, .dimensions = {{"FunctionName", "quiet"}}}, std::nullopt)) sum += datum.values.sum();
    return sum;
  };
  const store::Event event{.function = "quiet", .created_ms = clock.now_ms(), .request_id = "r"};
  measured.received(event);
  ASSERT_TRUE(measured.invoke(event));
  ASSERT_TRUE(measured.invoke(event));
  ASSERT_TRUE(measured.give_up(event, {Code::kIo, ""}));
  EXPECT_EQ(counted("AsyncEventsReceived"), 1);
  EXPECT_EQ(counted("Invocations"), 2);
  EXPECT_EQ(counted("AsyncEventsDropped"), 1);
}

}  // namespace
}  // namespace eyrie::functions
