#include "store/queue/event_record.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace eyrie::store {
namespace {

using testing::put;

ObjectInfo object_named(const std::string& key) {
  return {.bucket = "images", .key = key, .size = 5, .etag = "abc", .sequencer = "000A"};
}

TEST(EventRecord, IsWhatS3Sends) {
  const std::string text = event_record(object_named("uploads/my cat+ä.jpg"), {.name = "ObjectCreated:Put",
                                                                               .time_ms = 1'764'000'000'123,
                                                                               .by = {.request_id = "REQ",
                                                                                      .source_ip = "127.0.0.1",
                                                                                      .principal = "AWS:AIDAANN"}});
  const auto value = parse_json(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, json::parse(R"({"Records":[{
    "eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2025-11-24T16:00:00.123Z",
    "eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AIDAANN"},
    "requestParameters":{"sourceIPAddress":"127.0.0.1"},
    "responseElements":{"x-amz-request-id":"REQ","x-amz-id-2":"REQ"},
    "s3":{"s3SchemaVersion":"1.0","configurationId":"eyrie",
          "bucket":{"name":"images","ownerIdentity":{"principalId":"000000000000"},"arn":"arn:aws:s3:::images"},
          "object":{"key":"uploads/my+cat%2B%C3%A4.jpg","size":5,"eTag":"abc","sequencer":"000A"}}}]})"));
}

// What each kind of event tells of the object, and beside it; and the version that it came with.
TEST(EventRecord, TellsWhatItsKindIsAbout) {
  struct Case {
    const char *name, *version, *object, *beside;
  };
  const Case cases[] = {
      {"ObjectRemoved:Delete", "2.1", R"({"key":"k","sequencer":"000A"})", ""},
      {"LifecycleExpiration:Delete", "2.3", R"({"key":"k","sequencer":"000A"})", ""},
      {"ObjectTagging:Put", "2.3", R"({"key":"k","eTag":"abc"})", ""},
      {"ObjectTagging:Delete", "2.3", R"({"key":"k","eTag":"abc"})", ""},
      {"ObjectRestore:Post", "2.1", R"({"key":"k","size":5,"eTag":"abc"})", ""},
      {"ObjectRestore:Completed", "2.1", R"({"key":"k","size":5,"eTag":"abc"})",
       R"("glacierEventData":{"restoreEventData":{"lifecycleRestorationExpiryTime":"2025-11-24T16:00:00.000Z",)"
       R"("lifecycleRestoreStorageClass":"GLACIER"}})"},
      {"ObjectRestore:Delete", "2.3", R"({"key":"k","eTag":"abc"})", ""},
      {"LifecycleTransition", "2.3", R"({"key":"k","size":5,"eTag":"abc"})",
       R"("lifecycleEventData":{"transitionEventData":{"destinationStorageClass":"GLACIER"}})"}};
  for (const Case& one : cases) {
    ObjectInfo object = object_named("k");
    object.storage_class = "GLACIER";
    object.restore = Restoration{.until_ms = 1'764'000'000'000};
    const std::string text = event_record(object, {.name = one.name});
    const json::value record = parse_json(text)->at("Records").at(0);
    EXPECT_EQ(record.at("eventName").as_string(), one.name);
    EXPECT_EQ(record.at("eventVersion").as_string(), one.version) << one.name;
    EXPECT_EQ(record.at("s3").at("object"), json::parse(one.object)) << one.name;
    EXPECT_TRUE(text.contains(one.beside)) << text;
    EXPECT_EQ(text.contains("EventData"), *one.beside != '\0') << text;
  }
}

TEST(NotificationRule, Matches) {
  const NotificationRule rule{.bucket = "images",
                              .function = "f",
                              .events = {"ObjectCreated:*", "ObjectRemoved:Delete"},
                              .prefixes = {"uploads/", "raw-uploads/"},
                              .suffixes = {".jpg", ".png"},
                              .ignore_case = true};
  auto match = [&](const std::string& key, const std::string& event) {
    return matches(rule, object_named(key), event);
  };
  EXPECT_TRUE(match("uploads/a.jpg", "ObjectCreated:Put"));
  EXPECT_TRUE(match("uploads/a.JPG", "ObjectCreated:CompleteMultipartUpload"));
  EXPECT_TRUE(match("raw-uploads/a.PNG", "ObjectRemoved:Delete"));
  EXPECT_FALSE(match("RAW-uploads/a.png", "ObjectRemoved:Delete"));  // the prefix's case counts
  EXPECT_FALSE(match("uploads/a.jpg", "ObjectTagging:Put"));
  EXPECT_FALSE(match("uploads/a.gif", "ObjectCreated:Put"));
  EXPECT_FALSE(match("processed/uploads/a.jpg", "ObjectCreated:Put"));
  NotificationRule strict = rule;
  strict.ignore_case = false;
  EXPECT_FALSE(matches(strict, object_named("uploads/a.JPG"), "ObjectCreated:Put"));
  EXPECT_TRUE(matches({.bucket = "images", .function = "f", .events = {"ObjectCreated:Put"}},
                      object_named("x"), "ObjectCreated:Put"));
  EXPECT_FALSE(matches({.bucket = "images", .function = "f"}, object_named("x"), "ObjectCreated:Put"));
}

