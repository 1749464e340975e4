#include "iam/audit_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "base/json.h"
#include "base/testing.h"

namespace eyrie::iam {
namespace {

class AuditLogTest : public testing::Test {
 protected:
  std::unique_ptr<AuditLog> open(const AuditLog::Options& options = {}) {
    auto log = AuditLog::open(file_, options, clock_);
    EXPECT_TRUE(log) << log.error().message;
    return std::move(*log);
  }
  static std::vector<std::string> lines(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "audit" / "denied.jsonl";
  FakeClock clock_{1'764'000'000'000};
};

TEST_F(AuditLogTest, ALineIsThereAtOnceAndSaysAll) {
  const auto log = open();
  log->add({.request_id = "r", .source_ip = "10.0.0.1", .principal = "arn:x", .access_key = "AKIA", .action = "s3:GetObject",
            .resource = "arn:aws:s3:::images/\xC3\xBC \"\n", .reason = "no"});
  const auto written = lines(file_);
  ASSERT_EQ(written.size(), 1U);
  const auto line = parse_json(written[0]);
  ASSERT_TRUE(line) << written[0];
  EXPECT_EQ(*line, (json::object{{"time", "2025-11-24T16:00:00.000Z"},
                                 {"request", "r"},
                                 {"source_ip", "10.0.0.1"},
                                 {"principal", "arn:x"},
                                 {"access_key", "AKIA"},
                                 {"action", "s3:GetObject"},
                                 {"resource", "arn:aws:s3:::images/\xC3\xBC \"\n"},
                                 {"reason", "no"}}));
}

TEST_F(AuditLogTest, WhatClientsClaimBreaksNoLine) {
  const auto log = open();
  log->add({.access_key = "a\n\xFF" + std::string(100'000, 'x'), .resource = "\xFF\xFE"});
  const auto written = lines(file_);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_LT(written[0].size(), 5000U);
  EXPECT_TRUE(parse_json(written[0]));
}

TEST_F(AuditLogTest, GoesOnAfterARestartAndAfterHalfALine) {
  open()->add({.reason = "one"});
  std::ofstream(file_, std::ios::app) << "{\"half";
  open()->add({.reason = "two"});
  const auto written = lines(file_);
  ASSERT_EQ(written.size(), 3U);
  EXPECT_TRUE(parse_json(written[0]) && parse_json(written[2]));
}

TEST_F(AuditLogTest, IsBounded) {
  const auto log = open({.max_bytes = 1000, .kept = 2});
  for (int i = 0; i < 100; ++i) log->add({.reason = std::to_string(i)});
  std::uintmax_t bytes = 0;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file_.parent_path())) {
    EXPECT_LE(entry.file_size(), 1000U);
    bytes += entry.file_size();
    ++files;
  }
  EXPECT_EQ(files, 3U);
  EXPECT_GT(bytes, 2000U);
  EXPECT_TRUE(lines(file_).back().contains("\"99\""));
}

}  // namespace
}  // namespace eyrie::iam
