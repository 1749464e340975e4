#include "store/objects/objects.h"

#include <unistd.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/trace/trace_steps.h"
#include "store/objects/customer_key.h"

namespace eyrie::store {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

class Reader final : public ObjectReader {
 public:
  Reader(ObjectInfo info, std::unique_ptr<ChunkReader> file)
      : info_(std::move(info)), file_(std::move(file)) {}
  const ObjectInfo& info() const override { return info_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
    return file_->read_at(offset, into);
  }

 private:
  const ObjectInfo info_;
  const std::unique_ptr<ChunkReader> file_;
};

class Writer final : public ObjectWriter {
 public:
  Writer(SqliteObjects& objects, crypto::Md5Thread& md5_thread, ObjectInfo object, std::string file,
         std::unique_ptr<ChunkWriter> chunks)
      : objects_(objects), object_(std::move(object)), file_(std::move(file)), chunks_(std::move(chunks)), md5_(md5_thread) {}
  ~Writer() override {
    if (!committed_) ::unlink(objects_.hot().temporary(file_).c_str());
  }

  // MD5 takes as long as all the rest together: it goes on beside it.
  Status write(ByteView piece) override {
    md5_.begin(piece);
    const Status written = chunks_->write(piece);
    md5_.let_go();
    return written;
  }
  std::string md5_hex() override { return hex_encode(md5_.digest()); }
  std::uint64_t size() const override { return chunks_->size(); }

  Result<ObjectInfo> commit(const PutCommit& commit) override {
    EYRIE_CHECK_OK(chunks_->finish());
    object_.size = chunks_->size();
    object_.etag = commit.etag.empty() ? md5_hex() : commit.etag;
    auto object = objects_.commit(object_, *chunks_, file_, commit);
    committed_ = object.has_value();
    return object;
  }

 private:
  SqliteObjects& objects_;
  ObjectInfo object_;
  const std::string file_;
  const std::unique_ptr<ChunkWriter> chunks_;
  crypto::Md5Tail md5_;
  bool committed_ = false;
};

Status check_conditions(const PutConditions& conditions, const std::optional<ObjectRow>& current) {
  if (conditions.if_none_match && current) return fail(Code::kFailedPrecondition, "the object exists");
  if (!conditions.if_match) return {};
  if (!current) return fail(Code::kNotFound, "the object to match does not exist");
  if (*conditions.if_match != "*" && !current->readable) return fail(Code::kCorrupt, "what is told of the object to match is damaged");
  if (*conditions.if_match != "*" && current->info.etag != *conditions.if_match)
    return fail(Code::kFailedPrecondition, "the object has another ETag");
  return {};
}

Status check_key(const std::string& key) {
  if (key.empty()) return fail(Code::kInvalidArgument, "the object's key is empty");
  if (key.size() > kMaxKeyBytes)
    return fail(Code::kInvalidArgument, "the object's key is longer than 1024 bytes");
  if (!valid_utf8(key)) return fail(Code::kInvalidArgument, "the object's key is not UTF-8");
  return {};
}

// The least text greater than every one that begins with `prefix`; empty where there is none.
std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

}  // namespace

Status SqliteObjects::create_bucket(const std::string& name, const StringMap& settings) {
  const std::int64_t now = clock_.now_ms();
  const Status made = change_bucket(name, [&](Connection& connection) -> Status {
    EYRIE_TRY(Statement statement, connection.prepare("INSERT INTO buckets(name, created_ms) VALUES(?, ?)"));
    EYRIE_CHECK_OK(statement.bind(1, name).bind(2, now).run());
    for (const auto& [setting, value] : settings) EYRIE_CHECK_OK(write_setting(connection, name, setting, value));
    return {};
  });
  if (!made && made.error().code == Code::kAlreadyExists) {
    return fail(Code::kAlreadyExists, "bucket " + name + " exists");
  }
  return made;
}

Result<Bucket> SqliteObjects::bucket(const std::string& name) {
  EYRIE_TRY(const auto facts, bucket_cache_.of(name));
  return Bucket{name, facts->created_ms};
}

Result<std::vector<Bucket>> SqliteObjects::buckets() {
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(Statement statement, connection->prepare("SELECT name, created_ms FROM buckets ORDER BY name"));
  std::vector<Bucket> all;
  while (true) {
    EYRIE_TRY(const bool row, statement.step());
    if (!row) return all;
    all.push_back({statement.text(0), statement.integer(1)});
  }
}

