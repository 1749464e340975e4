#include "functions/registry/registry.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "functions/registry/testing.h"
#include "store/testing.h"

namespace eyrie::functions {
namespace {

class RegistryTest : public store::testing::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    open();
  }
  void open() {
    auto opened = Registry::open(store_->records(), directory_.path() / "functions" / "code", clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    registry_ = std::move(*opened);
  }
  void restart() {
    registry_.reset();
    reopen();
    open();
  }
  std::size_t archives() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_.path() / "functions" / "code"), {}));
  }
  FunctionPtr make(const std::string& name, const std::string& text = "1") {
    auto made = registry_->create(name, {.runtime = "python3.11", .handler = "app.handler", .role = "r", .environment = {{"A", "b"}}}, {{"tag", "t"}},
                                  testing::stored_zip("app.py", text), false);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  std::unique_ptr<Registry> registry_;
};

TEST_F(RegistryTest, OutlivesARestart) {
  make("one");
  ASSERT_TRUE(registry_->publish("one", "first", "", ""));
  ASSERT_TRUE(registry_->change("one", [](FunctionRecord& record) -> Status {
    record.aliases["live"] = {.name = "live", .version = "1", .description = "d", .weights = {{"2", 0.25}}, .revision_id = "r", .former = FormerVersion{.version = "3", .left_ms = 7}, .rolled_back_for = "n"};
    record.reserved = 3;
    record.allows_loops = true;
    record.invoke_configs["$LATEST"] = {.retries = 1, .age_s = 60, .on_success = "s", .on_failure = "f", .modified_ms = 5};
    record.policies[""] = {.statements = {{"s", R"({"Sid":"s"})"}}, .revision_id = "p"};
    return {};
  }));
  const std::string before = write_record(**registry_->find("one"));
  restart();
  const auto found = registry_->find("one");
  ASSERT_TRUE(found);
  EXPECT_EQ(write_record(**found), before);
  EXPECT_EQ((*found)->aliases.at("live").weights.at("2"), 0.25);
  EXPECT_EQ((*found)->aliases.at("live").former.value().left_ms, 7);
  EXPECT_EQ((*found)->invoke_configs.at("$LATEST").age_s, 60);
  EXPECT_EQ(registry_->reserved(), 3U);
  EXPECT_TRUE((*found)->allows_loops);
  EXPECT_EQ(registry_->reserved("one"), 0U);
  const Bytes zip = testing::stored_zip("app.py", "1");
  EXPECT_EQ((*found)->latest.code.sha256, base64_encode(crypto::sha256(zip)));
  EXPECT_EQ(registry_->code().read((*found)->latest.code), zip);
}

TEST_F(RegistryTest, NamesAreTakenOnce) {
  make("one");
  const auto again = registry_->create("one", {}, {}, testing::stored_zip("a", "b"), false);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kAlreadyExists);
  EXPECT_EQ(archives(), 1U);
  ASSERT_TRUE(registry_->remove("one"));
  EXPECT_EQ(archives(), 0U);
  EXPECT_EQ(registry_->remove("one").error().code, Code::kNotFound);
  make("one");
}

TEST_F(RegistryTest, VersionsKeepTheirCode) {
  make("one", "1");
  const auto first = registry_->publish("one", std::nullopt, "", "");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->version, "1");
  EXPECT_EQ(registry_->publish("one", std::nullopt, "", "")->version, "1");  // nothing has changed
  ASSERT_TRUE(registry_->update_code("one", testing::stored_zip("app.py", "2"), "", ""));
  EXPECT_EQ(archives(), 2U);
  EXPECT_EQ(registry_->publish("one", std::nullopt, "wrong", "").error().code, Code::kInvalidArgument);
  EXPECT_EQ(registry_->publish("one", std::nullopt, "", "wrong").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(registry_->publish("one", std::nullopt, "", "")->version, "2");
  ASSERT_TRUE(registry_->update_code("one", testing::stored_zip("app.py", "3"), "", ""));
  EXPECT_EQ(archives(), 3U);
  ASSERT_TRUE(registry_->remove_version("one", "1"));
  EXPECT_EQ(archives(), 2U);
  // A number is never given again.
  ASSERT_TRUE(registry_->remove_version("one", "2"));
  EXPECT_EQ(registry_->publish("one", std::nullopt, "", "")->version, "3");
  EXPECT_FALSE(registry_->remove_version("one", "$LATEST"));
}

TEST_F(RegistryTest, AChangedDescriptionIsAnotherVersion) {
  make("one");
  const auto describe = [&](const std::string& text) {
    return registry_->update_configuration("one", "", [&](FunctionVersion& version) -> Status {
      version.description = text;
      return {};
    });
  };
  EXPECT_EQ(registry_->publish("one", "a name of its own", "", "")->version, "1");
  EXPECT_EQ(registry_->publish("one", "another", "", "")->version, "1") << "$LATEST has not changed";
  ASSERT_TRUE(describe("new"));
  restart();
  const auto second = registry_->publish("one", std::nullopt, "", "");
  EXPECT_EQ(second->version, "2");
  EXPECT_EQ(second->description, "new");
  restart();
  EXPECT_EQ(registry_->publish("one", std::nullopt, "", "")->version, "2");
}

TEST_F(RegistryTest, AVersionThatAnAliasNamesStays) {
  make("one");
  ASSERT_TRUE(registry_->publish("one", std::nullopt, "", ""));
  ASSERT_TRUE(registry_->change("one", [](FunctionRecord& record) -> Status {
    record.aliases["live"] = {.name = "live", .version = "1"};
    return {};
  }));
  EXPECT_EQ(registry_->remove_version("one", "1").error().code, Code::kAlreadyExists);
}

TEST_F(RegistryTest, ARefusedChangeLeavesNothing) {
  const FunctionPtr made = make("one");
  EXPECT_FALSE(registry_->update_configuration("one", "", [](FunctionVersion& version) -> Status {
    version.timeout_s = 9;
    return fail(Code::kInvalidArgument, "no");
  }));
  EXPECT_EQ((*registry_->find("one"))->latest.timeout_s, made->latest.timeout_s);
  EXPECT_FALSE(registry_->update_code("one", testing::stored_zip("a", "b"), "", "another revision"));
  EXPECT_EQ(archives(), 1U);
}

TEST_F(RegistryTest, CodeIsSealed) {
  make("one", "a secret in the code");
  const FunctionPtr function = *registry_->find("one");
  const auto path = directory_.path() / "functions" / "code" / function->latest.code.file;
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_FALSE(bytes.contains("a secret in the code"));
  bytes[bytes.size() / 2] ^= 1;
  write_file(path, bytes);
  EXPECT_EQ(registry_->code().read(function->latest.code).error().code, Code::kCorrupt);
}

TEST_F(RegistryTest, SweepsWhatNoRecordNames) {
  make("one");
  ASSERT_TRUE(registry_->code().put(testing::stored_zip("left", "by a crash")));
  EXPECT_EQ(archives(), 2U);
  restart();
  EXPECT_EQ(archives(), 1U);
}

TEST_F(RegistryTest, UnpacksOnce) {
  make("one", "text");
  const CodeFile code = (*registry_->find("one"))->latest.code;
  const auto cache = directory_.path() / "cache";
  const auto folder = registry_->code().unpacked(code, cache);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_TRUE(std::filesystem::exists(*folder / "app.py"));
  std::filesystem::remove(*folder / "app.py");
  EXPECT_EQ(*registry_->code().unpacked(code, cache), *folder);
  EXPECT_FALSE(std::filesystem::exists(*folder / "app.py"));
}

}  // namespace
}  // namespace eyrie::functions
