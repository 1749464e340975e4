#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "base/killing.h"
#include "store/testing_at_rest.h"

namespace eyrie::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutboxTest : public testing::AtRestTest<testing::StoreTest> {
 protected:
  Outbox& outbox() { return store_->outbox(); }
  bool publish(const std::string& name, std::vector<std::string> subscribers, const std::optional<Once>& once = {}, std::int64_t now = 1000) {
    const auto said = outbox().publish({{name, "content of " + name, std::move(subscribers)}}, now, once);
    EXPECT_TRUE(said) << said.error().message;
    return said && *said;
  }
  std::vector<Delivery> due(const std::string& subscriber, std::int64_t now = 1000, const std::vector<std::int64_t>& without = {}) {
    auto found = outbox().due(subscriber, now, 10, without);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<Delivery>();
  }
  std::vector<std::string> contents(const std::string& subscriber, std::int64_t now = 1000) {
    std::vector<std::string> contents;
    for (const Delivery& delivery : due(subscriber, now)) contents.push_back(delivery.content);
    return contents;
  }
};

TEST_F(OutboxTest, DeliversToEachSubscriberUntilSettled) {
  publish("one", {"a", "b"});
  publish("two", {"a"});
  reopen();
  EXPECT_THAT(contents("a"), ElementsAre("content of one", "content of two"));
  EXPECT_THAT(contents("b"), ElementsAre("content of one"));
  EXPECT_THAT(contents("a", 999), IsEmpty());
  const auto of_a = due("a");
  ASSERT_TRUE(outbox().settle({{.id = of_a[0].id, .again_ms = 5000, .reason = "503"}, {.id = of_a[1].id, .again_ms = std::nullopt, .reason = ""}}));
  EXPECT_THAT(contents("a"), IsEmpty());
  ASSERT_EQ(due("a", 5000).size(), 1U);
  EXPECT_EQ(due("a", 5000)[0].attempts, 1);
  EXPECT_EQ(due("a", 5000)[0].created_ms, 1000);
  EXPECT_EQ(outbox().next_due("a", {}).value(), 5000);
  EXPECT_EQ(outbox().next_due("a", {of_a[0].id}).value(), std::nullopt);
  EXPECT_THAT(due("a", 5000, {of_a[0].id}), IsEmpty());
  EXPECT_EQ(outbox().pending().value(), 2U);
}

TEST_F(OutboxTest, AMessageGoesWithItsLastDelivery) {
  publish("one", {"a", "b"});
  publish("two", {"b"});
  publish("nobody's", {});
  ASSERT_TRUE(outbox().settle({{.id = due("a")[0].id, .again_ms = std::nullopt, .reason = ""}}));
  EXPECT_THAT(contents("b"), ElementsAre("content of one", "content of two"));
  ASSERT_TRUE(outbox().drop("b"));
  EXPECT_EQ(outbox().pending().value(), 0U);
  store_.reset();
  const auto connection = Connection::open(directory_.path() / "eyrie.db", 1024);
  auto left = (*connection)->prepare("SELECT COUNT(*) FROM outbox_messages");
  ASSERT_TRUE(left->step().value());
  EXPECT_EQ(left->integer(0), 0);
}

TEST_F(OutboxTest, SaysOnceAndKeepsQuiet) {
  const auto once = [](const char* subject, std::int64_t quiet = 0) { return Once{.subject = subject, .speaker = "rule", .quiet_ms = quiet}; };
  EXPECT_TRUE(publish("one", {"a"}, once("first")));
  EXPECT_FALSE(publish("two", {"a"}, once("first")));
  EXPECT_FALSE(publish("three", {"a"}, once("second", 60'000), 60'999));
  // It was decided: quiet is not put off.
  EXPECT_FALSE(publish("four", {"a"}, once("second", 60'000), 61'001));
  EXPECT_TRUE(publish("five", {"a"}, once("third", 60'000), 61'001));
  EXPECT_TRUE(publish("six", {}, once("fourth")));
  EXPECT_FALSE(publish("seven", {"a"}, once("fourth")));
  reopen();
  EXPECT_FALSE(publish("eight", {"a"}, once("third")));
  EXPECT_THAT(contents("a", 100'000), ElementsAre("content of one", "content of five"));
}

TEST_F(OutboxTest, ContentIsSealedInItsPlace) {
  publish("one", {"a"});
  publish("two", {"a"});
  EXPECT_FALSE(on_disk("content of"));
  sql("UPDATE outbox_messages SET content = (SELECT content FROM outbox_messages WHERE name = 'two') WHERE name = 'one'");
  reopen();
  EXPECT_THAT(contents("a"), ElementsAre("", "content of two"));
}

TEST_F(OutboxTest, FormatEightIsBroughtForward) {
  ASSERT_TRUE(objects().create_bucket("pictures"));
  sql(testing::without_formats_after(8) + "PRAGMA user_version = 8");
  reopen();
  publish("one", {"a"});
  EXPECT_THAT(contents("a"), ElementsAre("content of one"));
  EXPECT_EQ(objects().create_bucket("pictures").error().code, Code::kAlreadyExists);
}

// Publishes over and over, says each name once it is acknowledged, and settles a delivery now and then, which it says first.
[[noreturn]] void publish_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  const auto say = [pipe](const std::string& line) {
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(2);
  };
  for (int number = 0;; ++number) {
    const std::string name = std::to_string(round) + "-" + std::to_string(number);
    if (!(*store)->outbox().publish({{name, name, {"a", "b"}}}, 1)) ::_exit(3);
    say("published " + name + "\n");
    const auto first = (*store)->outbox().due("a", 1, 1, {});
    if (!first || first->empty()) ::_exit(4);
    say("settled " + (*first)[0].content + "\n");
    if (!(*store)->outbox().settle({{.id = (*first)[0].id, .again_ms = std::nullopt, .reason = ""}})) ::_exit(5);
  }
}

TEST(OutboxCrashTest, KilledAtRandomMoments) {
  const TemporaryDirectory directory;
  Killings killings({.rounds = 10, .least = std::chrono::milliseconds(60), .most = std::chrono::milliseconds(260), .enough = 60});
  std::set<std::string> to_a, to_b;
  while (killings.more()) {
    std::istringstream lines(killings.run([&](int pipe) { publish_until_killed(directory.path(), killings.round(), pipe); }));
    for (std::string what, name; lines >> what >> name;) {
      if (what == "published") {
        to_a.insert(name);
        to_b.insert(name);
      } else {
        to_a.erase(name);
      }
    }
  }
  auto store = EmbeddedStore::open({.directory = directory.path()});
  ASSERT_TRUE(store) << store.error().message;
  const auto left = [&](const char* subscriber) {
    std::set<std::string> names;
    for (const Delivery& delivery : (*store)->outbox().due(subscriber, 1, 1'000'000, {}).value()) names.insert(delivery.content);
    return names;
  };
  const auto of_a = left("a"), of_b = left("b");
  for (const std::string& name : to_a) EXPECT_TRUE(of_a.contains(name)) << name;
  for (const std::string& name : to_b) EXPECT_TRUE(of_b.contains(name)) << name;
  EXPECT_GT(to_b.size(), 20U) << "too few to have shown anything";
}

}  // namespace
}  // namespace eyrie::store