Status SqliteObjects::delete_bucket(const std::string& name) {
  return change_bucket(name, [&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, name));
    EYRIE_TRY(Statement any, connection.prepare("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1"));
    EYRIE_TRY(const bool row, any.bind(1, name).step());
    if (row) return fail(Code::kFailedPrecondition, "bucket " + name + " is not empty");
    EYRIE_TRY(Statement settings, connection.prepare("DELETE FROM bucket_settings WHERE bucket = ?"));
    EYRIE_CHECK_OK(settings.bind(1, name).run());
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM buckets WHERE name = ?"));
    return statement.bind(1, name).run();
  });
}

Result<std::unique_ptr<ObjectWriter>> SqliteObjects::begin_put(const std::string& bucket_name, const std::string& key,
                                                               const crypto::SecretKey* given_key,
                                                               const KmsEnvelope* envelope) {
  EYRIE_CHECK_OK(check_key(key));
  EYRIE_CHECK_OK(bucket(bucket_name));
  const std::string file = uuid_v4();
  EYRIE_TRY(auto chunks, ChunkWriter::create(hot_.temporary(file), file, keys_, given_key));
  ObjectInfo object{.bucket = bucket_name, .key = key};
  if (envelope != nullptr) {
    object.kms = *envelope;
  } else if (given_key != nullptr) {
    object.customer_key = remember_customer_key(*given_key);
  }
  return std::make_unique<Writer>(*this, md5_thread_, std::move(object), file, std::move(chunks));
}

bool SqliteObjects::is_surely_lost(const Status& committed) {
  return !committed && committed.error().code == Code::kUnavailable;
}

Result<ObjectInfo> SqliteObjects::commit(ObjectInfo object, ChunkWriter& chunks, const std::string& file,
                                         const PutCommit& commit) {
  const TimedStep step("commit");
  object.content_type = commit.content_type.empty() ? "binary/octet-stream" : commit.content_type;
  object.metadata = commit.metadata;
  object.headers = commit.headers;
  object.tags = commit.tags;
  object.checksums = commit.checksums;
  object.parts = commit.parts;
  object.storage_class = commit.storage_class;
  object.upload = commit.upload;
  const Placing placing(mutex_, placing_, file);
  EYRIE_CHECK_OK(hot_.place(file));
  const std::filesystem::path path = hot_.path(file);
  // Nothing names the file yet, so it may be placed before it is synced; where the file system keeps a
  // journal, the sync of the file then carries the folder's change with it.
  Status outcome = chunks.sync();
  if (outcome) outcome = sync_directory(path.parent_path());
  Paths replaced;
  std::vector<std::string> told;
  bool refused = !outcome;
  if (outcome) {
    // Sealed here rather than on the writer's thread, which others wait for.
    const NewRow row{.file = file, .attributes = seal_attributes(seal_, {.info = object, .file = file}), .parts = seal_parts(seal_, object)};
    outcome = database_.run([&](Connection& connection) -> Status {
      const Status inserted = insert_object(connection, object, row, commit, replaced, told);
      refused = !inserted;
      return inserted;
    });
  }
  if (refused || is_surely_lost(outcome)) remove_file(path);
  if (!outcome) return fail(outcome.error());
  remover_.remove(std::move(replaced));
  if (ObjectWatcher* watcher = watcher_) watcher->made(object, told);
  if (!told.empty()) tell_queue();
  if (is_archived(object.storage_class)) archive_work_ = true;
  return object;
}

Result<SqliteObjects::Paths> SqliteObjects::forget_files(Connection& connection, const ObjectRow& row) {
  Paths paths{(row.cold ? cold_ : hot_).path(row.file)};
  if (!row.info.restore) return paths;
  if (!row.restored_file.empty()) paths.push_back(hot_.path(row.restored_file));
  EYRIE_CHECK_OK(delete_restored_copy(connection, row.info.bucket, row.info.key));
  return paths;
}

