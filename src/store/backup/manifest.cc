#include "store/backup/manifest.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace eyrie::store {
namespace {

constexpr std::string_view kHead = "eyrie backup ", kManifestVersion = "1", kMade = "made ", kDatabase = "database ", kEnd = "end ";
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kMaxPath = 1024;

std::unexpected<Error> damaged(std::string_view what) { return fail(Code::kCorrupt, "the manifest is damaged: " + std::string(what)); }

bool is_digest(std::string_view text) {
  return text.size() == kDigestDigits && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The next line, without its end; nullopt where there is none that ends.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// What follows `name` in the next line.
std::optional<std::string_view> take_field(std::string_view& text, std::string_view name) {
  const auto line = take_line(text);
  if (!line || !line->starts_with(name)) return std::nullopt;
  return line->substr(name.size());
}

Result<ManifestEntry> parse_entry(std::string_view line) {
  const std::size_t first = line.find(' '), second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return damaged("a line names no file");
  const auto size = whole_number<std::uint64_t>(line.substr(first + 1, second - first - 1));
  ManifestEntry entry{.path = std::string(line.substr(second + 1)), .size = size.value_or(0), .sha256 = std::string(line.substr(0, first))};
  if (!size || !is_digest(entry.sha256)) return damaged("a file's size or digest is none");
  if (!is_manifest_path(entry.path)) return damaged("a file's name is none");
  return entry;
}

}  // namespace

bool is_manifest_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath) return false;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; };
    if (part.empty() || part == "." || part == ".." || !std::ranges::all_of(part, fits)) return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

std::string write_manifest(Manifest manifest) {
  std::ranges::sort(manifest.files, {}, &ManifestEntry::path);
  std::string text = std::string(kHead) + std::string(kManifestVersion) + "\n" + std::string(kMade) + manifest.made + "\n" + std::string(kDatabase) + std::to_string(manifest.database_format) + "\n";
  for (const ManifestEntry& entry : manifest.files) text += entry.sha256 + " " + std::to_string(entry.size) + " " + entry.path + "\n";
  text += std::string(kEnd) + hex_encode(crypto::sha256(as_bytes(text))) + "\n";
  return text;
}

Result<Manifest> parse_manifest(std::string_view text) {
  std::string_view rest = text;
  const auto version = take_field(rest, kHead);
  if (!version) return fail(Code::kCorrupt, "this is not the manifest of a backup");
  if (*version != kManifestVersion) return fail(Code::kUnsupported, "the backup was made by a newer version of this program");
  const auto made = take_field(rest, kMade), database = take_field(rest, kDatabase);
  const auto format = database ? whole_number<std::uint64_t>(*database) : std::nullopt;
  if (!made || !format) return damaged("its head is cut off");
  Manifest manifest{.made = std::string(*made), .database_format = *format, .files = {}};
  while (true) {
    const std::string_view before = text.substr(0, text.size() - rest.size());
    const auto line = take_line(rest);
    if (!line) return damaged("it has no end");
    if (line->starts_with(kEnd)) {
      if (!rest.empty() || line->substr(kEnd.size()) != hex_encode(crypto::sha256(as_bytes(before)))) return damaged("it fails its check");
      return manifest;
    }
    EYRIE_TRY(ManifestEntry entry, parse_entry(*line));
    if (!manifest.files.empty() && manifest.files.back().path >= entry.path) return damaged("its files are in no order");
    manifest.files.push_back(std::move(entry));
  }
}

}  // namespace eyrie::store