using ObjectEventTest = testing::StoreTest;

TEST_F(ObjectEventTest, AnObjectAndItsEventsComeTogether) {
  ASSERT_TRUE(objects().create_bucket("images"));
  EXPECT_EQ(store_->set_rules("nowhere", {}).error().code, Code::kNotFound);
  EXPECT_EQ(store_->rules("nowhere").error().code, Code::kNotFound);
  ASSERT_TRUE(store_->set_rules("images",
                                {{.bucket = "images",
                                  .function = "analyze-image",
                                  .events = {"ObjectCreated:*"},
                                  .prefixes = {"uploads/"}},
                                 {.bucket = "images", .function = "forget", .events = {"ObjectRemoved:*"}}}));
  reopen();
  const auto rules = store_->rules("images");
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ((*rules)[0].function, "analyze-image");
  EXPECT_EQ((*rules)[0].prefixes, std::vector<std::string>{"uploads/"});

  PutCommit commit;
  commit.by.request_id = "REQ";
  const auto made = put(objects(), "images", "uploads/a b.jpg", "12345", commit);
  ASSERT_TRUE(made);
  ASSERT_TRUE(put(objects(), "images", "elsewhere/a.jpg", "12345", commit));
  PutCommit refused;
  refused.conditions.if_none_match = true;
  ASSERT_FALSE(put(objects(), "images", "uploads/a b.jpg", "other", refused));
  auto event = events().lease(std::chrono::minutes(1));
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->function, "analyze-image");
  EXPECT_EQ((*event)->subject, "images/uploads/a b.jpg");
  EXPECT_EQ((*event)->request_id, "REQ");
  const auto object = parse_json((*event)->payload)->at("Records").at(0).at("s3").at("object");
  EXPECT_EQ(object.at("key").as_string(), "uploads/a+b.jpg");
  EXPECT_EQ(object.at("sequencer").as_string(), made->sequencer);
  EXPECT_EQ(object.at("size").to_number<int>(), 5);
  ASSERT_TRUE(events().acknowledge((*event)->id));
  EXPECT_FALSE(*events().lease(std::chrono::minutes(1)))
      << "neither outside the prefix nor for a refused upload";

  ASSERT_TRUE(objects().remove("images", "uploads/a b.jpg", {.request_id = "GONE", .source_ip = "::1", .principal = "P"}));
  ASSERT_TRUE(objects().remove("images", "uploads/a b.jpg"));
  event = events().lease(std::chrono::minutes(1));
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->function, "forget");
  EXPECT_NE((*event)->payload.find("ObjectRemoved:Delete"), std::string::npos);
  EXPECT_NE((*event)->payload.find(R"("principalId":"P")"), std::string::npos) << "who asked";
  EXPECT_EQ(events().depth()->ready, 0U);
}

TEST_F(ObjectEventTest, TagsFireOnce) {
  ASSERT_TRUE(objects().create_bucket("b"));
  ASSERT_TRUE(store_->set_rules("b", {{.bucket = "b", .function = "all", .events = {"ObjectTagging:*"}, .suffixes = {".jpg"}},
                                      {.bucket = "b", .id = "2", .function = "gone", .events = {"ObjectTagging:Delete"}}}));
  ASSERT_TRUE(put(objects(), "b", "a.jpg", "x", {.tags = {{"t", "0"}}})) << "tags that come with the object are its creation's";
  const auto object = put(objects(), "b", "a.png", "x");
  ASSERT_TRUE(objects().set_tags("b", "a.jpg", "", {{"t", "1"}}, {.request_id = "R", .source_ip = "127.0.0.1", .principal = "P"}));
  ASSERT_TRUE(objects().set_tags("b", "a.jpg", "", {}));
  ASSERT_TRUE(objects().delete_tags("b", "a.jpg"));
  ASSERT_TRUE(objects().set_tags("b", "a.png", "", {{"t", "1"}}));
  ASSERT_TRUE(objects().delete_tags("b", "a.png"));
  EXPECT_FALSE(objects().set_tags("b", "a.jpg", object->sequencer, {})) << "another version's";
  EXPECT_FALSE(objects().delete_tags("b", "none"));
  EXPECT_TRUE(objects().head("b", "a.jpg")->tags.empty());
  for (const char* expected : {"all Put R", "all Put ", "all Delete ", "gone Delete ", "gone Delete "}) {
    const auto event = events().lease(std::chrono::minutes(1));
    ASSERT_TRUE(event && *event) << expected;
    const json::value record = parse_json((*event)->payload)->at("Records").at(0);
    const std::string name(record.at("eventName").as_string().subview(std::string_view("ObjectTagging:").size()));
    EXPECT_EQ((*event)->function + " " + name + " " + (*event)->request_id, expected);
    ASSERT_TRUE(events().acknowledge((*event)->id));
  }
  EXPECT_EQ(events().depth()->ready, 0U);
}

}  // namespace
}  // namespace eyrie::store
