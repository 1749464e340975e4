#include "store/rotation/rotation.h"

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "store/backup/hold.h"
#include "store/faces/face_seal.h"
#include "store/items/item_seal.h"
#include "store/layout.h"
#include "store/messages/messages.h"
#include "store/outbox/sqlite_outbox.h"
#include "store/records/records.h"
#include "store/rotation/header_journal.h"
#include "store/sealing/row_seal.h"
#include "store/sqlite/database.h"

namespace eyrie::store {
namespace {

using crypto::KeyRing;
using crypto::WrappedKey;

constexpr std::size_t kBatchFiles = 256;  // files open at once

// Where the database keeps wrapped keys, and what each is bound to. Whatever table gets a column `data_key` belongs in here.
struct KeyColumn {
  const char* table;
  const char* select;                          // the two columns that name a row, and the one that begins with the key
  const char* update;                          // the new value, and the names
  std::string (*place)(const Statement& row);  // of a row selected
};
constexpr KeyColumn kKeyColumns[] = {
    {"tables", "SELECT name, '', data_key FROM tables", "UPDATE tables SET data_key = ? WHERE (name, '') = (?, ?)",
     [](const Statement& row) { return ItemSeal::key_place(row.text(0)); }},
    {"collections", "SELECT name, '', data_key FROM collections", "UPDATE collections SET data_key = ? WHERE (name, '') = (?, ?)",
     [](const Statement& row) { return FaceSeal::key_place(row.text(0)); }},
    {"data_keys", "SELECT name, '', data_key FROM data_keys", "UPDATE data_keys SET data_key = ? WHERE (name, '') = (?, ?)",
     [](const Statement& row) { return RowSeal::key_place(row.text(0)); }},
    {"records", "SELECT kind, name, value FROM records", "UPDATE records SET value = ? WHERE (kind, name) = (?, ?)",
     [](const Statement& row) { return SqliteRecords::place_of(row.text(0), row.text(1)); }},
    {"message_storages", "SELECT id, '', data_key FROM message_storages", "UPDATE message_storages SET data_key = ? WHERE (id, '') = (?, ?)",
     [](const Statement& row) { return SqliteMessages::key_place(row.integer(0)); }},
    {"outbox_messages", "SELECT name, '', content FROM outbox_messages", "UPDATE outbox_messages SET content = ? WHERE (name, '') = (?, ?)",
     [](const Statement& row) { return SqliteOutbox::place_of(row.text(0)); }},
};

// No key may be left behind: the old master key is gone afterwards.
Status check_all_known(Connection& connection) {
  EYRIE_TRY(Statement found, connection.prepare("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                                                " WHERE m.type = 'table' AND c.name = 'data_key'"));
  while (true) {
    EYRIE_TRY(const bool row, found.step());
    if (!row) return {};
    const std::string table = found.text(0);
    bool known = false;
    for (const KeyColumn& column : kKeyColumns) known = known || table == column.table;
    if (!known) return fail(Code::kUnsupported, "the table " + table + " holds data keys that this program cannot wrap anew");
  }
}

struct NewKey {
  std::string first, second;
  Bytes value;
};

Result<std::vector<NewKey>> rewrapped_rows(Connection& connection, const KeyColumn& column, const KeyRing& keys) {
  constexpr std::size_t kSize = WrappedKey::kBytes;
  EYRIE_TRY(Statement row, connection.prepare(column.select));
  std::vector<NewKey> changed;
  while (true) {
    EYRIE_TRY(const bool more, row.step());
    if (!more) return changed;
    const ByteView stored = row.blob(2);
    if (stored.empty()) continue;  // of an older format, which gets its key when the store is opened, or of a queue that is gone
    const std::string place = column.place(row);
    if (stored.size() < kSize) return fail(Code::kCorrupt, "the key of " + place + " is cut off");
    const WrappedKey wrapped = WrappedKey::of_bytes(stored.first<kSize>());
    if (wrapped.key_id == keys.current_key_id()) continue;
    auto anew = keys.rewrap(wrapped, as_bytes(place), as_bytes(place));
    if (!anew) return fail(anew.error().code, place + ": " + anew.error().message);
    const auto bytes = anew->bytes();
    NewKey made{.first = row.text(0), .second = row.text(1), .value = Bytes(bytes.begin(), bytes.end())};
    made.value.insert(made.value.end(), stored.begin() + kSize, stored.end());
    changed.push_back(std::move(made));
  }
}

Result<std::size_t> rewrap_rows(Connection& connection, const KeyRing& keys) {
  std::size_t count = 0;
  for (const KeyColumn& column : kKeyColumns) {
    EYRIE_TRY(const auto changed, rewrapped_rows(connection, column, keys));
    for (const NewKey& row : changed) {
      EYRIE_TRY(Statement update, connection.prepare(column.update));
      EYRIE_CHECK_OK(update.bind_blob(1, row.value).bind(2, row.first).bind(3, row.second).run());
    }
    count += changed.size();
  }
  EYRIE_TRY(Statement setting, connection.prepare("INSERT OR REPLACE INTO settings(name, value) VALUES(?, ?)"));
  const std::string current = std::to_string(keys.current_key_id());
  EYRIE_CHECK_OK(setting.bind(1, kMasterKeySetting).bind(2, current).run());
  return count;
}

// Walks over the files rather than over the rows: what no row names is wrapped anew too, until the sweep removes it.
class Files {
 public:
  Files(const KeyRing& keys, const HeaderJournal& journal, RotationCounts& counts) : keys_(keys), journal_(journal), counts_(counts) {}

  Status add_all(const ObjectFolder& folder, bool cold) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator files(folder.objects(), error), end;
    for (; !error && files != end; files.increment(error)) {
      const std::string name = files->path().filename().string();
      if (!is_uuid(name) || files->path() != folder.path(name)) continue;
      EYRIE_CHECK_OK(add(folder, cold, name));
    }
    if (error) return fail(Code::kIo, "cannot list " + folder.objects().string() + ": " + error.message());
    return flush();
  }

 private:
  Status add(const ObjectFolder& folder, bool cold, const std::string& name) {
    const auto header = rewrapped_header(folder.path(name), name, keys_);
    if (!header) {
      // It could not be read before either; what cannot be read for now stops the work.
      if (header.error().code != Code::kCorrupt && header.error().code != Code::kFailedPrecondition) return fail(header.error());
      log_warning("an object's file keeps the key that it has", {{"file", name}, {"error", header.error().message}});
      ++counts_.unreadable;
      return {};
    }
    if (!*header) return {};
    batch_.push_back({.cold = cold, .file = name, .header = **header});
    return batch_.size() < kBatchFiles ? Status() : flush();
  }
  Status flush() {
    if (batch_.empty()) return {};
    EYRIE_CHECK_OK(journal_.write(batch_));
    counts_.files += batch_.size();
    batch_.clear();
    return {};
  }

  const KeyRing& keys_;
  const HeaderJournal& journal_;
  RotationCounts& counts_;
  std::vector<HeaderJournal::Entry> batch_;
};

}  // namespace

Result<RotationCounts> rotate_master_key(const EmbeddedOptions& options, const crypto::KeySource* seal) {
  const std::filesystem::path& directory = options.directory;
  std::error_code unreadable;
  if (!std::filesystem::exists(directory / kDatabaseFile, unreadable)) return fail(Code::kNotFound, "there is no data directory at " + directory.string());
  EYRIE_TRY(const File hold, hold_files(directory));
  {
    // Opening it brings older formats forward and makes sure that these are the key and the cold folder that belong to it.
    EYRIE_TRY(const auto store, EmbeddedStore::open(options));
  }
  EYRIE_TRY(const File lock, lock_directory(directory));
  const auto key_file = directory / kMasterKeyFile;
  EYRIE_TRY(const KeyRing before, KeyRing::load(key_file, options.keys.sources));
  EYRIE_TRY(const auto database, Database::open(directory / kDatabaseFile));
  EYRIE_CHECK_OK(database->run(check_all_known));

  EYRIE_TRY(const KeyRing both, before.with_new_key().replace(key_file, seal));
  RotationCounts counts;
  EYRIE_CHECK_OK(database->run([&](Connection& connection) -> Status {
    EYRIE_TRY(counts.rows, rewrap_rows(connection, both));
    return {};
  }));
  const ObjectFolder hot = hot_folder(directory), cold = cold_folder(directory, options.cold);
  const HeaderJournal journal(directory, hot, cold);
  Files files(both, journal, counts);
  EYRIE_CHECK_OK(files.add_all(hot, false));
  EYRIE_CHECK_OK(files.add_all(cold, true));
  EYRIE_CHECK_OK(journal.finish());
  EYRIE_TRY(const KeyRing after, both.with_current_key_alone().replace(key_file, seal));
  return counts;
}

}  // namespace eyrie::store
