// What is whole is found whole; each kind of damage is found, and said where it is.
#include "store/check/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/encoding.h"
#include "store/check/table_checks.h"
#include "store/layout.h"
#include "store/testing_at_rest.h"
#include "store/testing_everything.h"

namespace eyrie::store {
namespace {

using testing::kObjects;

class CheckTest : public testing::AtRestTest<testing::StoreTest> {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    testing::put_everything(*store_, directory_.path(), customer_);
  }
  // With the store closed.
  std::vector<Finding> check(const EnvelopeOpener& opener = {}) {
    store_.reset();
    std::vector<Finding> findings;
    const auto counts = check_store({.directory = directory_.path()}, {.found = [&](const Finding& finding) { findings.push_back(finding); }, .opener = opener});
    EXPECT_TRUE(counts) << counts.error().message;
    if (counts) counts_ = *counts;
    EXPECT_EQ(counts_.damage + counts_.harmless, findings.size());
    return findings;
  }
  // One finding, of this kind, whose place and words hold these.
  void expect_found(std::string_view kind, std::string_view place, std::string_view what = "") {
    const auto findings = check();
    for (const Finding& finding : findings) {
      if (finding.kind == kind && finding.place.contains(place) && finding.what.contains(what)) return;
    }
    ADD_FAILURE() << "no " << kind << " at " << place << " among " << findings.size() << " findings"
                  << (findings.empty() ? "" : ": " + findings[0].kind + " " + findings[0].place + " " + findings[0].what);
  }
  static void flip(const std::filesystem::path& file, std::streamoff at) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(at);
    const int byte = stream.get();
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ 0x10));
  }
  std::string file_of(const std::string& key) {
    store_.reset();
    const auto connection = Connection::open_read_only(directory_.path() / kDatabaseFile, 1024);
    auto statement = (*connection)->prepare("SELECT file FROM objects WHERE key = ?");
    EXPECT_TRUE(*statement->bind_blob(1, as_bytes(key)).step());
    return statement->text(0);
  }

  const crypto::SecretKey customer_ = crypto::SecretKey::random();
  CheckCounts counts_;
};

TEST_F(CheckTest, WhatIsWholeIsFoundWhole) {
  for (const Finding& finding : check()) ADD_FAILURE() << finding.kind << " " << finding.place << ": " << finding.what;
  EXPECT_EQ(counts_.objects, kObjects + 1U);
  EXPECT_EQ(counts_.under_given_keys, 1U);
  std::uint64_t bytes = 0;
  for (int i = 0; i < kObjects; ++i) bytes += testing::content_of(i).size();
  EXPECT_EQ(counts_.bytes, bytes);
}

TEST_F(CheckTest, ChangesNothing) {
  store_.reset();
  std::map<std::filesystem::path, std::filesystem::file_time_type> before, after;
  for (const auto& file : testing::files_below(directory_.path())) before[file] = std::filesystem::last_write_time(file);
  check();
  for (const auto& file : testing::files_below(directory_.path())) {
    if (file.extension() != ".db-shm" && file.extension() != ".db-wal") after[file] = std::filesystem::last_write_time(file);
  }
  EXPECT_EQ(before, after);
}

// What a table is for and what must hold of it has to be thought of when it is made.
TEST_F(CheckTest, KnowsEveryTable) {
  store_.reset();
  const auto connection = Connection::open_read_only(directory_.path() / kDatabaseFile, 1024);
  ASSERT_TRUE(connection);
  auto statement = (*connection)->prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'clear_%'");
  ASSERT_TRUE(statement);
  std::set<std::string> tables, known;
  while (*statement->step()) tables.insert(statement->text(0));
  for (const TableCheck& check : table_checks()) known.insert(check.table);
  EXPECT_EQ(tables, known);
}

TEST_F(CheckTest, EveryFlippedBitOfAnObjectsFileIsFound) {
  for (const auto& file : {directory_.path() / "objects", directory_.path() / "cold"}) {
    int tried = 0;
    for (const auto& path : testing::files_below(file)) {
      if (!is_uuid(path.filename().string()) || path.filename() == file_of("given")) continue;
      const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
      for (const std::streamoff at : {std::streamoff{0}, std::streamoff{13}, std::streamoff{30}, std::streamoff{60}, std::streamoff{92}, size / 2, size - 1}) {
        flip(path, at);
        expect_found("file", "b/object-");
        flip(path, at);
      }
      if (++tried == 3) break;
    }
  }
  EXPECT_TRUE(check().empty());
}

TEST_F(CheckTest, WhatIsSaidOfAFileWithoutItsKey) {
  const auto path = hot_folder(directory_.path()).path(file_of("given"));
  flip(path, 5);
  expect_found("file", "b/given", "wrong header");
  flip(path, 5);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  expect_found("file", "b/given", "another length");
}

