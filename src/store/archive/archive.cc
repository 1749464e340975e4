// The cold side of SqliteObjects: objects that move to the cold folder and temporary copies that come back.
//
// Every step first writes and syncs the new file, then names it in one transaction, then removes the old file; a crash leaves
// a file that no row names, which the sweep at the next start removes.
#include <unistd.h>

#include "base/ids.h"
#include "base/log.h"
#include "store/archive/zstd_stream.h"
#include "store/objects/object_rows.h"
#include "store/objects/objects.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kArchivedAtOnce = 256U << 10;

struct Named {
  std::string bucket, key;
};

// Feeds the reader's bytes through `stream` into a new chunk file at `path`; its size.
Result<std::uint64_t> rewrite(ChunkReader& reader, std::uint64_t size, ZstdStream& stream, const std::filesystem::path& path,
                              const std::string& file, const crypto::KeyRing& keys) {
  EYRIE_TRY(const auto writer, ChunkWriter::create(path, file, keys));
  const auto output = [&writer](ByteView bytes) { return writer->write(bytes); };
  Bytes buffer(kArchivedAtOnce);
  for (std::uint64_t at = 0; at < size;) {
    EYRIE_TRY(const std::size_t got, reader.read_at(at, buffer));
    if (got == 0) return fail(Code::kCorrupt, "an object's file ends too early");
    EYRIE_CHECK_OK(stream.write(ByteView(buffer).first(got), output));
    at += got;
  }
  EYRIE_CHECK_OK(stream.finish(output));
  EYRIE_CHECK_OK(writer->finish());
  EYRIE_CHECK_OK(writer->sync());
  return writer->size();
}

Result<bool> gains(ChunkReader& reader) {
  Bytes sample(kSampleBytes);
  EYRIE_TRY(const std::size_t got, reader.read_at(0, sample));
  return is_compressible(ByteView(sample).first(got));
}

Status delete_move(Connection& connection, const std::string& bucket, const std::string& key) {
  EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM cold_moves WHERE bucket = ? AND key = ?"));
  return statement.bind(1, bucket).bind_blob(2, as_bytes(key)).run();
}

Result<std::vector<Named>> read_names(Database& database, const char* sql, std::int64_t parameter) {
  EYRIE_TRY(auto connection, database.reader());
  EYRIE_TRY(Statement statement, connection->prepare(sql));
  statement.bind(1, parameter);
  std::vector<Named> names;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return names;
    names.push_back({statement.text(0), statement.text(1)});
  }
}

}  // namespace

// A file in the cold folder with the object's bytes: compressed where that gains, else as it was. Not yet placed.
Result<SqliteObjects::NewFile> SqliteObjects::write_cold(const ObjectRow& row) {
  const std::filesystem::path from = hot_.path(row.file);
  if (row.info.customer_key.empty() && !row.info.kms) {  // else only who has the key could read it
    EYRIE_TRY(const auto reader, ChunkReader::open(from, row.file, row.info.size, keys_));
    EYRIE_TRY(const bool compress, gains(*reader));
    if (compress) {
      const std::string file = uuid_v4();
      const auto stream = ZstdStream::compressor();
      const auto size = rewrite(*reader, row.info.size, *stream, cold_.temporary(file), file, keys_);
      if (!size) ::unlink(cold_.temporary(file).c_str());
      if (!size) return fail(size.error());
      return NewFile{.file = file, .stored_size = *size};
    }
  }
  EYRIE_CHECK_OK(copy_synced(from, cold_.temporary(row.file)));
  return NewFile{.file = row.file};
}

// The same the other way round.
Result<SqliteObjects::NewFile> SqliteObjects::write_copy(const ObjectRow& row) {
  const std::filesystem::path from = cold_.path(row.file);
  if (row.stored_size == 0) {
    EYRIE_CHECK_OK(copy_synced(from, hot_.temporary(row.file)));
    return NewFile{.file = row.file};
  }
  const std::string file = uuid_v4();
  EYRIE_TRY(const auto reader, ChunkReader::open(from, row.file, row.stored_size, keys_));
  const auto stream = ZstdStream::decompressor();
  auto size = rewrite(*reader, row.stored_size, *stream, hot_.temporary(file), file, keys_);
  if (size && *size != row.info.size) size = fail(Code::kCorrupt, "a compressed object has another size than its index says");
  if (!size) ::unlink(hot_.temporary(file).c_str());
  if (!size) return fail(size.error());
  return NewFile{.file = file};
}

