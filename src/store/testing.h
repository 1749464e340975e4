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
