#include "iam/audit_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <set>

#include "base/encoding.h"
#include "base/json.h"

namespace eyrie::iam {
namespace {

constexpr std::uint64_t kChunk = 64U << 10;
// AuditLog bounds its members; a longer line is none of its own.
constexpr std::uint64_t kMaxLine = 256U << 10;
// What a line begins with: {"time":"2026-11-24T10:18:21.000Z"
constexpr std::size_t kMark = 34;

// The lines of a file from an offset to its beginning.
class LinesBackward {
 public:
  // nullopt where there is no such file.
  static Result<std::optional<LinesBackward>> open(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return std::nullopt;
    if (fd < 0) return fail(system_error("cannot open " + path.string(), errno));
    LinesBackward lines(fd);
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail(system_error("cannot examine " + path.string(), errno));
    lines.inode_ = status.st_ino;
    lines.begin_at(static_cast<std::uint64_t>(status.st_size));
    return lines;
  }
  LinesBackward(LinesBackward&& other) noexcept { *this = std::move(other); }
  LinesBackward& operator=(LinesBackward&& other) noexcept {
    std::swap(fd_, other.fd_);
    inode_ = other.inode_;
    end_ = other.end_;
    begin_ = other.begin_;
    bytes_ = std::move(other.bytes_);
    return *this;
  }
  ~LinesBackward() {
    if (fd_ >= 0) ::close(fd_);
  }

  std::uint64_t inode() const { return inode_; }
  // Where the line told last begins: those before it are left.
  std::uint64_t offset() const { return end_; }
  void begin_at(std::uint64_t offset) {
    end_ = begin_ = offset;
    bytes_.clear();
  }

  // Of what stands there: the system gives the number of a file that is gone to another one.
  Result<std::uint64_t> mark() const {
    std::array<char, kMark> bytes{};
    const ssize_t count = ::pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (count < 0) return fail(system_error("cannot read an audit log", errno));
    return std::hash<std::string_view>()({bytes.data(), static_cast<std::size_t>(count)});
  }

  // nullopt at the beginning. A line longer than kMaxLine comes in pieces. The end of the file may be half a line, which is told as one.
  Result<std::optional<std::string>> next() {
    if (end_ == 0) return std::nullopt;
    while (true) {
      // Without the line's own end.
      std::string_view text = std::string_view(bytes_).substr(0, end_ - begin_);
      if (text.ends_with('\n')) text.remove_suffix(1);
      const std::size_t before = bytes_.empty() ? std::string_view::npos : text.rfind('\n');
      const bool too_long = before == std::string_view::npos && text.size() > kMaxLine;
      if (before == std::string_view::npos && begin_ > 0 && !too_long) {
        EYRIE_CHECK_OK(read_before());
        continue;
      }
      const std::size_t at = before == std::string_view::npos ? 0 : before + 1;
      std::string line(text.substr(at));
      end_ = begin_ + at;
      return line;
    }
  }

 private:
  explicit LinesBackward(int fd) : fd_(fd) {}

  Status read_before() {
    const std::uint64_t count = std::min(kChunk, begin_);
    std::string chunk(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      const ssize_t read = ::pread(fd_, chunk.data() + done, count - done, static_cast<off_t>(begin_ - count + done));
      if (read < 0 && errno == EINTR) continue;
      if (read < 0) return fail(system_error("cannot read an audit log", errno));
      if (read == 0) return fail(Code::kIo, "an audit log has become shorter");
      done += static_cast<std::size_t>(read);
    }
    bytes_ = chunk + bytes_.substr(0, end_ - begin_);
    begin_ -= count;
    return {};
  }

