// A new master key, also where kill -9 ends the work at any moment: all stays readable, and in the end the old key opens nothing.
#include "store/rotation/rotation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "base/encoding.h"
#include "base/killing.h"
#include "store/layout.h"
#include "store/rotation/header_journal.h"
#include "store/sqlite/sqlite.h"
#include "store/testing_everything.h"

namespace eyrie::store {
namespace {

using crypto::GivenKey;
using crypto::KeyRing;
using crypto::SecretKey;

using testing::kObjects;

std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

class RotationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = open();
    testing::put_everything(*store, directory_.path(), customer_);
  }
  std::unique_ptr<EmbeddedStore> open() {
    auto store = EmbeddedStore::open({.directory = directory_.path(), .keys = {.sources = sources_}});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  EmbeddedOptions options() const { return {.directory = directory_.path(), .keys = {.sources = sources_}}; }
  std::filesystem::path key_file() const { return directory_.path() / kMasterKeyFile; }

  void check_all() {
    const auto store = open();
    ASSERT_TRUE(store);
    testing::expect_everything(*store, customer_);
  }

  testing::TemporaryDirectory directory_;
  const SecretKey customer_ = SecretKey::random();
  crypto::KeySources sources_;
};

TEST_F(RotationTest, WrapsEveryKeyAnewAndForgetsTheOld) {
  const auto before = KeyRing::load(key_file());
  ASSERT_TRUE(before);
  std::map<std::filesystem::path, std::string> content_before;
  for (const auto& file : testing::files_below(directory_.path() / "objects")) content_before[file] = bytes_of(file);

  const auto counts = rotate_master_key(options(), nullptr);
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->files, static_cast<std::size_t>(kObjects));
  EXPECT_EQ(counts->rows, 7U);
  EXPECT_EQ(counts->unreadable, 0U);
  const auto after = KeyRing::load(key_file());
  ASSERT_TRUE(after);
  EXPECT_EQ(after->size(), 1U);
  EXPECT_FALSE(after->has(before->current_key_id()));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "rewrap.journal"));
  // No data was rewritten: behind the header each byte is as it was.
  int same = 0;
  for (const auto& [file, content] : content_before) {
    const std::string now = bytes_of(file);
    ASSERT_GE(now.size(), kObjectHeaderBytes) << file;
    EXPECT_EQ(now.substr(kObjectHeaderBytes), content.substr(kObjectHeaderBytes)) << file;
    same += now == content;
  }
  EXPECT_EQ(same, 1) << "only the file under a customer's key, which no master key opens, keeps its header";
  check_all();
}

TEST_F(RotationTest, FromTheFileToTheEnvironmentToAnotherAndBack) {
  const GivenKey first(SecretKey::random(), "EYRIE_MASTER_KEY"), second(SecretKey::random(), "EYRIE_NEW_MASTER_KEY");
  sources_ = {&first};
  ASSERT_TRUE(rotate_master_key(options(), &first));
  check_all();
  EXPECT_EQ(open()->master_key_sealed_by(), "environment");
  sources_ = {};
  EXPECT_EQ(EmbeddedStore::open(options()).error().code, Code::kFailedPrecondition);
  sources_ = {&first, &second};
  ASSERT_TRUE(rotate_master_key(options(), &second));
  sources_ = {&first};
  EXPECT_EQ(EmbeddedStore::open(options()).error().code, Code::kFailedPrecondition);
  sources_ = {&second};
  check_all();
  ASSERT_TRUE(rotate_master_key(options(), nullptr));
  sources_ = {};
  check_all();
}

TEST_F(RotationTest, RefusesASourceThatIsNotTheConfiguredOne) {
  auto wanted = options();
  wanted.keys.required = "kms";
  const auto refused = EmbeddedStore::open(wanted);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("eyrie keys rotate --to kms")) << refused.error().message;
  wanted.keys.required = "file";
  EXPECT_TRUE(EmbeddedStore::open(wanted));
}

TEST_F(RotationTest, KilledAtAnyMoment) {
  std::mt19937 random(11);
  int in_the_middle = 0;
  // Kills are spread over as long as the work takes here.
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(rotate_master_key(options(), nullptr));
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  std::vector<std::unique_ptr<GivenKey>> keys;
  for (int round = 0; round < 25 || (in_the_middle == 0 && round < 250); ++round) {
    keys.push_back(std::make_unique<GivenKey>(SecretKey::random(), "KEY " + std::to_string(round)));
    const crypto::KeySource* seal = round % 3 == 2 ? nullptr : keys.back().get();
    sources_.push_back(keys.back().get());
    killed_after(whole * static_cast<int>(random() % 1000) / 900, [&](int) {
      if (!rotate_master_key(options(), seal)) ::_exit(1);
      ::pause();
      ::_exit(2);
    });
    const auto ring = KeyRing::load(key_file(), sources_);
    ASSERT_TRUE(ring) << ring.error().message;
    if (ring->size() > 1) ++in_the_middle;
    if (round % 5 == 4) check_all();
  }
  EXPECT_GT(in_the_middle, 0) << "no round was killed between the steps";
  check_all();
  ASSERT_TRUE(rotate_master_key(options(), nullptr));
  sources_ = {};
  EXPECT_EQ(KeyRing::load(key_file())->size(), 1U);
  check_all();
}

// A batch that was journalled whole, and a header that the power cut tore: the next opening writes it again.
TEST_F(RotationTest, ATornHeaderComesBackOutOfTheJournal) {
  const ObjectFolder hot = hot_folder(directory_.path()), cold = cold_folder(directory_.path(), {});
  const HeaderJournal journal(directory_.path(), hot, cold);
  const std::filesystem::path some = testing::files_below(hot.objects()).at(0);
  HeaderJournal::Entry entry{.file = some.filename().string()};
  const std::string whole = bytes_of(some);
  std::copy_n(whole.begin(), kObjectHeaderBytes, entry.header.begin());
  ASSERT_TRUE(journal.write({entry}));
  {
    std::fstream torn(some, std::ios::binary | std::ios::in | std::ios::out);
    torn.seekp(50);
    torn << "torn, torn, torn";
  }
  check_all();
  EXPECT_EQ(bytes_of(some), whole);
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "rewrap.journal"));
  // One that is cut off changes nothing.
  ASSERT_TRUE(journal.write({entry}));
  std::filesystem::resize_file(directory_.path() / "rewrap.journal", 100);
  check_all();
}

TEST_F(RotationTest, StopsBeforeAnythingWhereAKeyWouldBeLeftBehind) {
  const std::string ring = bytes_of(key_file());
  {
    const auto connection = Connection::open(directory_.path() / kDatabaseFile, 1024);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("CREATE TABLE newcomer(name TEXT, data_key BLOB)"));
  }
  const auto refused = rotate_master_key(options(), nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_EQ(bytes_of(key_file()), ring);
}

}  // namespace
}  // namespace eyrie::store
