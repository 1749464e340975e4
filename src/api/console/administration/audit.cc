// What was denied, and what was done in the console: the audit logs' entries, the newest first, as JSON by pages or as one CSV.
#include <algorithm>
#include <cstring>

#include "api/console/csv.h"
#include "api/console/operations.h"
#include "base/time/clock.h"
#include "base/encoding.h"
#include "iam/audit_reader.h"

namespace eyrie::api::console {
namespace {

constexpr std::size_t kMostEntries = 500, kCsvPage = 500;
constexpr std::size_t kMaxText = 200;  // bytes
constexpr const char* kColumns = "time,request,source_ip,principal,access_key,action,resource,reason\r\n";

struct Log {
  const char* name;  // as the query has it
  const char* file;
};
constexpr Log kLogs[] = {{"denied", "denied.jsonl"}, {"unknown", "unauthenticated.jsonl"}, {"console", "console.jsonl"}};

struct Asked {
  std::string log = kLogs[0].name;
  std::filesystem::path file;
  iam::AuditQuery query;

  std::string arn() const { return aws::regional_arn("eyrie", "audit-log/" + log); }
};

bool read_parameter(Asked& asked, const std::string& name, const std::string& value) {
  const auto time = [&](std::optional<std::int64_t>& into) {
    into = parse_iso8601(value);
    return into.has_value();
  };
  if (name == "log") return asked.log = value, std::ranges::any_of(kLogs, [&](const Log& log) { return log.name == value; });
  if (name == "q") return value.size() <= kMaxText && (asked.query.text = value, true);
  if (name == "after") return asked.query.after = value, true;
  if (name == "from") return time(asked.query.from_ms);
  if (name == "to") return time(asked.query.to_ms);
  if (name != "limit") return false;
  const auto limit = whole_number<std::size_t>(value);
  if (!limit || *limit == 0 || *limit > kMostEntries) return false;
  asked.query.most = *limit;
  return true;
}

Outcome<Asked> asked_for(const Call& call, std::string_view action) {
  EYRIE_TRY(const Administration* administration, call.administration());
  EYRIE_TRY(const auto parameters, call.query());
  Asked asked;
  for (const auto& [name, value] : parameters) {
    if (!read_parameter(asked, name, value)) return refused(Code::kInvalidArgument, "The query's " + name.substr(0, 64) + " cannot be that.");
  }
  EYRIE_CHECK_OK(call.may_on(action, asked.arn()));
  for (const Log& log : kLogs) {
    if (log.name == asked.log) asked.file = administration->audit / log.file;
  }
  return asked;
}

json::object entry_json(const iam::AuditEntry& entry) {
  const iam::AuditedCall& call = entry.call;
  return {{"time", format_iso8601(entry.time_ms)},
          {"request", call.request_id},
          {"source_ip", call.source_ip},
          {"principal", call.principal},
          {"access_key", call.access_key},
          {"action", call.action},
          {"resource", call.resource},
          {"reason", call.reason}};
}

std::string csv_line(const iam::AuditEntry& entry) {
  const iam::AuditedCall& call = entry.call;
  std::string line = format_iso8601(entry.time_ms);
  for (const std::string* member : {&call.request_id, &call.source_ip, &call.principal, &call.access_key, &call.action, &call.resource, &call.reason})
    line += "," + csv_field(*member);
  return line + "\r\n";
}

// Reads as it is sent.
class Csv final : public net::BodySource {
 public:
  explicit Csv(Asked asked) : asked_(std::move(asked)) { asked_.query.most = kCsvPage; }

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    while (given_ == text_.size() && !ended_) EYRIE_CHECK_OK(read_page());
    const std::size_t size = std::min(into.size(), text_.size() - given_);
    std::memcpy(into.data(), text_.data() + given_, size);
    given_ += size;
    return size;
  }

 private:
  Status read_page() {
    EYRIE_TRY(const iam::AuditPage page, iam::read_audit_log(asked_.file, asked_.query));
    text_.clear();
    given_ = 0;
    for (const iam::AuditEntry& entry : page.entries) text_ += csv_line(entry);
    asked_.query.after = page.next;
    ended_ = page.next.empty();
    return {};
  }

  Asked asked_;
  std::string text_ = kColumns;
  std::size_t given_ = 0;
  bool ended_ = false;
};

}  // namespace

Outcome<Answer> list_audit(const Call& call) {
  EYRIE_TRY(const Asked asked, asked_for(call, "console:ReadAuditLog"));
  EYRIE_TRY(const iam::AuditPage page, told(iam::read_audit_log(asked.file, asked.query)));
  json::array entries;
  for (const iam::AuditEntry& entry : page.entries) entries.push_back(entry_json(entry));
  return Answer{.body = json::object{{"entries", std::move(entries)}, {"next", page.next}}};
}

Outcome<Answer> export_audit(const Call& call) {
  EYRIE_TRY(Asked asked, asked_for(call, "console:ExportAuditLog"));
  if (!asked.query.after.empty()) return refused(Code::kInvalidArgument, "The query's after cannot be that.");
  call.note("console:ExportAuditLog", asked.arn());
  return Answer{.raw = Raw{.type = "text/csv; charset=utf-8", .body = std::make_unique<Csv>(std::move(asked))}};
}

}  // namespace eyrie::api::console