// Places a new file and names it by `name_it`; what is not named is removed.
Status SqliteObjects::place_and_name(const ObjectFolder& folder, const std::string& file, const Database::Job& name_it) {
  const Placing placing(mutex_, placing_, file);
  Status outcome = folder.place(file);
  if (outcome) outcome = sync_directory(folder.path(file).parent_path());
  bool refused = !outcome;
  if (outcome) {
    outcome = database_.run([&](Connection& connection) -> Status {
      const Status named = name_it(connection);
      refused = !named;
      return named;
    });
  }
  if (refused || is_surely_lost(outcome)) remove_file(folder.path(file));
  return outcome;
}

Status SqliteObjects::archive(const ObjectRow& row, const std::string& storage_class, const std::string& event_name) {
  EYRIE_TRY(const NewFile cold, write_cold(row));
  bool notified = false;
  EYRIE_CHECK_OK(place_and_name(cold_, cold.file, [&](Connection& connection) -> Status {
    EYRIE_TRY(auto now, find_object(connection, seal_, row.info.bucket, row.info.key));
    if (!now || now->file != row.file || now->cold) return fail(Code::kFailedPrecondition, "the object was overwritten");
    now->file = cold.file;
    now->cold = true;
    now->stored_size = cold.stored_size;
    now->info.storage_class = storage_class;
    EYRIE_CHECK_OK(update_row(connection, seal_, *now));
    EYRIE_CHECK_OK(delete_move(connection, row.info.bucket, row.info.key));
    if (event_name.empty()) return {};
    EYRIE_TRY(notified, push_events(connection, now->info,
                                    {.name = event_name, .time_ms = clock_.now_ms(), .by = s3_itself()}));
    return {};
  }));
  remover_.remove_now(hot_.path(row.file));
  if (notified) tell_queue();
  return {};
}

Result<std::optional<ObjectRow>> SqliteObjects::row_of(const std::string& bucket, const std::string& key) {
  EYRIE_TRY(auto connection, database_.reader());
  return find_object(*connection, seal_, bucket, key);
}

Status SqliteObjects::set_storage_class(const std::string& bucket, const std::string& key, const std::string& sequencer,
                                        const std::string& storage_class) {
  constexpr const char* kEvent = "LifecycleTransition";
  EYRIE_TRY(const auto row, row_of(bucket, key));
  if (!row) return no_such_key(key);
  if (row->info.sequencer != sequencer) return fail(Code::kFailedPrecondition, "the object was overwritten");
  if (is_archived(storage_class) && !row->cold) return archive(*row, storage_class, kEvent);
  if (row->cold && !is_archived(storage_class)) return fail(Code::kFailedPrecondition, "archived objects come back by restoring only");
  bool notified = false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(auto now, find_object(connection, seal_, bucket, key));
    if (!now || now->info.sequencer != sequencer) return fail(Code::kFailedPrecondition, "the object was overwritten");
    now->info.storage_class = storage_class;
    EYRIE_CHECK_OK(update_row(connection, seal_, *now));
    EYRIE_TRY(notified, push_events(connection, now->info, {.name = kEvent, .time_ms = clock_.now_ms(), .by = s3_itself()}));
    return {};
  }));
  if (notified) tell_queue();
  return {};
}

Result<RestoreOutcome> SqliteObjects::restore(const std::string& bucket, const std::string& key, std::int64_t until_ms,
                                              const Requester& by) {
  RestoreOutcome outcome = RestoreOutcome::kStarted;
  bool notified = false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, bucket));
    EYRIE_TRY(const auto row, find_object(connection, seal_, bucket, key));
    if (!row) return no_such_key(key);
    if (!is_archived(row->info.storage_class)) return fail(Code::kInvalidArgument, "the object is not archived");
    if (row->info.restore && row->info.restore->ongoing) return fail(Code::kAlreadyExists, "the object is being restored");
    if (row->info.restore) outcome = RestoreOutcome::kExtended;
    EYRIE_TRY(Statement statement,
              connection.prepare("INSERT INTO restored_copies(bucket, key, file, until_ms) VALUES(?1, ?2, '', ?3)"
                                 " ON CONFLICT(bucket, key) DO UPDATE SET until_ms = ?3"));
    EYRIE_CHECK_OK(statement.bind(1, bucket).bind_blob(2, as_bytes(key)).bind(3, until_ms).run());
    if (outcome == RestoreOutcome::kExtended) return {};  // nothing begins
    EYRIE_TRY(notified, push_events(connection, row->info,
                                    {.name = "ObjectRestore:Post", .time_ms = clock_.now_ms(), .by = by}));
    return {};
  }));
  if (notified) tell_queue();
  archive_work_ = true;
  return outcome;
}

