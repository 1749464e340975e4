#include "functions/registry/code_package.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/ids.h"

namespace eyrie::functions {
namespace {

constexpr std::size_t kMaxName = 1024, kMaxComponent = 255;

std::unexpected<Error> invalid(std::string message) { return fail(Code::kInvalidArgument, std::move(message)); }

struct Discard {
  void operator()(zip_t* archive) const { ::zip_discard(archive); }
  void operator()(zip_file_t* file) const { ::zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct Entry {
  std::uint64_t index = 0;
  std::string name;  // without a '/' at its end
  bool is_folder = false;
  bool executable = false;
  std::uint64_t size = 0;  // as the archive tells it
};

Result<Archive> open_archive(ByteView zip) {
  zip_error_t error;
  ::zip_error_init(&error);
  zip_source_t* source = ::zip_source_buffer_create(zip.data(), zip.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : ::zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr && source != nullptr) ::zip_source_free(source);
  ::zip_error_fini(&error);
  if (archive == nullptr) return invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
  return Archive(archive);
}

Status check_name(const std::string& name) {
  if (name.empty() || name.size() > kMaxName || !valid_utf8(name)) return invalid("The archive has a name that is empty, too long or not UTF-8.");
  if (name.find('\0') != std::string::npos || name.find('\\') != std::string::npos || name.front() == '/')
    return invalid("The archive has a name that is absolute or has a backslash in it.");
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = std::string_view(name).substr(at, end - at);
    if (part.empty() || part == "." || part == ".." || part.size() > kMaxComponent)
      return invalid("The archive has a name that is no plain path: " + name.substr(0, 100));
    at = end + 1;
  }
  return {};
}

Result<Entry> read_entry(zip_t* archive, std::uint64_t index) {
  zip_stat_t stat;
  ::zip_stat_init(&stat);
  constexpr auto kWanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
  if (::zip_stat_index(archive, index, ZIP_FL_ENC_GUESS, &stat) != 0 || (stat.valid & kWanted) != kWanted)
    return invalid("The archive's directory cannot be read.");
  if (stat.encryption_method != ZIP_EM_NONE) return invalid("The archive is encrypted.");
  Entry entry{.index = index, .name = stat.name, .size = stat.size};
  if (entry.name.ends_with('/')) {
    entry.is_folder = true;
    entry.name.pop_back();
  }
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  ::zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
  if (system == ZIP_OPSYS_UNIX) {
    const mode_t mode = attributes >> 16;
    const mode_t kind = mode & S_IFMT;
    if (kind != 0 && kind != S_IFREG && kind != S_IFDIR) return invalid("The archive holds a link or a special file: " + entry.name.substr(0, 100));
    if (kind == S_IFDIR) entry.is_folder = true;
    entry.executable = (mode & 0111) != 0;
  }
  EYRIE_CHECK_OK(check_name(entry.name));
  return entry;
}

// Files and folders, those that only paths name included, so that none is both.
struct Names {
  std::set<std::string, std::less<>> files, folders;

