// For tests: a pool in a directory of its own, and functions made of one Python file.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "base/json.h"
#include "base/log.h"
#include "base/testing.h"
#include "functions/runtime/pool.h"

namespace eyrie::functions::testing {

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class PoolTest : public ::testing::Test {
 protected:
  void SetUp() override { set_log_level(LogLevel::kError); }

  void open(PoolOptions options = {}) {
    options.directory = directory_.path() / "run";
    options.hidden = directory_.path();
    auto started = Pool::start(options, logs_);
    ASSERT_TRUE(started) << started.error().message;
    pool_ = std::move(*started);
  }

  // A function whose file `name` has this text.
  SandboxSpec function(const std::string& text, const std::string& name = "app.py") {
    const std::string id = "f" + std::to_string(++made_);
    const auto code = pool_->code_directory() / id;
    std::filesystem::create_directories(code);
    std::ofstream(code / name) << text;
    std::filesystem::permissions(code / name, std::filesystem::perms(0755));
    return {.function = id,
            .version = "$LATEST",
            .revision = "1",
            .runtime = name == "bootstrap" ? "provided.al2023" : "python3.11",
            .handler = "app.handler",
            .role = "arn:aws:iam::000000000000:role/r",
            .timeout_s = 20,
            .environment = {},
            .code = code};
  }

  InvocationOutcome run(const SandboxSpec& spec, const std::string& payload = "{}") {
    const std::string id = "request-" + std::to_string(++requests_);
    auto outcome = pool_->invoke(spec, {}, {.request_id = id, .arn = "arn:aws:lambda:us-east-1:000000000000:function:" + spec.function, .payload = payload});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? *outcome : InvocationOutcome{};
  }

  static std::string error_type(const InvocationOutcome& outcome) {
    const auto document = parse_json(outcome.payload);
    if (!document || !document->is_object()) return "no error: " + outcome.payload;
    return text_of(document->get_object(), "errorType");
  }

  const TemporaryDirectory directory_;
  FunctionLogs logs_{directory_.path() / "logs"};
  std::unique_ptr<Pool> pool_;
  std::atomic<int> made_ = 0, requests_ = 0;
};

}  // namespace eyrie::functions::testing