Status SqliteObjects::move_waiting(const std::string& bucket, const std::string& key) {
  EYRIE_TRY(const auto row, row_of(bucket, key));
  if (row && is_archived(row->info.storage_class) && !row->cold) return archive(*row, row->info.storage_class, "");
  return database_.run([&](Connection& connection) {
    return delete_move(connection, bucket, key);
  });
}

Status SqliteObjects::restore_waiting(const std::string& bucket, const std::string& key) {
  EYRIE_TRY(const auto row, row_of(bucket, key));
  if (!row || !row->cold) return fail(Code::kNotFound, "nothing to restore");
  EYRIE_TRY(const NewFile copy, write_copy(*row));
  bool notified = false;
  EYRIE_CHECK_OK(place_and_name(hot_, copy.file, [&](Connection& connection) -> Status {
    EYRIE_TRY(const auto now, find_object(connection, seal_, bucket, key));
    if (!now || now->file != row->file) return fail(Code::kFailedPrecondition, "the object was overwritten");
    EYRIE_TRY(Statement statement, connection.prepare(
                                       "UPDATE restored_copies SET file = ? WHERE bucket = ? AND key = ? AND file = ''"));
    EYRIE_CHECK_OK(statement.bind(1, copy.file).bind(2, bucket).bind_blob(3, as_bytes(key)).run());
    if (connection.changes() == 0) return fail(Code::kFailedPrecondition, "nobody waits for this copy");
    EYRIE_TRY(notified, push_events(connection, now->info, {.name = "ObjectRestore:Completed",
                                                            .time_ms = clock_.now_ms(),
                                                            .by = s3_itself()}));
    return {};
  }));
  if (notified) tell_queue();
  return {};
}

Status SqliteObjects::drop_expired(const std::string& bucket, const std::string& key) {
  std::string file;
  bool notified = false;
  const std::int64_t now_ms = clock_.now_ms();
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_TRY(const auto row, find_object(connection, seal_, bucket, key));
    if (!row || !row->info.restore || row->info.restore->ongoing || row->info.restore->until_ms > now_ms) return {};
    file = row->restored_file;
    EYRIE_CHECK_OK(delete_restored_copy(connection, bucket, key));
    EYRIE_TRY(notified, push_events(connection, row->info, {.name = "ObjectRestore:Delete",
                                                            .time_ms = now_ms,
                                                            .by = s3_itself()}));
    return {};
  }));
  if (!file.empty()) remover_.remove_now(hot_.path(file));
  if (notified) tell_queue();
  return {};
}

Status SqliteObjects::work_on_archive(const std::function<bool()>& stop) {
  archive_work_ = false;
  using Step = Status (SqliteObjects::*)(const std::string&, const std::string&);
  const std::tuple<const char*, std::int64_t, Step> steps[] = {
      {"SELECT bucket, key FROM cold_moves WHERE ?1 = 0", 0, &SqliteObjects::move_waiting},
      {"SELECT bucket, key FROM restored_copies WHERE file = '' AND ?1 = 0", 0, &SqliteObjects::restore_waiting},
      {"SELECT bucket, key FROM restored_copies WHERE file <> '' AND until_ms <= ?1", clock_.now_ms(),
       &SqliteObjects::drop_expired}};
  for (const auto& [sql, parameter, step] : steps) {
    EYRIE_TRY(const auto names, read_names(database_, sql, parameter));
    for (const Named& object : names) {
      if (stop()) return {};
      const Status done = (this->*step)(object.bucket, object.key);
      if (done || done.error().code == Code::kFailedPrecondition) continue;  // else overwritten meanwhile
      log_error("an archived object cannot be moved",
                {{"bucket", object.bucket}, {"key", object.key}, {"error", done.error().message}});
    }
  }
  return {};
}

}  // namespace eyrie::store
