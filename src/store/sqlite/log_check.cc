#include "store/sqlite/log_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <optional>
#include <string>

namespace eyrie::store {
namespace {

constexpr std::size_t kLogHeaderBytes = 32, kFrameHeaderBytes = 24, kSaltBytes = 8;
constexpr std::uint32_t kLittleEndianMagic = 0x377f0682, kBigEndianMagic = 0x377f0683;
constexpr std::uint32_t kFormat = 3'007'000;
constexpr std::size_t kIndexHeaderBytes = 48;

using Salts = std::array<std::uint8_t, kSaltBytes>;

std::uint32_t big_endian(ByteView at) {
  return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 | static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}
std::uint32_t little_endian(ByteView at) {
  return static_cast<std::uint32_t>(at[3]) << 24 | static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[1]) << 8 | at[0];
}
// The index is in the machine's own order.
std::uint32_t native(ByteView at) { return std::endian::native == std::endian::big ? big_endian(at) : little_endian(at); }

Salts salts_at(ByteView bytes) {
  Salts salts;
  std::ranges::copy(bytes.first(kSaltBytes), salts.begin());
  return salts;
}

struct Header {
  bool big_endian = false;
  std::size_t page_bytes = 0;
  Salts salts{};
  LogSum sum;
};

std::optional<Header> parse_header(ByteView bytes) {
  const std::uint32_t magic = big_endian(bytes);
  if ((magic != kLittleEndianMagic && magic != kBigEndianMagic) || big_endian(bytes.subspan(4)) != kFormat) return std::nullopt;
  Header header{.big_endian = magic == kBigEndianMagic, .page_bytes = big_endian(bytes.subspan(8)), .salts = salts_at(bytes.subspan(16))};
  if (!std::has_single_bit(header.page_bytes) || header.page_bytes < 512 || header.page_bytes > 65536) return std::nullopt;
  header.sum.add(bytes.first(24), header.big_endian);
  if (header.sum != LogSum{big_endian(bytes.subspan(24)), big_endian(bytes.subspan(28))}) return std::nullopt;
  return header;
}

// How many frames of the log with these salts were committed.
struct Known {
  std::uint64_t frames = 0;
  Salts salts{};
};

// Two copies of a header, of which the first is written last; both are the same unless a writer died between them.
std::optional<Known> parse_index(ByteView index) {
  if (index.size() < 2 * kIndexHeaderBytes) return std::nullopt;
  const ByteView header = index.first(kIndexHeaderBytes);
  if (!std::ranges::equal(header, index.subspan(kIndexHeaderBytes, kIndexHeaderBytes)) || header[12] == 0) return std::nullopt;
  LogSum sum;
  sum.add(header.first(40), std::endian::native == std::endian::big);
  if (native(header) != kFormat || sum != LogSum{native(header.subspan(40)), native(header.subspan(44))}) return std::nullopt;
  return Known{.frames = native(header.subspan(16)), .salts = salts_at(header.subspan(32))};
}

class Frames {
 public:
  Frames(const LogSource& log, const Header& header) : log_(log), header_(header), sum_(header.sum), frame_(kFrameHeaderBytes + header.page_bytes) {}

  // Walks as SQLite does when it opens the log; how many frames up to the last commit.
  Result<std::uint64_t> walk() {
    std::uint64_t committed = 0;
    for (;; ++end_) {
      EYRIE_TRY(const std::size_t got, log_(offset(end_), frame_));
      if (got < frame_.size()) return committed;
      const ByteView frame(frame_);
      LogSum sum = sum_;
      sum.add(frame.first(8), header_.big_endian);
      sum.add(frame.subspan(kFrameHeaderBytes), header_.big_endian);
      const bool fits = big_endian(frame) != 0 && salts_at(frame.subspan(8)) == header_.salts &&
                        sum == LogSum{big_endian(frame.subspan(16)), big_endian(frame.subspan(20))};
      if (!fits) return committed;
      sum_ = sum;
      if (big_endian(frame.subspan(4)) != 0) committed = end_ + 1;
    }
  }

  // Whether behind the end of the walk a transaction was committed and another begun.
  Result<bool> goes_on() const {
    bool committed = false;
    for (std::uint64_t at = end_;; ++at) {
      std::array<std::uint8_t, kFrameHeaderBytes> frame;
      EYRIE_TRY(const std::size_t got, log_(offset(at), frame));
      if (got < frame.size()) return false;
      if (salts_at(ByteView(frame).subspan(8)) != header_.salts) continue;  // of a log before this one, or damaged
      if (committed) return true;
      committed = big_endian(ByteView(frame).subspan(4)) != 0;
    }
  }

 private:
  std::uint64_t offset(std::uint64_t frame) const { return kLogHeaderBytes + frame * (kFrameHeaderBytes + header_.page_bytes); }

  const LogSource& log_;
  const Header& header_;
  LogSum sum_;
  Bytes frame_;
  std::uint64_t end_ = 0;
};

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), error_(errno) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool open() const { return fd_ >= 0; }
  int error() const { return error_; }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(system_error("cannot read the database's log", errno));
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  int fd_, error_;
};

}  // namespace

void LogSum::add(ByteView bytes, bool as_big_endian) {
  const auto word = as_big_endian ? big_endian : little_endian;
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    first += word(bytes.subspan(at)) + second;
    second += word(bytes.subspan(at + 4)) + first;
  }
}

Result<LogCheck> check_log(const LogSource& log, ByteView index) {
  std::array<std::uint8_t, kLogHeaderBytes> bytes;
  EYRIE_TRY(const std::size_t got, log(0, bytes));
  if (got < bytes.size()) return LogCheck{};
  const auto header = parse_header(bytes);
  if (!header) {
    // It is synced before the first frame is written.
    std::uint8_t more = 0;
    EYRIE_TRY(const std::size_t frames, log(kLogHeaderBytes, {&more, 1}));
    return LogCheck{.damaged = frames > 0};
  }
  Frames frames(log, *header);
  LogCheck check;
  EYRIE_TRY(check.whole_frames, frames.walk());
  const auto known = parse_index(index);
  const bool is_of_this_log = known && known->salts == header->salts;
  if (is_of_this_log && known->frames > check.whole_frames) check.damaged = true;
  if (is_of_this_log && known->frames == check.whole_frames) return check;
  // A power cut may leave an older index than the log.
  if (!check.damaged) {
    EYRIE_TRY(check.damaged, frames.goes_on());
  }
  return check;
}

Result<LogCheck> check_log(const std::filesystem::path& database) {
  const Descriptor log(database.string() + "-wal");
  if (!log.open() && log.error() == ENOENT) return LogCheck{};
  if (!log.open()) return fail(system_error("cannot open the database's log", log.error()));
  Bytes index;
  if (const Descriptor beside(database.string() + "-shm"); beside.open()) {
    index.resize(2 * kIndexHeaderBytes);
    EYRIE_TRY(const std::size_t got, beside.read(0, index));
    index.resize(got);
  }
  return check_log([&log](std::uint64_t offset, std::span<std::uint8_t> into) { return log.read(offset, into); }, index);
}

}  // namespace eyrie::store
