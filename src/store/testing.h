// For tests: a data directory that goes with the test, and short ways to write and read objects.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/testing.h"
#include "store/embedded.h"
#include "store/sqlite/testing.h"

namespace eyrie::store::testing {

using eyrie::TemporaryDirectory;

inline Result<ObjectInfo> put(ObjectStore& objects, const std::string& bucket, const std::string& key,
                              ByteView content, const PutCommit& commit = {}) {
  EYRIE_TRY(auto writer, objects.begin_put(bucket, key));
  EYRIE_CHECK_OK(writer->write(content));
  return writer->commit(commit);
}

inline Result<ObjectInfo> put(ObjectStore& objects, const std::string& bucket, const std::string& key,
                              std::string_view content, const PutCommit& commit = {}) {
  return put(objects, bucket, key, as_bytes(content), commit);
}

inline Result<std::string> read_all(ObjectReader& reader) {
  std::string content(reader.info().size + 1, '\0');
  EYRIE_TRY(const std::size_t size,
            reader.read_at(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()}));
  content.resize(size);
  return content;
}

inline Result<std::string> get(ObjectStore& objects, const std::string& bucket, const std::string& key) {
  EYRIE_TRY(auto reader, objects.open(bucket, key));
  return read_all(*reader);
}

// The regular files below `directory`, by name.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

// Files go beside requests: those of replaced objects, and in the sweep of a store that was just opened.
inline void expect_files(const std::filesystem::path& directory, std::size_t count) {
  for (int i = 0; i < 1000 && files_below(directory).size() != count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(files_below(directory).size(), count);
}

// Database format 6 had these for faces: format 7 (schema.cc) seals them.
inline constexpr const char* kFaceTablesOfFormat6 =
    "DROP TABLE faces; DROP TABLE users; DROP TABLE request_tokens;"
    "CREATE TABLE faces(id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, face_id BLOB NOT NULL, image_id BLOB NOT NULL,"
    " external_image_id TEXT NOT NULL, left REAL NOT NULL, top REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,"
    " confidence REAL NOT NULL, user INTEGER, vector BLOB NOT NULL);"
    "CREATE INDEX faces_collection ON faces(collection); CREATE UNIQUE INDEX faces_face_id ON faces(collection, face_id);"
    "CREATE INDEX faces_image ON faces(collection, image_id); CREATE INDEX faces_user ON faces(user) WHERE user IS NOT NULL;"
    "CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, name TEXT NOT NULL,"
    " faces INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX users_name ON users(collection, name); CREATE INDEX users_collection ON users(collection);"
    "CREATE TABLE request_tokens(collection INTEGER NOT NULL, token TEXT NOT NULL, request BLOB NOT NULL, answer TEXT NOT NULL,"
    " expires_ms INTEGER NOT NULL, PRIMARY KEY(collection, token)) WITHOUT ROWID;"
    "CREATE INDEX request_tokens_expiry ON request_tokens(expires_ms);";

// A store in a directory of its own.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store_.reset();
    auto opened = EmbeddedStore::open({.directory = directory_.path(), .clock = &clock_});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  ObjectStore& objects() { return store_->objects(); }
  ItemTable& items() { return store_->items(); }
  EventQueue& events() { return store_->events(); }

  TemporaryDirectory directory_;
  FakeClock clock_{1'764'000'000'000};
  std::unique_ptr<EmbeddedStore> store_;
};

}  // namespace eyrie::store::testing
