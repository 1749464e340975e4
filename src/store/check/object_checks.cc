#include "store/check/object_checks.h"

#include <optional>

#include "base/ids.h"
#include "store/archive/zstd_stream.h"
#include "store/check/etag_check.h"
#include "store/objects/chunk_file.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kCheckedAtOnce = 1U << 20;

std::string place_of(const ObjectInfo& object) { return object.bucket + "/" + object.key; }

}  // namespace

void ObjectChecks::check_rows() const {
  std::optional<RowSeal> seal;
  checking_.each("SELECT data_key FROM data_keys WHERE name = 'objects'", "data_keys", [&](const Statement& row) {
    auto opened = RowSeal::open_key(checking_.keys, "objects", row.blob(0));  // what keeps it closed is reported with its table
    if (opened) seal.emplace(*std::move(opened));
  });
  checking_.each("SELECT bucket || '/' || CAST(key AS TEXT) FROM objects WHERE bucket NOT IN (SELECT name FROM buckets)", "objects",
                 [&](const Statement& row) { checking_.dangling(row.text(0), "there is no such bucket"); });
  if (!seal) {
    if (checking_.number("SELECT COUNT(*) FROM objects", "objects") > 0) checking_.damaged_row("data_keys objects", "without it what is told of objects does not open");
    return;
  }
  checking_.each("SELECT key, file, size, modified_ms, sequencer, attributes, parts, bucket, cold FROM objects", "objects",
                 [&](const Statement& row) { check_row(row, *seal); });
  check_copies(*seal);
}

void ObjectChecks::check_row(const Statement& row, const RowSeal& seal) const {
  ++checking_.counts.rows;
  ++checking_.counts.objects;
  const std::string place = row.text(7) + "/" + row.text(0);
  const auto object = read_object_row(row, seal, row.text(7));
  if (!object) return checking_.damaged_row(place, object.error().message);
  if (object->cold != (row.integer(8) != 0)) checking_.damaged_row(place, "its row says two things of where its file lies");
  if (!is_uuid(object->file)) return checking_.damaged_row(place, "its file has no name");
  const bool compressed = object->stored_size > 0;
  check_file(*object, {.folder = object->cold ? cold_ : hot_, .file = object->file, .stored_size = compressed ? object->stored_size : object->info.size, .compressed = compressed});
}

void ObjectChecks::check_copies(const RowSeal& seal) const {
  struct Copy {
    std::string bucket, key, file;
  };
  std::vector<Copy> copies;
  checking_.each("SELECT bucket, key, file FROM restored_copies", "restored_copies", [&](const Statement& row) { copies.push_back({row.text(0), row.text(1), row.text(2)}); });
  for (const Copy& copy : copies) {
    ++checking_.counts.rows;
    const std::string place = copy.bucket + "/" + copy.key;
    const auto object = find_object(checking_.connection, seal, copy.bucket, copy.key);
    if (!object) continue;  // reported with its row
    if (!*object || !is_archived((*object)->info.storage_class)) {
      checking_.dangling(place, "a temporary copy of what is not archived");
      continue;
    }
    if (!copy.file.empty()) check_file(**object, {.folder = hot_, .file = copy.file, .stored_size = (*object)->info.size});
  }
}

void ObjectChecks::damaged_file(const ObjectRow& row, const Expected& expected, const Error& error) const {
  const bool missing = error.code == Code::kNotFound;
  checking_.report({.kind = missing ? "file-missing" : "file",
                    .place = place_of(row.info),
                    .what = expected.folder.path(expected.file).string() + (missing ? " is missing" : ": " + error.message),
                    .advice = "restore it from a backup, or upload the object anew; deleting it works"});
}

void ObjectChecks::check_file(const ObjectRow& row, const Expected& expected) const {
  const bool is_customers = !row.info.customer_key.empty();
  std::optional<crypto::SecretKey> given;
  if (row.info.kms && checking_.sinks.opener) {
    if (auto opened = checking_.sinks.opener(row.info)) given = *opened;
  }
  if (is_customers || (row.info.kms && !given)) {
    ++checking_.counts.under_given_keys;
    const Status outside = check_without_key(expected.folder.path(expected.file), expected.file, expected.stored_size);
    if (!outside) damaged_file(row, expected, outside.error());
    return;
  }
  const auto read = read_file(row, expected, given ? &*given : nullptr);
  if (!read) return damaged_file(row, expected, read.error());
  checking_.counts.bytes += *read;
}

// Answers the plaintext's size.
Result<std::uint64_t> ObjectChecks::read_file(const ObjectRow& row, const Expected& expected, const crypto::SecretKey* given) const {
  EYRIE_TRY(const auto reader, ChunkReader::open(expected.folder.path(expected.file), expected.file, expected.stored_size, checking_.keys, given));
  EtagCheck etag(row.info);
  std::uint64_t size = 0;
  const auto take = [&](ByteView bytes) -> Status {
    size += bytes.size();
    if (size > row.info.size) return fail(Code::kCorrupt, "it holds more than its row says");
    etag.update(bytes);
    return {};
  };
  const auto stream = expected.compressed ? ZstdStream::decompressor() : nullptr;
  Bytes buffer(kCheckedAtOnce);
  for (std::uint64_t at = 0;;) {
    EYRIE_TRY(const std::size_t got, reader->read_at(at, buffer));
    if (got == 0) break;
    const ByteView piece = ByteView(buffer).first(got);
    EYRIE_CHECK_OK(stream ? stream->write(piece, take) : take(piece));
    at += got;
  }
  if (stream) EYRIE_CHECK_OK(stream->finish(take));
  if (size != row.info.size) return fail(Code::kCorrupt, "it holds less than its row says");
  if (!etag.fits().value_or(true)) return fail(Code::kCorrupt, "its bytes make another ETag than " + row.info.etag);
  return size;
}

void ObjectChecks::check_files() const {
  check_folder(hot_, false);
  check_folder(cold_, true);
}

void ObjectChecks::leftover(const std::filesystem::path& file, std::string what) const {
  checking_.report({.kind = "leftover", .place = file.string(), .what = std::move(what), .advice = "the next start removes it", .harmless = true});
}

void ObjectChecks::check_folder(const ObjectFolder& folder, bool cold) const {
  std::error_code error;
  const auto temporary = folder.temporary("").parent_path();
  for (std::filesystem::directory_iterator it(temporary, error), end; !error && it != end; it.increment(error)) leftover(it->path(), "an upload or a move that was cut off");
  std::error_code unreadable;
  for (std::filesystem::recursive_directory_iterator it(folder.objects(), unreadable), end; !unreadable && it != end; it.increment(unreadable)) {
    if (it->path() == temporary) it.disable_recursion_pending();
    const std::string name = it->path().filename().string();
    if (!is_uuid(name) || it->path() != folder.path(name)) continue;
    const auto named = names_file(checking_.connection, name, cold);
    if (!named) return checking_.unreadable("objects", named.error());
    if (!*named) leftover(it->path(), "no row names it");
  }
  if (unreadable && unreadable != std::errc::no_such_file_or_directory) {
    checking_.report({.kind = "folder", .place = folder.objects().string(), .what = unreadable.message(), .advice = "look after the disk, and the folder's rights"});
  }
}

}  // namespace eyrie::store