TEST_F(CheckTest, MissingAndSuperfluousFiles) {
  const auto path = hot_folder(directory_.path()).path(file_of("object-1"));
  const auto other = hot_folder(directory_.path()).path(uuid_v4());
  std::filesystem::rename(path, other);
  expect_found("file-missing", "b/object-1");
  expect_found("leftover", other.string());
  EXPECT_EQ(counts_.damage, 1U);
  EXPECT_EQ(counts_.harmless, 1U);
  std::filesystem::rename(other, path);
  write_file(directory_.path() / "tmp" / uuid_v4(), "an upload");
  expect_found("leftover", "tmp/");
  EXPECT_EQ(counts_.damage, 0U);
}

TEST_F(CheckTest, BytesThatMakeAnotherETag) {
  const auto made = testing::put(objects(), "b", "k", "some bytes", {.etag = std::string(32, 'a')});
  ASSERT_TRUE(made);
  expect_found("file", "b/k", "another ETag");
}

TEST_F(CheckTest, MultipartETags) {
  const std::string content = testing::content_of(7);
  // MD5 of the MD5s of three parts, the last of them empty.
  crypto::Md5 all;
  all.update(crypto::md5(as_bytes(content).first(1000)));
  all.update(crypto::md5(as_bytes(content).subspan(1000)));
  all.update(crypto::md5({}));
  const std::vector<PartInfo> parts{{.number = 1, .size = 1000}, {.number = 2, .size = content.size() - 1000}, {.number = 5, .size = 0}};
  const std::string etag = hex_encode(all.finish()) + "-3";
  ASSERT_TRUE(testing::put(objects(), "b", "whole", content, {.parts = parts, .etag = etag}));
  EXPECT_TRUE(check().empty());
  reopen();
  ASSERT_TRUE(testing::put(objects(), "b", "other", content, {.parts = {parts[1], parts[0], parts[2]}, .etag = etag}));
  expect_found("file", "b/other", "another ETag");
}

