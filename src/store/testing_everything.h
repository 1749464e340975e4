// For tests of what concerns all that is stored: a store with some of each kind.
#pragma once

#include <gtest/gtest.h>

#include "crypto/secret.h"
#include "store/faces/testing.h"
#include "store/testing.h"

namespace eyrie::store::testing {

inline constexpr int kObjects = 13;  // in the bucket "b"
inline constexpr int kCold = 5;      // every third lies in the cold folder
inline constexpr std::int64_t kFarAway = 4'102'444'800'000;  // milliseconds

inline std::string name_of(int i) { return "object-" + std::to_string(i); }
inline std::string content_of(int i) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(i) * 5'003) text += "the content of " + name_of(i) + ". ";
  return text;
}

// Of each kind that has data keys, some, and one object under the customer's key.
inline void put_everything(EmbeddedStore& store, const std::filesystem::path& directory, const crypto::SecretKey& customer) {
  ASSERT_TRUE(store.objects().create_bucket("b", {{"ownership", "removed"}}));
  for (int i = 0; i < kObjects; ++i) {
    ASSERT_TRUE(put(store.objects(), "b", name_of(i), content_of(i), {.storage_class = i % 3 == 0 ? "GLACIER" : "STANDARD"}));
  }
  ASSERT_TRUE(store.objects().work_on_archive([] { return false; }));
  // The files of what moved to the cold folder go in the background; whoever counts files counts what stays.
  expect_files(directory / "objects", kObjects - kCold);
  auto writer = store.objects().begin_put("b", "given", &customer);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(as_bytes("of a customer")));
  ASSERT_TRUE((*writer)->commit({}));
  ASSERT_TRUE(store.items().create_table({.name = "t", .partition = {"p", KeyType::kString}}));
  const auto item = parse_json(R"({"p":{"S":"one"},"word":{"S":"an item"}})");
  ASSERT_TRUE(store.items().put("t", item->as_object()));
  ASSERT_TRUE(store.events().push({.function = "f", .subject = "s", .payload = "an event"}));
  ASSERT_TRUE(store.events().push({.function = "f", .subject = "s", .payload = "one behind it"}));
  ASSERT_TRUE(store.faces().create_collection("c", "1.0", {{"tag", "value"}}));
  ASSERT_TRUE(store.faces().create_user("c", "somebody", {.token = "asked once", .request = {}}));
  const auto faces = store.faces().add_faces("c", picture("p", {embedding(1), embedding(2)}));
  ASSERT_TRUE(faces) << faces.error().message;
  ASSERT_TRUE(store.faces().associate("c", "somebody", {faces->front().id}, 0, {}));
  ASSERT_TRUE(store.records().apply({{.kind = "kind", .name = "name", .value = "a secret"}}));
  const auto queue = store.messages().create_queue("q", "{}");
  ASSERT_TRUE(queue);
  const NewMessage message{.storage = *queue, .id = {{7}}, .content = "a message", .sent_ms = 1, .due_ms = 1};
  ASSERT_TRUE(store.messages().add({&message, 1}).at(0));
  ASSERT_TRUE(store.messages().create_queue("gone", "{}"));
  ASSERT_TRUE(store.messages().drop_queue("gone"));
  ASSERT_TRUE(store.outbox().publish({{.name = "m", .content = "an alert", .subscribers = {"s"}}}, 1));
}

// All of the above is there as it was. Restores what lies in the cold folder.
inline void expect_everything(EmbeddedStore& store, const crypto::SecretKey& customer) {
  for (int i = 0; i < kObjects; i += 3) {
    const auto asked = store.objects().restore("b", name_of(i), kFarAway);
    ASSERT_TRUE(asked || asked.error().code == Code::kAlreadyExists) << asked.error().message;
  }
  ASSERT_TRUE(store.objects().work_on_archive([] { return false; }));
  for (int i = 0; i < kObjects; ++i) {
    const auto content = get(store.objects(), "b", name_of(i));
    ASSERT_TRUE(content) << name_of(i) << ": " << content.error().message;
    EXPECT_EQ(*content, content_of(i)) << name_of(i);
  }
  EXPECT_TRUE(store.objects().open("b", "given", &customer));
  const auto item = store.items().get("t", parse_json(R"({"p":{"S":"one"}})")->as_object());
  ASSERT_TRUE(item) << item.error().message;
  ASSERT_TRUE(*item);
  EXPECT_TRUE(write_json(**item).contains("an item"));
  const auto records = store.records().records("kind");
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(records->at(0).value, "a secret");
  const auto queues = store.messages().queues();
  ASSERT_TRUE(queues && queues->size() == 1) << queues.error().message;
  const auto due = store.outbox().due("s", kFarAway, 1, {});
  ASSERT_TRUE(due) << due.error().message;
  EXPECT_EQ(due->at(0).content, "an alert");
  const auto users = store.faces().users("c", 0, 10);
  ASSERT_TRUE(users) << users.error().message;
  EXPECT_EQ(users->entries.at(0).name, "somebody");
  EXPECT_EQ(users->entries.at(0).faces, 1U);
}

}  // namespace eyrie::store::testing
