#include "base/log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/testing.h"

namespace eyrie {
namespace {

// A store's threads log already while the server opens the log that lies beside it: every line is in a log, whole.
TEST(LogTest, IsOpenedWhileOthersWrite) {
  constexpr int kLines = 200;
  const TemporaryDirectory directory;
  const auto first = directory.path() / "first.log", second = directory.path() / "second.log";
  ASSERT_TRUE(open_log(first.string(), LogLevel::kInfo));
  std::thread writer([] {
    for (int i = 0; i < kLines; ++i) log_warning("a line", {{"number", i}});  // warnings are written through
  });
  ASSERT_TRUE(open_log(second.string(), LogLevel::kInfo));
  writer.join();
  int found = 0;
  for (const auto& path : {first, second}) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line); ++found) {
      EXPECT_TRUE(line.starts_with("{") && line.ends_with("}") && line.contains(R"("message":"a line")")) << line;
    }
  }
  EXPECT_EQ(found, kLines);
}

}  // namespace
}  // namespace eyrie