  int fd_ = -1;
  std::uint64_t inode_ = 0;
  std::uint64_t end_ = 0;    // what is before it is left
  std::uint64_t begin_ = 0;  // of bytes_ in the file
  std::string bytes_;
};

struct Place {
  std::uint64_t inode = 0, offset = 0, mark = 0;
};

std::optional<Place> parse_place(std::string_view text) {
  const std::size_t first = text.find('-'), second = text.find('-', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto inode = whole_number<std::uint64_t>(text.substr(0, first));
  const auto offset = whole_number<std::uint64_t>(text.substr(first + 1, second - first - 1));
  const auto mark = whole_number<std::uint64_t>(text.substr(second + 1));
  if (!inode || !offset || !mark) return std::nullopt;
  return Place{.inode = *inode, .offset = *offset, .mark = *mark};
}

Result<std::string> write_place(const LinesBackward& lines) {
  EYRIE_TRY(const std::uint64_t mark, lines.mark());
  return std::to_string(lines.inode()) + "-" + std::to_string(lines.offset()) + "-" + std::to_string(mark);
}

// Sets the lines to where a page ended; false where that is not there any more.
Result<bool> go_on(LinesBackward& lines, const Place& place) {
  if (lines.inode() != place.inode || place.offset > lines.offset()) return false;
  lines.begin_at(place.offset);
  EYRIE_TRY(const std::uint64_t mark, lines.mark());
  return mark == place.mark;
}

bool fits(const AuditEntry& entry, const AuditQuery& query, const std::string& text) {
  if (query.to_ms && entry.time_ms > *query.to_ms) return false;
  if (text.empty()) return true;
  const AuditedCall& call = entry.call;
  return std::ranges::any_of(std::array{&call.request_id, &call.source_ip, &call.principal, &call.access_key, &call.action, &call.resource, &call.reason},
                             [&](const std::string* member) { return lower_case(*member).contains(text); });
}

class Search {
 public:
  Search(const AuditQuery& query, std::uint64_t max_scan) : query_(query), text_(lower_case(query.text)), left_(max_scan) {}

  // Whether the search goes on in the file before.
  Result<bool> read(LinesBackward& lines, AuditPage& page) {
    while (true) {
      const std::uint64_t before = lines.offset();
      EYRIE_TRY(const auto line, lines.next());
      if (!line) return true;
      const auto entry = parse_audit_line(*line);
      if (entry && query_.from_ms && entry->time_ms < *query_.from_ms) return false;
      if (entry && fits(*entry, query_, text_)) page.entries.push_back(*entry);
      const std::uint64_t size = before - lines.offset();
      left_ -= std::min(left_, size);
      if (page.entries.size() < query_.most && left_ > 0) continue;
      EYRIE_TRY(page.next, write_place(lines));
      return false;
    }
  }

 private:
  const AuditQuery& query_;
  const std::string text_;
  std::uint64_t left_;
};

}  // namespace

std::optional<AuditEntry> parse_audit_line(std::string_view line) {
  const auto parsed = parse_json(line);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::object& object = parsed->get_object();
  const auto time = parse_iso8601(text_of(object, "time"));
  if (!time) return std::nullopt;
  return AuditEntry{.time_ms = *time,
                    .call = {.request_id = text_of(object, "request"),
                             .source_ip = text_of(object, "source_ip"),
                             .principal = text_of(object, "principal"),
                             .access_key = text_of(object, "access_key"),
                             .action = text_of(object, "action"),
                             .resource = text_of(object, "resource"),
                             .reason = text_of(object, "reason")}};
}

Result<AuditPage> read_audit_log(const std::filesystem::path& file, const AuditQuery& query, std::uint64_t max_scan) {
  std::optional<Place> after;
  if (!query.after.empty() && !(after = parse_place(query.after))) return fail(Code::kInvalidArgument, "This is the place of no page.");
  AuditPage page;
  Search search(query, max_scan);
  // A file that is rotated meanwhile turns up again under its next name.
  std::set<std::uint64_t> seen;
  for (int number = 0;; ++number) {
    EYRIE_TRY(auto lines, LinesBackward::open(AuditLog::numbered(file, number)));
    // The newest may be about to be made.
    if (!lines && number == 0) continue;
    if (!lines) break;
    if (!seen.insert(lines->inode()).second) continue;
    if (after) {
      EYRIE_TRY(const bool found, go_on(*lines, *after));
      if (!found) continue;
      after.reset();
    }
    EYRIE_TRY(const bool goes_on, search.read(*lines, page));
    if (!goes_on) break;
  }
  return page;
}

}  // namespace eyrie::iam
