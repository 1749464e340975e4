#include "kms/local_keys.h"

#include <gmock/gmock.h>

#include "base/ids.h"
#include "store/testing.h"

namespace eyrie::kms {
namespace {

constexpr std::int64_t kDay = 86'400'000;

class LocalKeysTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    load();
  }
  void load() {
    auto opened = LocalKeys::open(store_->records(), clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    keys_ = std::move(*opened);
  }
  void restart() {
    keys_.reset();
    reopen();
    load();
  }
  std::string make() { return keys_->create_key("test")->id; }
  Bytes encrypt(const std::string& key, std::string_view text, const EncryptionContext& context = {}) {
    const auto encrypted = keys_->encrypt(key, as_bytes(text), context);
    EXPECT_TRUE(encrypted) << encrypted.error().message;
    return encrypted ? encrypted->ciphertext : Bytes();
  }
  std::string decrypt(const Bytes& ciphertext, const EncryptionContext& context = {}) {
    const auto decrypted = keys_->decrypt(ciphertext, context);
    return decrypted ? std::string(as_text(decrypted->plaintext)) : "failed";
  }
  template <typename T>
  static std::optional<Problem> problem(const Outcome<T>& outcome) {
    return outcome ? std::nullopt : std::optional(outcome.error().problem);
  }

  std::unique_ptr<LocalKeys> keys_;
};

TEST_F(LocalKeysTest, WhatIsEncryptedDecryptsAfterARestart) {
  const std::string id = make();
  const Bytes sealed = encrypt(id, "secret", {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(decrypt(sealed, {{"b", "2"}, {"a", "1"}}), "secret");
  restart();
  EXPECT_EQ(decrypt(sealed, {{"a", "1"}, {"b", "2"}}), "secret");
  EXPECT_EQ(keys_->describe(id)->description, "test");
  EXPECT_NE(encrypt(id, "secret"), encrypt(id, "secret"));
  EXPECT_FALSE(std::string(as_text(sealed)).contains("secret"));
}

TEST_F(LocalKeysTest, AnotherContextKeyOrBitIsNotDecrypted) {
  const std::string id = make(), other = make();
  const Bytes sealed = encrypt(id, "secret", {{"a", "bc"}});
  for (const EncryptionContext& context :
       {EncryptionContext{}, {{"a", "b"}}, {{"ab", "c"}}, {{"a", "bc"}, {"d", "e"}}, {{"A", "bc"}}}) {
    EXPECT_EQ(problem(keys_->decrypt(sealed, context)), Problem::kInvalidCiphertext);
  }
  EXPECT_EQ(problem(keys_->decrypt(sealed, {{"a", "bc"}}, other)), Problem::kIncorrectKey);
  EXPECT_TRUE(keys_->decrypt(sealed, {{"a", "bc"}}, id));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes flipped = sealed;
    flipped[i] ^= 1;
    EXPECT_EQ(problem(keys_->decrypt(flipped, {{"a", "bc"}})), Problem::kInvalidCiphertext) << i;
    EXPECT_EQ(problem(keys_->decrypt(ByteView(sealed).first(i), {{"a", "bc"}})), Problem::kInvalidCiphertext) << i;
  }
}

TEST_F(LocalKeysTest, NamesOfKeys) {
  const std::string id = make();
  ASSERT_TRUE(keys_->create_alias("alias/mine", id));
  const std::string arn = "arn:aws:kms:us-east-1:000000000000:key/" + id;
  for (const std::string& name : {id, arn, std::string("alias/mine"), std::string("arn:aws:kms:us-east-1:000000000000:alias/mine")}) {
    EXPECT_EQ(keys_->find(name)->arn, arn) << name;
    EXPECT_EQ(decrypt(encrypt(name, "x")), "x");
  }
  for (const std::string& name : {std::string("nonsense"), std::string("alias/yours"), uuid_v4(), "arn:aws:kms:eu-west-1:000000000000:key/" + id,
                                  std::string("arn:aws:kms:us-east-1:000000000000:other/x"), std::string()}) {
    EXPECT_EQ(problem(keys_->find(name)), Problem::kNotFound) << name;
  }
  EXPECT_EQ(problem(keys_->set_enabled("alias/mine", false)), Problem::kNotFound) << "an alias does not name a key to change";
}

TEST_F(LocalKeysTest, Aliases) {
  const std::string one = make(), two = make();
  ASSERT_TRUE(keys_->create_alias("alias/a", one));
  EXPECT_EQ(problem(keys_->create_alias("alias/a", two)), Problem::kAlreadyExists);
  for (const char* name : {"a", "alias/", "alias/a b", "alias/aws/mine"}) {
    EXPECT_EQ(problem(keys_->create_alias(name, one)), Problem::kInvalidAliasName) << name;
  }
  const Bytes sealed = encrypt("alias/a", "x");
  ASSERT_TRUE(keys_->update_alias("alias/a", two));
  restart();
  EXPECT_EQ(keys_->find("alias/a")->arn, keys_->find(two)->arn);
  EXPECT_EQ(decrypt(sealed), "x");
  EXPECT_EQ(problem(keys_->update_alias("alias/b", two)), Problem::kNotFound);
  ASSERT_TRUE(keys_->delete_alias("alias/a"));
  EXPECT_EQ(problem(keys_->find("alias/a")), Problem::kNotFound);
  EXPECT_EQ(problem(keys_->delete_alias("alias/a")), Problem::kNotFound);
}

TEST_F(LocalKeysTest, ADisabledKeyDoesNothingUntilItIsEnabled) {
  const std::string id = make();
  const Bytes sealed = encrypt(id, "x");
  ASSERT_TRUE(keys_->set_enabled(id, false));
  restart();
  EXPECT_EQ(problem(keys_->encrypt(id, {}, {})), Problem::kDisabled);
  EXPECT_EQ(problem(keys_->decrypt(sealed, {})), Problem::kDisabled);
  EXPECT_EQ(problem(keys_->generate_data_key(id, {})), Problem::kDisabled);
  EXPECT_EQ(problem(keys_->rotate_now(id)), Problem::kDisabled);
  ASSERT_TRUE(keys_->set_enabled(id, true));
  EXPECT_EQ(decrypt(sealed), "x");
}

TEST_F(LocalKeysTest, OldCiphertextsOutliveRotation) {
  const std::string id = make();
  std::vector<Bytes> sealed{encrypt(id, "0")};
  ASSERT_TRUE(keys_->rotate_now(id));
  sealed.push_back(encrypt(id, "1"));
  ASSERT_TRUE(keys_->enable_rotation(id, 90));
  EXPECT_EQ(keys_->describe(id)->next_rotation_ms, clock_.now_ms() + 90 * kDay);
  clock_.advance_ms(90 * kDay - 1);
  sealed.push_back(encrypt(id, "2"));
  EXPECT_EQ(keys_->describe(id)->versions.size(), 2U);
  clock_.advance_ms(1);
  sealed.push_back(encrypt(id, "3"));
  EXPECT_EQ(keys_->describe(id)->versions.size(), 3U);
  clock_.advance_ms(300 * kDay);  // three periods away: one rotation is enough
  sealed.push_back(encrypt(id, "4"));
  restart();
  EXPECT_EQ(keys_->describe(id)->versions.size(), 4U);
  EXPECT_GT(keys_->describe(id)->next_rotation_ms, clock_.now_ms());
  for (std::size_t i = 0; i < sealed.size(); ++i) EXPECT_EQ(decrypt(sealed[i]), std::to_string(i));
  EXPECT_EQ(read_head(sealed[0])->version, 0U);
  EXPECT_EQ(read_head(sealed[4])->version, 3U);
  ASSERT_TRUE(keys_->disable_rotation(id));
  clock_.advance_ms(1000 * kDay);
  encrypt(id, "5");
  EXPECT_EQ(keys_->describe(id)->versions.size(), 4U);
}

TEST_F(LocalKeysTest, DeletionWaitsAndMayBeCancelled) {
  const std::string id = make();
  ASSERT_TRUE(keys_->create_alias("alias/gone", id));
  const Bytes sealed = encrypt(id, "x");
  ASSERT_TRUE(keys_->schedule_deletion(id, 7));
  EXPECT_EQ(problem(keys_->decrypt(sealed, {})), Problem::kInvalidState);
  EXPECT_EQ(problem(keys_->schedule_deletion(id, 7)), Problem::kInvalidState);
  EXPECT_EQ(problem(keys_->set_enabled(id, true)), Problem::kInvalidState);
  clock_.advance_ms(7 * kDay - 1);
  ASSERT_TRUE(keys_->cancel_deletion(id));
  EXPECT_EQ(problem(keys_->cancel_deletion(id)), Problem::kInvalidState);
  EXPECT_EQ(keys_->describe(id)->state, KeyState::kDisabled);
  ASSERT_TRUE(keys_->set_enabled(id, true));
  EXPECT_EQ(decrypt(sealed), "x");

  ASSERT_TRUE(keys_->schedule_deletion(id, 7));
  restart();
  clock_.advance_ms(7 * kDay);
  EXPECT_EQ(problem(keys_->describe(id)), Problem::kNotFound);
  EXPECT_EQ(problem(keys_->find("alias/gone")), Problem::kNotFound);
  EXPECT_EQ(problem(keys_->decrypt(sealed, {})), Problem::kInvalidCiphertext);
  EXPECT_TRUE(keys_->keys().empty());
  EXPECT_TRUE(store_->records().records("kms.key")->empty()) << "the material is gone from disk";
}

TEST_F(LocalKeysTest, EachDeletionComesInItsTime) {
  const std::string late = make(), cancelled = make(), early = make();
  ASSERT_TRUE(keys_->schedule_deletion(late, 20));
  ASSERT_TRUE(keys_->schedule_deletion(cancelled, 7));
  ASSERT_TRUE(keys_->cancel_deletion(cancelled));
  ASSERT_TRUE(keys_->schedule_deletion(early, 10));
  restart();
  clock_.advance_ms(8 * kDay);
  EXPECT_EQ(keys_->keys().size(), 3U);
  clock_.advance_ms(2 * kDay);
  EXPECT_EQ(problem(keys_->describe(early)), Problem::kNotFound);
  EXPECT_EQ(keys_->keys().size(), 2U);
  clock_.advance_ms(10 * kDay);
  EXPECT_EQ(problem(keys_->describe(late)), Problem::kNotFound);
  EXPECT_TRUE(keys_->describe(cancelled));
}

TEST_F(LocalKeysTest, DataKeys) {
  const std::string id = make();
  for (const std::size_t size : {1U, 16U, 32U, 1024U}) {
    const auto made = keys_->generate_data_key(id, {{"object", "x"}}, size);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->plaintext.size(), size);
    EXPECT_EQ(keys_->decrypt(made->ciphertext, {{"object", "x"}})->plaintext, made->plaintext);
  }
}

TEST_F(LocalKeysTest, KeysOfAwsAreMadeWhenUsedAndStayAsTheyAre) {
  EXPECT_TRUE(keys_->aliases().empty());
  const Bytes sealed = encrypt("alias/aws/s3", "x");
  restart();
  EXPECT_EQ(decrypt(sealed), "x");
  const std::string arn = keys_->find("alias/aws/s3")->arn;
  EXPECT_EQ(problem(keys_->schedule_deletion(arn, 7)), Problem::kInvalidState);
  EXPECT_EQ(problem(keys_->delete_alias("alias/aws/s3")), Problem::kNotFound);
  EXPECT_EQ(keys_->keys().size(), 1U);
  EXPECT_EQ(problem(keys_->find("alias/aws/unheard-of")), Problem::kNotFound);
  EXPECT_EQ(keys_->keys().size(), 1U);
}

}  // namespace
}  // namespace eyrie::kms