Status SqliteObjects::insert_object(Connection& connection, ObjectInfo& object, const NewRow& row,
                                    const PutCommit& commit, Paths& replaced, std::vector<std::string>& told) {
  EYRIE_CHECK_OK(require_bucket(connection, object.bucket));
  if (!commit.beside.empty()) {
    EYRIE_TRY(Statement there, connection.prepare("SELECT 1 FROM objects WHERE bucket = ? AND key = ?"));
    EYRIE_TRY(const bool found, there.bind(1, object.bucket).bind_blob(2, as_bytes(commit.beside)).step());
    if (!found) return fail(Code::kNotFound, "the object beside is gone");
  }
  EYRIE_TRY(const auto before, find_object_to_replace(connection, seal_, object.bucket, object.key));
  if (before && !commit.upload.empty() && before->info.upload == commit.upload)
    return fail(Code::kAlreadyExists, "the upload has made this object already");
  EYRIE_CHECK_OK(check_conditions(commit.conditions, before));
  if (before) {
    EYRIE_TRY(replaced, forget_files(connection, *before));
  }
  if (is_archived(object.storage_class)) {
    EYRIE_TRY(Statement move, connection.prepare("INSERT OR REPLACE INTO cold_moves(bucket, key) VALUES(?, ?)"));
    EYRIE_CHECK_OK(move.bind(1, object.bucket).bind_blob(2, as_bytes(object.key)).run());
  }
  object.modified_ms = clock_.now_ms();
  EYRIE_TRY(object.sequencer, next_sequencer(connection, object.modified_ms));
  EYRIE_TRY(
      Statement statement,
      connection.prepare(
          "INSERT OR REPLACE INTO objects(bucket, key, file, size, etag, modified_ms, sequencer, attributes,"
          " parts) VALUES(?, ?, ?, ?, '', ?, ?, ?, ?)"));
  statement.bind(1, object.bucket).bind_blob(2, as_bytes(object.key)).bind(3, row.file);
  statement.bind(4, static_cast<std::int64_t>(object.size)).bind(5, object.modified_ms);
  EYRIE_CHECK_OK(statement.bind(6, object.sequencer).bind_blob(7, row.attributes).bind_blob(8, row.parts).run());
  told.clear();
  EYRIE_CHECK_OK(push_events(connection, object, {.name = commit.event_name, .time_ms = object.modified_ms, .by = commit.by}, &told));
  return {};
}

Result<bool> SqliteObjects::push_events(Connection& connection, const ObjectInfo& object,
                                        const ObjectEvent& event, std::vector<std::string>* told) {
  EYRIE_TRY(const std::string text, require_bucket(connection, object.bucket));
  // This transaction's view counts; what is in memory spares the parsing where it is the same.
  const auto known = bucket_cache_.of(object.bucket);
  const auto rules = known && (*known)->rules_text == text ? (*known)->rules : parse_rules(object.bucket, text);
  if (!rules) return fail(rules.error());
  bool any = false;
  for (const NotificationRule& rule : *rules) {
    if (!matches(rule, object, event.name)) continue;
    ObjectEvent described = event;
    described.configuration = rule.id;
    const Event queued{.function = rule.function,
                       .subject = object.bucket + "/" + object.key,
                       .payload = event_record(object, described),
                       .request_id = event.by.request_id,
                       .trace = event.by.trace};
    EYRIE_CHECK_OK(queue_.insert(connection, queued));
    if (told != nullptr) told->push_back(rule.function);
    any = true;
  }
  return any;
}

void SqliteObjects::tell_queue() {
  keep_trace();
  queue_.notify();
}

// A copy whose time is over is as good as gone, if not yet removed.
std::optional<Restoration> SqliteObjects::current(const std::optional<Restoration>& restore) const {
  return restore && (restore->ongoing || restore->until_ms > clock_.now_ms()) ? restore : std::nullopt;
}

Result<std::unique_ptr<ObjectReader>> SqliteObjects::open(const std::string& bucket_name, const std::string& key,
                                                          const crypto::SecretKey* customer_key,
                                                          const EnvelopeOpener& opener) {
  // An overwrite may remove the file between the look-up and the opening; the row then names another.
  std::string vanished;
  while (true) {
    std::optional<ObjectRow> row;
    {
      EYRIE_CHECK_OK(bucket_cache_.of(bucket_name));
      EYRIE_TRY(auto connection, database_.reader());
      EYRIE_TRY(row, find_object(*connection, seal_, bucket_name, key));
    }
    if (!row) return no_such_key(key);
    EYRIE_CHECK_OK(check_customer_key(row->info.customer_key, customer_key));
    std::string file = row->file;
    if (is_archived(row->info.storage_class)) {
      row->info.restore = current(row->info.restore);
      if (!row->info.restore || row->info.restore->ongoing) return fail(Code::kFailedPrecondition, "archived " + row->info.storage_class);
      file = row->restored_file;
    }
    if (file == vanished) return fail(Code::kCorrupt, "an object's file is missing");
    std::optional<crypto::SecretKey> opened;
    if (row->info.kms) {
      if (!opener) return fail(Code::kPermissionDenied, "the object is encrypted under a key of KMS");
      EYRIE_TRY(opened, opener(row->info));
    }
    auto reader = ChunkReader::open(hot_.path(file), file, row->info.size, keys_, opened ? &*opened : customer_key);
    if (reader) return std::make_unique<Reader>(std::move(row->info), std::move(*reader));
    if (reader.error().code != Code::kNotFound) return fail(reader.error());
    vanished = file;
  }
}

