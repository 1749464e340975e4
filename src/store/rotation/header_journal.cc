#include "store/rotation/header_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "crypto/digest.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kJournalMagic = "EYRJ";
constexpr std::size_t kUuidBytes = 36;
constexpr std::size_t kEntryBytes = 1 + kUuidBytes + kObjectHeaderBytes;
constexpr std::size_t kDigestBytes = 32;

Bytes encode(const std::vector<HeaderJournal::Entry>& batch) {
  Bytes out(kJournalMagic.begin(), kJournalMagic.end());
  for (const HeaderJournal::Entry& entry : batch) {
    out.push_back(entry.cold ? 1 : 0);
    out.insert(out.end(), entry.file.begin(), entry.file.end());
    out.insert(out.end(), entry.header.begin(), entry.header.end());
  }
  const auto digest = crypto::sha256(out);
  out.insert(out.end(), digest.begin(), digest.end());
  return out;
}

// nullopt: cut off.
std::optional<std::vector<HeaderJournal::Entry>> decode(ByteView bytes) {
  constexpr std::size_t kAround = kJournalMagic.size() + kDigestBytes;
  if (bytes.size() < kAround || (bytes.size() - kAround) % kEntryBytes != 0) return std::nullopt;
  const ByteView content = bytes.first(bytes.size() - kDigestBytes);
  if (as_text(content.first(kJournalMagic.size())) != kJournalMagic) return std::nullopt;
  if (!std::ranges::equal(crypto::sha256(content), bytes.last(kDigestBytes))) return std::nullopt;
  std::vector<HeaderJournal::Entry> batch;
  for (std::size_t at = kJournalMagic.size(); at < content.size(); at += kEntryBytes) {
    const ByteView entry = content.subspan(at, kEntryBytes);
    batch.push_back({.cold = entry[0] != 0, .file = std::string(as_text(entry.subspan(1, kUuidBytes)))});
    std::ranges::copy(entry.last(kObjectHeaderBytes), batch.back().header.begin());
  }
  return batch;
}

}  // namespace

HeaderJournal::HeaderJournal(const std::filesystem::path& directory, const ObjectFolder& hot, const ObjectFolder& cold)
    : file_(directory / kHeaderJournalFile), hot_(hot), cold_(cold) {}

Status HeaderJournal::write(const std::vector<Entry>& batch) const {
  const Bytes bytes = encode(batch);
  {
    const bool there = std::filesystem::exists(file_);
    const File file(::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.fd() < 0) return fail(system_error("cannot make " + file_.string(), errno));
    if (::write(file.fd(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      return fail(system_error("cannot write " + file_.string(), errno));
    }
    if (::fsync(file.fd()) != 0) return fail(system_error("cannot sync " + file_.string(), errno));
    if (!there) EYRIE_CHECK_OK(sync_directory(file_.parent_path()));
  }
  return apply(batch);
}

Status HeaderJournal::apply(const std::vector<Entry>& batch) const {
  std::vector<File> written;
  for (const Entry& entry : batch) {
    if (const Status own = (entry.cold ? cold_ : hot_).part_from_links(entry.file); !own && own.error().code != Code::kNotFound) return own;
    auto file = write_header((entry.cold ? cold_ : hot_).path(entry.file), entry.header);
    if (!file && file.error().code == Code::kNotFound) continue;  // a file that no row named, removed since
    if (!file) return fail(file.error());
    written.push_back(*std::move(file));
  }
  for (const File& file : written) {
    if (::fdatasync(file.fd()) != 0) return fail(system_error("cannot sync an object's file", errno));
  }
  return {};
}

// kNotFound: there is none. nullopt: it is not whole.
Result<std::optional<std::vector<HeaderJournal::Entry>>> HeaderJournal::read() const {
  std::ifstream in(file_, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "there is no " + file_.string());
  const Bytes bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return decode(bytes);
}

HeaderJournal::Left HeaderJournal::left() const {
  const auto batch = read();
  if (!batch) return Left::kNothing;
  return *batch ? Left::kWhole : Left::kCutOff;
}

Status HeaderJournal::finish() const {
  const auto batch = read();
  if (!batch) return {};
  if (*batch) EYRIE_CHECK_OK(apply(**batch));
  if (::unlink(file_.c_str()) != 0) return fail(system_error("cannot remove " + file_.string(), errno));
  return sync_directory(file_.parent_path());
}

}  // namespace eyrie::store
