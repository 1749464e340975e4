// Reads what an AuditLog has written, the newest first, also while it goes on writing.
//
//   EYRIE_TRY(const AuditPage page, read_audit_log(file, {.text = "GetObject"}));
//   // and, while page.next is not empty, what came before: {.text = "GetObject", .after = page.next}
//
// `file` is the AuditLog's; the older ones beside it are read after it. One call reads no more than kMaxScan bytes: a page may be short, or
// empty, and still have a next one. Where a page goes on is told by the file's inode, an offset and what stands there, so that a rotation meanwhile neither
// repeats nor skips a line; what was rotated away meanwhile has nothing before it. Lines that are no entry are passed over: a power cut may leave half of one.
//
// Errors: kInvalidArgument - `after` is no place; kIo. Thread-safe: functions of their arguments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iam/audit_log.h"

namespace eyrie::iam {

struct AuditEntry {
  std::int64_t time_ms = 0;
  AuditedCall call;
};

struct AuditQuery {
  std::string text = {};  // in any member, whatever the case of ASCII letters; empty: all
  // As clocks went when the lines were written: the search ends at the first line before `from_ms`.
  std::optional<std::int64_t> from_ms = {}, to_ms = {};  // both included
  std::size_t most = 100;
  std::string after = {};  // AuditPage::next
};

struct AuditPage {
  std::vector<AuditEntry> entries;
  std::string next;  // empty: there is nothing older
};

constexpr std::uint64_t kMaxScan = 8U << 20;

Result<AuditPage> read_audit_log(const std::filesystem::path& file, const AuditQuery& query, std::uint64_t max_scan = kMaxScan);

// nullopt where it is none.
std::optional<AuditEntry> parse_audit_line(std::string_view line);

}  // namespace eyrie::iam