Result<ObjectInfo> SqliteObjects::head(const std::string& bucket_name, const std::string& key) {
  EYRIE_CHECK_OK(bucket_cache_.of(bucket_name));
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(auto row, find_object(*connection, seal_, bucket_name, key));
  if (!row) return no_such_key(key);
  row->info.restore = current(row->info.restore);
  return std::move(row->info);
}

Result<bool> SqliteObjects::remove(const std::string& bucket_name, const std::string& key, const Requester& by) {
  return remove_any(bucket_name, key, {.sequencer = "", .event_name = "ObjectRemoved:Delete", .by = by});
}

Result<bool> SqliteObjects::remove_version(const std::string& bucket_name, const std::string& key,
                                           const std::string& sequencer, const std::string& event_name,
                                           const Requester& by) {
  return remove_any(bucket_name, key, {.sequencer = sequencer, .event_name = event_name, .by = by});
}

Result<bool> SqliteObjects::remove_any(const std::string& bucket_name, const std::string& key, const Removal& removal) {
  auto removed = remove_once(bucket_name, key, removal);
  const bool full = !removed && removed.error().code == Code::kUnavailable;
  if (!full) return removed;
  reserve_.release();
  removed = remove_once(bucket_name, key, removal);
  reserve_.restore();
  return removed;
}

Result<bool> SqliteObjects::remove_once(const std::string& bucket_name, const std::string& key, const Removal& removal) {
  Paths files;
  bool notified = false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, bucket_name));
    EYRIE_TRY(auto row, find_object_to_replace(connection, seal_, bucket_name, key));
    if (!row || (!removal.sequencer.empty() && row->info.sequencer != removal.sequencer)) return {};
    EYRIE_TRY(files, forget_files(connection, *row));
    EYRIE_TRY(Statement statement, connection.prepare("DELETE FROM objects WHERE bucket = ? AND key = ?"));
    EYRIE_CHECK_OK(statement.bind(1, bucket_name).bind_blob(2, as_bytes(key)).run());
    const std::int64_t now = clock_.now_ms();
    EYRIE_TRY(row->info.sequencer, next_sequencer(connection, now));
    EYRIE_TRY(notified, push_events(connection, row->info, {.name = removal.event_name, .time_ms = now, .by = removal.by}));
    return {};
  }));
  for (const std::filesystem::path& file : files) remover_.remove_now(file);
  if (notified) tell_queue();
  if (ObjectWatcher* watcher = watcher_; watcher != nullptr && !files.empty()) watcher->removed(bucket_name, key);
  return !files.empty();
}

Result<ListPage> SqliteObjects::list(const ListQuery& query) {
  EYRIE_CHECK_OK(bucket_cache_.of(query.bucket));
  EYRIE_TRY(auto connection, database_.reader());
  EYRIE_TRY(
      Statement statement,
      connection->prepare("SELECT key, file, size, modified_ms, sequencer, attributes, '' FROM objects"
                          " WHERE bucket = ?1 AND key >= ?2 AND (?3 OR key > ?2) ORDER BY key"));
  ListPage page;
  // The scan starts at `from`; whole common prefixes are skipped by starting anew behind them.
  std::string from = std::max(query.prefix, query.start_after);
  bool inclusive = from != query.start_after || query.start_after.empty();
  // A page that ended with a common prefix goes on behind all that the prefix stands for.
  const bool resumes_behind_prefix = !query.delimiter.empty() &&
                                     query.start_after.starts_with(query.prefix) &&
                                     query.start_after.ends_with(query.delimiter) &&
                                     query.start_after.find(query.delimiter, query.prefix.size()) ==
                                         query.start_after.size() - query.delimiter.size();
  if (resumes_behind_prefix) {
    from = after_prefix(query.start_after);
    inclusive = true;
    if (from.empty()) return page;
  }
  while (true) {
    statement.reset();
    statement.bind(1, query.bucket).bind_blob(2, as_bytes(from)).bind(3, std::int64_t{inclusive});
    bool skipped = false;
    while (!skipped) {
      EYRIE_TRY(const bool row, statement.step());
      if (!row) return page;
      const std::string key = statement.text(0);  // the seal of a row that is not given out stays closed
      if (!key.starts_with(query.prefix)) return page;
      if (page.objects.size() + page.common_prefixes.size() == query.max_keys) {
        page.truncated = query.max_keys > 0;
        return page;
      }
      const std::size_t cut =
          query.delimiter.empty() ? std::string::npos : key.find(query.delimiter, query.prefix.size());
      if (cut == std::string::npos) {
        // A damaged one is listed, without what cannot be read of it: else nobody could find it to put it right.
        auto object = read_object_row(statement, seal_, query.bucket);
        if (!object) object = read_damaged_row(statement, query.bucket, object.error());
        page.next = key;
        page.objects.push_back(std::move(object->info));
        continue;
      }
      page.next = key.substr(0, cut + query.delimiter.size());
      page.common_prefixes.push_back(page.next);
      from = after_prefix(page.next);
      if (from.empty()) return page;
      inclusive = true;
      skipped = true;
    }
  }
}

