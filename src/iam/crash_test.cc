// kill -9 in the middle of making users and keys, and of putting objects under keys of KMS: whatever was acknowledged is there, and
// nothing is there by half.
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "base/killing.h"
#include "iam/identities.h"
#include "iam/object_keys.h"
#include "kms/local_keys.h"
#include "store/testing.h"

namespace eyrie::iam {
namespace {

using std::chrono::milliseconds;

// The child: a user with a key, then renamed, over and over. Says "USER KEY SECRET" for what is done.
[[noreturn]] void work_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = store::EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  auto identities = Identities::open((*store)->records());
  if (!identities) ::_exit(2);
  for (int number = 0;; ++number) {
    const std::string name = "u" + std::to_string(round) + "-" + std::to_string(number);
    if (!(*identities)->create_user(name, "/")) ::_exit(3);
    const auto key = (*identities)->create_key(name);
    if (!key) ::_exit(4);
    if (!(*identities)->update_user(name, name + "-renamed", std::nullopt)) ::_exit(5);
    const std::string line = name + "-renamed " + key->key.id + " " + key->secret + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(6);
  }
}

TEST(IdentitiesCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 12, .least = milliseconds(30), .most = milliseconds(230), .enough = 10});
  std::string acknowledged;
  while (killings.more()) {
    acknowledged += killings.run([&](int pipe) { work_until_killed(directory.path(), killings.round(), pipe); });
    auto store = store::EmbeddedStore::open({.directory = directory.path()});
    ASSERT_TRUE(store) << store.error().message;
    auto identities = Identities::open((*store)->records());
    ASSERT_TRUE(identities) << identities.error().message;
    std::istringstream lines(acknowledged);
    for (std::string user, key, secret; lines >> user >> key >> secret;) {
      const auto credential = (*identities)->credential(key);
      ASSERT_TRUE(credential) << user;
      ASSERT_EQ(credential->secret, secret);
      ASSERT_EQ(credential->principal.name, user);
    }
    // A renaming is whole: nobody has lost the keys made before it.
    for (const User& user : (*identities)->users()) {
      if (user.name.ends_with("-renamed")) ASSERT_EQ((*identities)->keys(user.name)->size(), 1U) << user.name;
    }
  }
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

// What reads and writes objects under keys of KMS, as the root.
struct KmsObjects {
  std::unique_ptr<store::EmbeddedStore> store;
  std::unique_ptr<kms::LocalKeys> kms;
  std::unique_ptr<Identities> identities;
  std::unique_ptr<AuditLog> log;
  std::optional<AccessControl> access;
  std::optional<Caller> root;
  std::optional<ObjectKeys> keys;

  bool open(const std::filesystem::path& directory) {
    auto opened = store::EmbeddedStore::open({.directory = directory});
    if (!opened) return false;
    store = std::move(*opened);
    auto local = kms::LocalKeys::open(store->records());
    auto known = Identities::open(store->records());
    auto audit = AuditLog::open(directory / "audit" / "denied.jsonl", {});
    if (!local || !known || !audit) return false;
    kms = std::move(*local);
    identities = std::move(*known);
    log = std::move(*audit);
    access.emplace(AccessControl::Parts{.identities = *identities, .objects = store->objects(), .denied = *log, .unknown = *log});
    root.emplace(*access, Caller::Facts{.principal = {.kind = Principal::Kind::kRoot}});
    keys.emplace(*kms);
    return true;
  }
  bool put(const std::string& name, const std::string& key) {
    const auto sealed = keys->seal(*root, "b", name, {.key = key});
    if (!sealed) return false;
    auto writer = store->objects().begin_put("b", name, &sealed->key, &sealed->envelope);
    return writer && (*writer)->write(as_bytes(name)) && (*writer)->commit({});
  }
  std::string get(const std::string& name) {
    auto reader = store->objects().open("b", name, nullptr, keys->opener(*root));
    if (!reader) return reader.error().message;
    return store::testing::read_all(**reader).value_or("unreadable");
  }
};

// The child: objects under a new key, under the same rotated, under that of S3. Says "NAME" for each that is put.
[[noreturn]] void put_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  KmsObjects objects;
  if (!objects.open(directory)) ::_exit(1);
  if (auto made = objects.store->objects().create_bucket("b"); !made && made.error().code != Code::kAlreadyExists) ::_exit(2);
  for (int number = 0;; ++number) {
    const auto key = objects.kms->create_key("");
    if (!key) ::_exit(3);
    for (const char* which : {"new", "rotated", "s3"}) {
      if (which == std::string_view("rotated") && !objects.kms->rotate_now(key->id)) ::_exit(4);
      const std::string name = std::to_string(round) + "-" + std::to_string(number % 3) + "-" + which;  // some are overwritten
      if (!objects.put(name, which == std::string_view("s3") ? kS3Key : key->id)) ::_exit(5);
      const std::string line = name + "\n";
      if (::write(pipe, line.data(), line.size()) < 0) ::_exit(6);
    }
  }
}

TEST(ObjectKeysCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 12, .least = milliseconds(30), .most = milliseconds(230), .enough = 30});
  std::string acknowledged;
  while (killings.more()) {
    acknowledged += killings.run([&](int pipe) { put_until_killed(directory.path(), killings.round(), pipe); });
    KmsObjects objects;
    ASSERT_TRUE(objects.open(directory.path()));
    std::istringstream lines(acknowledged);
    for (std::string name; lines >> name;) ASSERT_EQ(objects.get(name), name);
    // What was not acknowledged is whole or not there.
    const auto listed = objects.store->objects().list({.bucket = "b"});
    if (!listed) continue;  // killed before there was a bucket
    for (const store::ObjectInfo& object : listed->objects) ASSERT_EQ(objects.get(object.key), object.key);
  }
  EXPECT_TRUE(killings.enough()) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::iam