TEST_F(CheckTest, RowsOfEveryTableThatDoNotOpen) {
  constexpr const char* kDamage[][3] = {
      {"UPDATE objects SET attributes = x'00' WHERE key = x'6f626a6563742d31'", "row", "b/object-1"},
      {"UPDATE objects SET cold = 1 WHERE key = x'6f626a6563742d31'", "row", "b/object-1"},
      {"UPDATE objects SET bucket = 'other' WHERE key = x'6f626a6563742d31'", "reference", "other/object-1"},
      {"UPDATE objects SET sequencer = 'FFFFFFFFFFFFFFF0' WHERE key = x'6f626a6563742d31'", "row", "settings sequence"},
      {"UPDATE buckets SET rules = '[}'", "row", "bucket b"},
      {"UPDATE bucket_settings SET bucket = 'other'", "reference", "bucket_settings other"},
      {"UPDATE data_keys SET data_key = zeroblob(64)", "row", "data_keys objects"},
      {"UPDATE settings SET value = 'x' WHERE name = 'sequence'", "row", "settings sequence"},
      {"UPDATE settings SET value = '1' WHERE name = 'master_key'", "key", "master.key"},
      {"UPDATE settings SET value = 'x' WHERE name = 'cold_folder'", "cold-folder", "cold"},
      {"UPDATE tables SET description = '{}'", "row", "table t"},
      {"UPDATE tables SET items = 5", "count", "table t"},
      {"UPDATE items SET item = x'0011'", "row", "items 1 of table t"},
      {"UPDATE items SET name = 'other'", "reference", "items 1 of table other"},
      {"UPDATE events SET payload = x'00' WHERE id = 1", "row", "events 1"},
      {"DELETE FROM events WHERE id = 1", "reference", "events 2"},
      {"UPDATE events SET state = 7 WHERE id = 1", "row", "events 1"},
      {"UPDATE collections SET faces = 7", "count", "collection c"},
      {"UPDATE collections SET data_key = zeroblob(64)", "row", "collection c"},
      {"UPDATE collections SET tags = '{'", "row", "collection c"},
      {"UPDATE faces SET details = x'00' WHERE id = 1", "row", "faces 1"},
      {"UPDATE faces SET vector = (SELECT vector FROM faces WHERE id = 2)", "row", "faces 1"},
      {"UPDATE faces SET user = 77 WHERE user IS NOT NULL", "reference", "faces 1"},
      {"UPDATE faces SET collection = 77", "reference", "faces 1"},
      {"UPDATE users SET sealed_name = x'00'", "row", "users 1"},
      {"UPDATE users SET name = x'00'", "row", "users 1"},
      {"UPDATE users SET faces = 7", "count", "users 1"},
      {"UPDATE user_vectors SET vector = x'00'", "row", "user_vectors"},
      {"UPDATE user_vectors SET user = 77", "reference", "user_vectors"},
      {"UPDATE request_tokens SET answer = x'00'", "row", "request_tokens asked once"},
      {"UPDATE records SET value = zeroblob(120)", "row", "record kind name"},
      {"UPDATE queues SET definition = x'00'", "row", "queue q"},
      {"UPDATE queues SET storage = 77", "reference", "queue q"},
      {"UPDATE message_storages SET data_key = zeroblob(64) WHERE dropped = 0", "row", "message_storages"},
      {"UPDATE messages SET content = x'00'", "row", "messages 1"},
      {"UPDATE messages SET storage = 77", "reference", "messages 1"},
      {"UPDATE outbox_messages SET content = x'00'", "row", "outbox_messages 1"},
      {"UPDATE outbox_messages SET name = 'other'", "row", "outbox_messages 1"},
      {"DELETE FROM outbox_deliveries", "reference", "outbox_messages 1"},
      {"DELETE FROM outbox_messages", "reference", "outbox_deliveries 1"},
      {"INSERT INTO restored_copies(bucket, key, file, until_ms) VALUES('b', x'6f626a6563742d31', '', 1)", "reference", "b/object-1"}};
  store_.reset();
  const auto whole = directory_.path() / "whole.db", database = directory_.path() / kDatabaseFile;
  std::filesystem::copy_file(database, whole);
  for (const auto& [change, kind, place] : kDamage) {
    SCOPED_TRACE(change);
    sql(change);
    expect_found(kind, place);
    std::filesystem::copy_file(whole, database, std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_TRUE(check().empty());
}

TEST_F(CheckTest, ADamagedDatabaseKeyOrJournalIsAFinding) {
  store_.reset();
  const auto database = directory_.path() / kDatabaseFile, key = directory_.path() / kMasterKeyFile;
  flip(database, 3);
  expect_found("database", kDatabaseFile);
  flip(database, 3);
  flip(key, 5);
  expect_found("key", kMasterKeyFile);
  flip(key, 5);
  std::filesystem::rename(key, directory_.path() / "away");
  expect_found("key", kMasterKeyFile);
  std::filesystem::rename(directory_.path() / "away", key);
  write_file(directory_.path() / "rewrap.journal", "EYRJ cut off");
  expect_found("journal", "rewrap.journal");
}

// To look must not make the next start take it for whole.
TEST_F(CheckTest, ADamagedLogIsFoundAgainAndAgain) {
  const auto live = directory_.path() / kDatabaseFile, copy = directory_.path() / "copy";
  std::filesystem::create_directory(copy);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::copy_file(live.string() + suffix, (copy / kDatabaseFile).string() + suffix);
  std::filesystem::copy_file(directory_.path() / kMasterKeyFile, copy / kMasterKeyFile);
  flip((copy / kDatabaseFile).string() + "-wal", 32 + 24 + 100);
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> kinds;
    const auto counts = check_store({.directory = copy}, {.found = [&](const Finding& finding) { kinds.push_back(finding.kind); }});
    ASSERT_TRUE(counts) << counts.error().message;
    EXPECT_EQ(kinds, std::vector<std::string>{"log"});
    EXPECT_EQ(EmbeddedStore::open({.directory = copy}).error().code, Code::kCorrupt);
  }
}

TEST_F(CheckTest, RefusesWhatIsInUseNotThereOrOfAnotherFormat) {
  const CheckSinks sinks{.found = [](const Finding&) {}};
  EXPECT_EQ(check_store({.directory = directory_.path()}, sinks).error().code, Code::kUnavailable);
  EXPECT_EQ(check_store({.directory = directory_.path() / "none"}, sinks).error().code, Code::kNotFound);
  sql("PRAGMA user_version = 9");
  const auto older = check_store({.directory = directory_.path()}, sinks);
  EXPECT_EQ(older.error().code, Code::kUnsupported);
  EXPECT_TRUE(older.error().message.contains("brings it forward")) << older.error().message;
}

TEST_F(CheckTest, TellsRecords) {
  store_.reset();
  std::string told;
  ASSERT_TRUE(check_store({.directory = directory_.path()},
                          {.found = [](const Finding&) {}, .record = [&](const std::string& kind, const std::string& name, const std::string& value) { told += kind + "/" + name + "=" + value; }}));
  EXPECT_EQ(told, "kind/name=a secret");
}

}  // namespace
}  // namespace eyrie::store