Status SqliteObjects::set_tags(const std::string& bucket_name, const std::string& key, const std::string& sequencer,
                               const StringMap& tags, const Requester& by) {
  return change_tags(bucket_name, key, {.sequencer = sequencer, .event_name = "ObjectTagging:Put", .tags = tags, .by = by});
}

Status SqliteObjects::delete_tags(const std::string& bucket_name, const std::string& key, const Requester& by) {
  return change_tags(bucket_name, key, {.sequencer = "", .event_name = "ObjectTagging:Delete", .tags = {}, .by = by});
}

Status SqliteObjects::change_tags(const std::string& bucket_name, const std::string& key, const Tagging& tagging) {
  bool notified = false;
  EYRIE_CHECK_OK(database_.run([&](Connection& connection) -> Status {
    EYRIE_CHECK_OK(require_bucket(connection, bucket_name));
    EYRIE_TRY(auto row, find_object(connection, seal_, bucket_name, key));
    if (!row) return no_such_key(key);
    if (!tagging.sequencer.empty() && row->info.sequencer != tagging.sequencer) {
      return fail(Code::kFailedPrecondition, "the object was overwritten");
    }
    row->info.tags = tagging.tags;
    EYRIE_CHECK_OK(update_row(connection, seal_, *row));
    EYRIE_TRY(notified, push_events(connection, row->info,
                                    {.name = tagging.event_name, .time_ms = clock_.now_ms(), .by = tagging.by}));
    return {};
  }));
  if (notified) tell_queue();
  return {};
}

std::set<std::string> SqliteObjects::placed_now() {
  const std::lock_guard lock(mutex_);
  return placing_;
}

Result<bool> SqliteObjects::is_known(const std::string& file, bool cold) {
  EYRIE_TRY(auto connection, database_.reader());
  return names_file(*connection, file, cold);
}

std::size_t SqliteObjects::remove_orphans(const std::function<bool()>& stop) {
  const std::size_t removed = remove_orphans_in(hot_, false, stop);
  return removed + remove_orphans_in(cold_, true, stop);
}

std::size_t SqliteObjects::remove_orphans_in(const ObjectFolder& folder, bool cold, const std::function<bool()>& stop) {
  std::size_t removed = 0;
  std::error_code error;
  std::filesystem::directory_iterator folders(folder.objects(), error), end;
  for (; !error && folders != end; folders.increment(error)) {
    if (folders->path().filename() == "tmp") continue;  // the cold folder's moves in progress
    // The order matters: list, then see what is being placed, then ask the index. A file that is listed and
    // no longer being placed has its row by now, or never gets one.
    std::vector<std::string> names;
    std::error_code ignored;
    for (std::filesystem::directory_iterator it(folders->path(), ignored); !ignored && it != end;
         it.increment(ignored)) {
      names.push_back(it->path().filename().string());
    }
    const std::set<std::string> placing = placed_now();
    for (const std::string& name : names) {
      if (stop()) return removed;
      if (!is_uuid(name) || placing.contains(name)) continue;
      const auto known = is_known(name, cold);
      // Where the index does not answer, nothing is removed on suspicion.
      if (!known || *known) continue;
      if (remover_.remove_now(folder.path(name))) ++removed;
    }
  }
  return removed;
}

}  // namespace eyrie::store