  Status add(const Entry& entry) {
    for (std::size_t slash = entry.name.find('/'); slash != std::string::npos; slash = entry.name.find('/', slash + 1)) {
      folders.insert(entry.name.substr(0, slash));
    }
    if (entry.is_folder) {
      folders.insert(entry.name);
    } else if (!files.insert(entry.name).second) {
      return invalid("The archive has a name twice: " + entry.name.substr(0, 100));
    }
    return {};
  }
  Status check() const {
    for (const std::string& folder : folders) {
      if (files.contains(folder)) return invalid("The archive has a name as a file and as a folder: " + folder.substr(0, 100));
    }
    return {};
  }
};

Result<std::vector<Entry>> entries_of(zip_t* archive) {
  const zip_int64_t count = ::zip_get_num_entries(archive, 0);
  if (count <= 0) return invalid("Uploaded file must be a non-empty zip");
  if (static_cast<std::uint64_t>(count) > kMaxEntries) return fail(Code::kTooLarge, "The archive has more than " + std::to_string(kMaxEntries) + " entries.");
  std::vector<Entry> entries;
  Names names;
  std::uint64_t sum = 0;
  for (std::uint64_t index = 0; index < static_cast<std::uint64_t>(count); ++index) {
    EYRIE_TRY(Entry entry, read_entry(archive, index));
    EYRIE_CHECK_OK(names.add(entry));
    if (entry.size > kMaxUnzipped - sum) {
      return fail(Code::kTooLarge, "Unzipped size must be smaller than " + std::to_string(kMaxUnzipped) + " bytes");
    }
    sum += entry.size;
    entries.push_back(std::move(entry));
  }
  EYRIE_CHECK_OK(names.check());
  return entries;
}

// Reads an entry to its end, no more than it said it has; `take` gets the pieces.
template <typename Take>
Status read_content(zip_t* archive, const Entry& entry, Take take) {
  const std::unique_ptr<zip_file_t, Discard> file(::zip_fopen_index(archive, entry.index, 0));
  if (file == nullptr) return invalid("The archive's entry cannot be read: " + entry.name.substr(0, 100));
  std::vector<std::uint8_t> buffer(64U << 10);
  std::uint64_t left = entry.size;
  while (true) {
    const zip_int64_t got = ::zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0 || static_cast<std::uint64_t>(got) > left) return invalid("The archive is damaged at " + entry.name.substr(0, 100));
    if (got == 0) break;
    left -= static_cast<std::uint64_t>(got);
    EYRIE_CHECK_OK(take(ByteView(buffer).first(static_cast<std::size_t>(got))));
  }
  if (left != 0) return invalid("The archive is damaged at " + entry.name.substr(0, 100));
  return {};
}

Status write_entry(zip_t* archive, const Entry& entry, const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(entry.is_folder ? path : path.parent_path(), error);
  if (error) return fail(Code::kIo, "cannot make a folder of a function: " + error.message());
  if (entry.is_folder) return {};
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return fail(system_error("cannot write a function's file", errno));
  Status written = read_content(archive, entry, [fd](ByteView piece) -> Status {
    while (!piece.empty()) {
      const ssize_t count = ::write(fd, piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(system_error("cannot write a function's file", errno));
      piece = piece.subspan(static_cast<std::size_t>(count));
    }
    return {};
  });
  // The process's umask is its own affair: other users' processes read this.
  if (written && ::fchmod(fd, entry.executable ? 0755 : 0644) != 0) written = fail(system_error("cannot write a function's file", errno));
  ::close(fd);
  return written;
}

Status open_to_others(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::permissions(folder, std::filesystem::perms(0755), error);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_directory()) std::filesystem::permissions(entry.path(), std::filesystem::perms(0755), error);
  }
  if (error) return fail(Code::kIo, "cannot make a function's folders readable: " + error.message());
  return {};
}

}  // namespace

Status check_package(ByteView zip) {
  EYRIE_TRY(const Archive archive, open_archive(zip));
  EYRIE_TRY(const std::vector<Entry> entries, entries_of(archive.get()));
  for (const Entry& entry : entries) {
    if (!entry.is_folder) EYRIE_CHECK_OK(read_content(archive.get(), entry, [](ByteView) { return Status(); }));
  }
  return {};
}

Status unpack(ByteView zip, const std::filesystem::path& folder) {
  EYRIE_TRY(const Archive archive, open_archive(zip));
  EYRIE_TRY(const std::vector<Entry> entries, entries_of(archive.get()));
  const std::filesystem::path aside = folder.string() + ".new-" + uuid_v4();
  std::error_code error;
  Status written;
  if (std::filesystem::create_directories(aside, error); error) written = fail(Code::kIo, "cannot make a function's folder: " + error.message());
  for (std::size_t i = 0; written && i < entries.size(); ++i) written = write_entry(archive.get(), entries[i], aside / entries[i].name);
  if (written) written = open_to_others(aside);
  if (written) {
    std::filesystem::rename(aside, folder, error);
    // Somebody else may have unpacked the same meanwhile.
    if (error && !std::filesystem::is_directory(folder)) written = fail(Code::kIo, "cannot place a function's folder: " + error.message());
  }
  std::filesystem::remove_all(aside, error);
  return written;
}

}  // namespace eyrie::functions
