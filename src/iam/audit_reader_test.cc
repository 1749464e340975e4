#include "iam/audit_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing.h"

namespace eyrie::iam {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = 1'764'000'000'000;

class AuditReaderTest : public testing::Test {
 protected:
  void open(std::uint64_t max_bytes = 16U << 20, int kept = 8) { log_ = *AuditLog::open(file_, {.max_bytes = max_bytes, .kept = kept}, clock_); }
  // One a second: "s3:Action0" and so on.
  void add(int from, int to) {
    for (int i = from; i < to; ++i) {
      log_->add({.request_id = "r" + std::to_string(i), .source_ip = "10.0.0.1", .principal = "arn:aws:iam::000000000000:user/ann", .access_key = "AKIA", .action = "s3:Action" + std::to_string(i), .resource = "arn:aws:s3:::images/\xC3\xBC", .reason = "no"});
      clock_.advance_ms(1000);
    }
  }
  static std::vector<std::string> actions(const AuditPage& page) {
    std::vector<std::string> actions;
    for (const AuditEntry& entry : page.entries) actions.push_back(entry.call.action.substr(9));
    return actions;
  }
  // All pages one after the other.
  std::vector<std::string> all(AuditQuery query, std::uint64_t max_scan = kMaxScan) {
    std::vector<std::string> found;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto page = read_audit_log(file_, query, max_scan);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) break;
      EXPECT_LE(page->entries.size(), query.most);
      for (const std::string& action : actions(*page)) found.push_back(action);
      if (page->next.empty()) return found;
      query.after = page->next;
    }
    ADD_FAILURE() << "there is no end";
    return found;
  }

  TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "audit" / "denied.jsonl";
  FakeClock clock_{kStart};
  std::unique_ptr<AuditLog> log_;
};

TEST_F(AuditReaderTest, TheNewestComesFirstAndSaysAll) {
  EXPECT_THAT(read_audit_log(file_, {})->entries, IsEmpty()) << "no file, no entries";
  open();
  EXPECT_THAT(read_audit_log(file_, {})->entries, IsEmpty());
  add(0, 3);
  const auto page = read_audit_log(file_, {});
  ASSERT_TRUE(page);
  EXPECT_THAT(actions(*page), ElementsAre("2", "1", "0"));
  EXPECT_EQ(page->next, "");
  const AuditEntry& oldest = page->entries[2];
  EXPECT_EQ(oldest.time_ms, kStart);
  EXPECT_EQ(oldest.call.request_id, "r0");
  EXPECT_EQ(oldest.call.source_ip, "10.0.0.1");
  EXPECT_EQ(oldest.call.principal, "arn:aws:iam::000000000000:user/ann");
  EXPECT_EQ(oldest.call.access_key, "AKIA");
  EXPECT_EQ(oldest.call.resource, "arn:aws:s3:::images/\xC3\xBC");
  EXPECT_EQ(oldest.call.reason, "no");
}

TEST_F(AuditReaderTest, PagesGoOverFilesWhateverIsWrittenMeanwhile) {
  open(1000);
  add(0, 40);
  std::vector<std::string> wanted;
  for (int i = 39; i >= 0; --i) wanted.push_back(std::to_string(i));
  // The log keeps eight older files of three or four lines.
  const std::vector<std::string> kept = all({.most = 7});
  ASSERT_GT(kept.size(), 20U);
  EXPECT_EQ(kept, std::vector<std::string>(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(kept.size())));
  EXPECT_EQ(all({.most = 1}), kept);
  EXPECT_EQ(all({.most = 100}, 1), kept) << "one line a call";
  // Files get other names between two pages; the oldest go.
  const auto first = read_audit_log(file_, {.most = 5});
  ASSERT_EQ(actions(*first), std::vector<std::string>(wanted.begin(), wanted.begin() + 5));
  add(40, 44);
  const auto second = read_audit_log(file_, {.most = 5, .after = first->next});
  ASSERT_TRUE(second);
  EXPECT_EQ(actions(*second), std::vector<std::string>(wanted.begin() + 5, wanted.begin() + 10));
}

TEST_F(AuditReaderTest, APlaceThatWasRotatedAwayHasNothingBefore) {
  open(1000, 1);
  add(0, 4);
  const auto first = read_audit_log(file_, {.most = 1});
  ASSERT_NE(first->next, "");
  add(4, 40);
  const auto second = read_audit_log(file_, {.after = first->next});
  ASSERT_TRUE(second);
  EXPECT_THAT(second->entries, IsEmpty());
  EXPECT_EQ(second->next, "");
}

TEST_F(AuditReaderTest, TextAndTimesFilter) {
  open(1000);
  add(0, 20);
  EXPECT_THAT(all({.text = "ACTION19"}), ElementsAre("19"));
  EXPECT_THAT(all({.text = "user/ann", .most = 3}), ::testing::SizeIs(all({}).size()));
  EXPECT_THAT(all({.text = "reason"}), IsEmpty()) << "names of members are no text";
  EXPECT_THAT(all({.from_ms = kStart + 15'000, .to_ms = kStart + 17'999}), ElementsAre("17", "16", "15"));
  EXPECT_THAT(all({.to_ms = kStart - 1}), IsEmpty());
  EXPECT_THAT(all({.from_ms = kStart + 20'000}), IsEmpty());
}

TEST_F(AuditReaderTest, WhatIsNoEntryIsPassedOver) {
  open();
  add(0, 1);
  log_.reset();
  {
    std::ofstream file(file_, std::ios::app | std::ios::binary);
    file << "\n\n{\"time\":\"soon\"}\n[]\n" << std::string(600'000, 'x') << "\n{\"time\":\"2026-11-28T10:15:";
  }
  EXPECT_THAT(all({}), ElementsAre("0"));
  open();
  add(1, 2);
  EXPECT_THAT(all({}), ElementsAre("1", "0"));
}

TEST_F(AuditReaderTest, PlacesAreThoseThatWereTold) {
  open();
  add(0, 2);
  const std::string next = read_audit_log(file_, {.most = 1})->next;
  for (const std::string& place : {std::string("x"), std::string("-"), std::string("--"), std::string("1-2"), next + "x", "-" + next, next + "-1"})
    EXPECT_EQ(read_audit_log(file_, {.after = place}).error().code, Code::kInvalidArgument) << place;
  const std::string inode = next.substr(0, next.find('-'));
  for (const std::string& place : {std::string("0-0-0"), inode + "-99999999-0", inode + "-0-1", next.substr(0, next.rfind('-')) + "-1"})
    EXPECT_THAT(read_audit_log(file_, {.after = place})->entries, IsEmpty()) << place;
  EXPECT_THAT(actions(*read_audit_log(file_, {.after = next})), ElementsAre("0"));
}

}  // namespace
}  // namespace eyrie::iam
