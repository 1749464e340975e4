// Messages in the store: what is shown when, what lies on disk, and what kill -9 leaves.
#include <set>

#include "base/ids.h"
#include "base/killing.h"
#include "store/testing_at_rest.h"

namespace eyrie::store {
namespace {

NewMessage message(StorageId storage, const std::string& content, std::int64_t now, std::int64_t delay = 0) {
  NewMessage made{.storage = storage, .content = content, .sent_ms = now, .due_ms = now + delay};
  fill_random(made.id);
  return made;
}

class MessagesTest : public testing::AtRestTest<testing::StoreTest> {
 protected:
  MessageStore& messages() { return store_->messages(); }
  std::int64_t now() const { return clock_.now_ms(); }
  void add(StorageId storage, const std::string& content, std::int64_t delay = 0) {
    const NewMessage made = message(storage, content, now(), delay);
    const auto fates = messages().add({&made, 1});
    ASSERT_TRUE(fates.front()) << fates.front().error().message;
  }
  std::vector<ReceivedMessage> receive(StorageId storage, std::size_t most = 10, std::int64_t hidden_ms = 30'000) {
    auto received = messages().receive({.storage = storage, .most = most, .now_ms = now(), .hidden_until_ms = now() + hidden_ms});
    EXPECT_TRUE(received) << received.error().message;
    return received ? std::move(received->messages) : std::vector<ReceivedMessage>();
  }
  static MessageReceipt receipt(StorageId storage, const ReceivedMessage& message) {
    return {.storage = storage, .row = message.row, .received = message.received, .id = message.id};
  }
};

TEST_F(MessagesTest, HiddenUntilTheirTime) {
  const StorageId storage = messages().create_queue("q", "{}").value();
  add(storage, "one");
  add(storage, "later", 5'000);
  EXPECT_EQ(messages().next_due(storage, now()).value(), now() + 5'000);
  auto first = receive(storage);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].content, "one");
  EXPECT_EQ(first[0].received, 1);
  EXPECT_TRUE(receive(storage).empty());
  const auto counts = messages().counts(storage, now(), 0).value();
  EXPECT_EQ(counts.visible, 0U);
  EXPECT_EQ(counts.in_flight, 1U);
  EXPECT_EQ(counts.delayed, 1U);
  EXPECT_EQ(counts.oldest_ms, now());
  EXPECT_EQ(messages().counts(storage, now(), now()).value().oldest_ms, 0);
  clock_.advance_ms(5'000);
  EXPECT_EQ(receive(storage).at(0).content, "later");
  clock_.advance_ms(25'000);
  const auto again = receive(storage);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].received, 2);
  EXPECT_EQ(again[0].first_received_ms, first[0].first_received_ms);

  const std::vector<MessageStore::Hiding> hidings = {{receipt(storage, first[0]), now() + 1}, {receipt(storage, again[0]), now() + 100}};
  EXPECT_EQ(messages().hide(hidings, now()).value(), (std::vector{ReceiptState::kStale, ReceiptState::kCurrent}));
  clock_.advance_ms(100);
  EXPECT_EQ(messages().hide({&hidings[1], 1}, now()).value().at(0), ReceiptState::kVisible);
  const auto last = receipt(storage, again[0]);
  ASSERT_TRUE(messages().remove({&last, 1}));
  EXPECT_EQ(messages().hide({&hidings[1], 1}, now()).value().at(0), ReceiptState::kGone);
  ASSERT_TRUE(messages().remove({&last, 1}));
}

TEST_F(MessagesTest, DeadLettersMoveWithTheirCountsAndStaySealed) {
  const StorageId storage = messages().create_queue("q", "{}").value(), dead = messages().create_queue("dead", "{}").value();
  add(storage, "poison");
  const std::int64_t sent = now();
  auto take = [&] {
    return messages().receive({.storage = storage, .most = 1, .now_ms = now(), .hidden_until_ms = now() + 1'000, .max_received = 2, .dead_letters = dead, .source = "arn"}).value();
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(take().messages.size(), 1U);
    clock_.advance_ms(1'000);
  }
  add(storage, "sound");
  const Received third = take();
  EXPECT_TRUE(third.buried);
  ASSERT_EQ(third.messages.size(), 1U);
  EXPECT_EQ(third.messages[0].content, "sound");
  reopen();
  const auto letters = receive(dead);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].content, "poison");
  EXPECT_EQ(letters[0].received, 3);
  EXPECT_EQ(letters[0].sent_ms, sent);
  EXPECT_EQ(letters[0].source, "arn");
}

TEST_F(MessagesTest, EmptyingAndDroppingTakeEverything) {
  const StorageId storage = messages().create_queue("q", "definition").value();
  for (int i = 0; i < 5; ++i) add(storage, "m");
  const StorageId fresh = messages().empty_queue("q").value();
  EXPECT_NE(fresh, storage);
  const NewMessage late = message(storage, "late", now());
  EXPECT_EQ(messages().add({&late, 1}).front().error().code, Code::kNotFound);
  EXPECT_TRUE(receive(fresh).empty());
  EXPECT_EQ(messages().receive({.storage = storage}).error().code, Code::kNotFound);
  EXPECT_TRUE(messages().sweep(3).value());
  EXPECT_TRUE(messages().sweep(3).value());
  EXPECT_FALSE(messages().sweep(3).value());
  add(fresh, "old");
  clock_.advance_ms(10);
  EXPECT_FALSE(messages().expire(fresh, now() - 11, 5).value());
  EXPECT_FALSE(messages().expire(fresh, now() - 10, 5).value());
  EXPECT_EQ(messages().counts(fresh, now(), 0).value().visible, 0U);
  reopen();
  EXPECT_EQ(messages().queues().value().at(0).definition, "definition");
  ASSERT_TRUE(messages().drop_queue("q"));
  EXPECT_TRUE(messages().queues().value().empty());
  EXPECT_EQ(messages().drop_queue("q").error().code, Code::kNotFound);
}

TEST_F(MessagesTest, NothingIsReadableAtRestAndAForgedRowIsNoMessage) {
  const StorageId storage = messages().create_queue("q", "secret definition").value();
  add(storage, "secret content");
  add(storage, "sound");
  store_.reset();
  EXPECT_FALSE(on_disk("secret"));
  // One message's content in the other's place.
  sql("UPDATE messages SET content = (SELECT content FROM messages WHERE id = 2) WHERE id = 1");
  reopen();
  const auto received = receive(storage);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].content, "sound");
}

// The child sends, receives and deletes on three threads, and says what was acknowledged.
[[noreturn]] void work_until_killed(const std::filesystem::path& directory, int round, int pipe) {
  auto store = EmbeddedStore::open({.directory = directory});
  if (!store) ::_exit(1);
  MessageStore& messages = (*store)->messages();
  const auto queues = messages.queues();
  if (!queues || queues->empty()) ::_exit(2);
  const StorageId storage = queues->front().storage;
  const auto say = [pipe](const std::string& line) {
    if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(3);
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        std::vector<NewMessage> batch;
        for (int k = 0; k < 3; ++k)
          batch.push_back(message(storage, std::to_string(round) + "-" + std::to_string(t) + "-" + std::to_string(3 * i + k), 1'000));
        for (const Status& fate : messages.add(batch)) {
          if (!fate) ::_exit(4);
        }
        for (const NewMessage& one : batch) say("sent " + one.content + "\n");
      }
    });
  }
  threads.emplace_back([&] {
    while (true) {
      const auto received = messages.receive({.storage = storage, .most = 2, .now_ms = 2'000, .hidden_until_ms = 3'000, .sent_after_ms = 0});
      if (!received) ::_exit(5);
      for (const ReceivedMessage& one : received->messages) {
        const MessageReceipt receipt{.storage = storage, .row = one.row, .received = one.received, .id = one.id};
        say("begun " + one.content + "\n");  // may be gone from here on
        if (!messages.remove({&receipt, 1})) ::_exit(6);
        say("gone " + one.content + "\n");
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  ::_exit(7);
}

TEST_F(MessagesTest, KillLosesNoMessageAndBringsNoneBack) {
  ASSERT_TRUE(messages().create_queue("q", "{}"));
  store_.reset();
  Killings killings({.rounds = 15, .least = std::chrono::milliseconds(40), .most = std::chrono::milliseconds(200), .enough = 300});
  std::set<std::string> sent, begun, gone;
  while (killings.more()) {
    std::istringstream in(killings.run([&](int pipe) { work_until_killed(directory_.path(), killings.round(), pipe); }));
    for (std::string what, content; in >> what >> content;) (what == "sent" ? sent : what == "begun" ? begun : gone).insert(content);
    reopen();
    const StorageId storage = messages().queues().value().at(0).storage;
    std::multiset<std::string> left;
    // Everything that is there, hidden or not; nothing stays hidden for the next round.
    while (true) {
      const auto received = messages().receive({.storage = storage, .most = 10, .now_ms = 5'000, .hidden_until_ms = 9'000}).value();
      if (received.messages.empty()) break;
      for (const ReceivedMessage& one : received.messages) left.insert(one.content);
    }
    store_.reset();
    sql("UPDATE messages SET due_ms = 1000");
    for (const std::string& content : sent) {
      if (gone.contains(content)) {
        EXPECT_EQ(left.count(content), 0U) << content << " came back";
      } else if (!begun.contains(content)) {
        EXPECT_EQ(left.count(content), 1U) << content << " is lost, or there twice";
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(sent.size(), 30U);
  EXPECT_GT(gone.size(), 5U);
}

}  // namespace
}  // namespace eyrie::store
